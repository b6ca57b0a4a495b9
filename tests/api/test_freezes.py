"""Change freezes in the API: those that are active or ahead, with the names that are not in the catalog."""

from datetime import UTC, datetime

from cloudops.remediation.change_freeze import Freeze
from tests.fakes.application import Agent
from tests.fakes.gateway import Client


def test_freezes_are_listed_with_their_unknown_names(agent: Agent, call: Client) -> None:
    assert call("GET", "/api/freezes").json == {"freezes": []}
    agent.freezes.append(
        Freeze(
            reason="sale",
            starts_at=datetime(2025, 12, 31, tzinfo=UTC),
            ends_at=datetime(2026, 1, 2, tzinfo=UTC),
            environments=("prod", "prodd"),
        )
    )
    assert call("GET", "/api/freezes").json["freezes"] == [
        {
            "reason": "sale",
            "startsAt": "2025-12-31T00:00:00.000Z",
            "endsAt": "2026-01-02T00:00:00.000Z",
            "environments": ["prod", "prodd"],
            "services": [],
            "active": True,
            "unknownNames": ["prodd"],
        }
    ]


def test_an_operator_may_not_lift_a_freeze(call: Client) -> None:
    body = {"planHash": "0" * 64, "liftFreeze": {"reason": "the outage costs more"}}
    refused = call("POST", "/api/suggestions/inc_1.rollback/approve", body)
    assert (refused.status, refused.json["error"]["field"]) == (403, "liftFreeze")
    no_reason = call("POST", "/api/suggestions/inc_1.rollback/approve", body | {"liftFreeze": {"reason": ""}})
    assert (no_reason.status, no_reason.json["error"]["field"]) == (400, "liftFreeze.reason")
