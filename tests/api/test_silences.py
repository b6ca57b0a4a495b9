"""Silences over HTTP, and their effect on new alerts."""

from typing import Any

import pytest

from cloudops.api.app import Api
from cloudops.core.time import DAY, MINUTE, SECOND
from tests.fakes.application import Agent
from tests.fakes.gateway import Client

SILENCE_BODY: dict[str, Any] = {
    "matchers": [{"field": "service", "value": "checkout"}],
    "durationSeconds": 3600,
    "comment": "moving the database",
}
ALERT = {"title": "p99 latency above 2 s", "service": "checkout", "env": "prod"}


def ingest(call: Client, **fields: str) -> dict[str, Any]:
    answer = call("POST", "/api/incidents/ingest", {"alerts": [ALERT | fields]})
    assert answer.status == 201
    incident: dict[str, Any] = answer.json["incidents"][0]
    return incident


def test_a_silence_is_returned_as_stored(call: Client) -> None:
    answer = call("POST", "/api/silences", SILENCE_BODY)
    assert answer.status == 201
    silence = answer.json
    assert silence.pop("id").startswith("sil_")
    assert silence == {
        "kind": "silence",
        "state": "active",
        "matchers": [{"field": "service", "operator": "=", "value": "checkout"}],
        "startsAt": "2026-01-01T00:00:00.000Z",
        "endsAt": "2026-01-01T01:00:00.000Z",
        "repeatsEverySeconds": 0,
        "comment": "moving the database",
        "author": "jane",
        "createdAt": "2026-01-01T00:00:00.000Z",
    }
    assert [one["author"] for one in call("GET", "/api/silences").json["silences"]] == ["jane"]


def test_a_muted_alert_is_stored_and_counted_and_needs_no_action(agent: Agent, call: Client) -> None:
    call("POST", "/api/silences", SILENCE_BODY)
    incident = ingest(call)
    assert (incident["alertCount"], incident["mutedCount"]) == (1, 1)
    assert incident["suggestions"][0]["action"] == "noop"
    detail = call("GET", f"/api/incidents/{incident['id']}").json
    assert [one["muted"] for one in detail["alerts"]] == ["silence by jane: moving the database"]


def test_other_alerts_and_later_ones_are_not_muted(agent: Agent, call: Client) -> None:
    call("POST", "/api/silences", SILENCE_BODY)
    assert ingest(call, service="search")["mutedCount"] == 0
    agent.now += 61 * MINUTE
    assert ingest(call)["mutedCount"] == 0


def test_an_ended_silence_mutes_nothing_and_cannot_end_twice(agent: Agent, call: Client) -> None:
    name = call("POST", "/api/silences", SILENCE_BODY).json["id"]
    agent.now += MINUTE
    ended = call("DELETE", f"/api/silences/{name}")
    assert (ended.status, ended.json["state"], ended.json["endsAt"]) == (
        200,
        "ended",
        "2026-01-01T00:01:00.000Z",
    )
    assert call("GET", "/api/silences").json == {"silences": []}
    assert [one["id"] for one in call("GET", "/api/silences", query={"ended": "true"}).json["silences"]] == [
        name
    ]
    agent.now += MINUTE
    assert ingest(call)["mutedCount"] == 0
    assert call("DELETE", f"/api/silences/{name}").status == 409
    assert call("DELETE", "/api/silences/sil_none").status == 404


def test_a_maintenance_window_may_start_later(agent: Agent, call: Client) -> None:
    work = SILENCE_BODY | {"startsAt": "2026-01-01T02:00:00+01:00", "kind": "maintenance"}
    assert call("POST", "/api/silences", work).json["state"] == "pending"
    assert ingest(call)["mutedCount"] == 0


def test_an_arn_in_a_comment_does_not_make_a_maintenance_window(call: Client) -> None:
    call("POST", "/api/silences", SILENCE_BODY | {"comment": "see arn:aws:ssm:eu-west-1:1:document/x"})
    assert ingest(call)["title"].startswith("p99 latency above 2 s")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"matchers": []}, "matchers"),
        ({"matchers": [{"field": "colour", "value": "red"}]}, "matchers[0]"),
        ({"matchers": [{"field": "title", "operator": "=~", "value": "("}]}, "matchers[0]"),
        ({"matchers": [{"field": "title", "operator": "=~", "value": ".*"}]}, "matchers"),
        ({"matchers": [{"field": "title", "operator": "~", "value": "x"}]}, "matchers[0].operator"),
        ({"durationSeconds": None}, "endsAt"),
        ({"durationSeconds": 0}, "durationSeconds"),
        ({"durationSeconds": True}, "durationSeconds"),
        ({"durationSeconds": 91 * DAY // SECOND}, "endsAt"),
        ({"endsAt": "2026-01-01T01:00:00Z"}, "durationSeconds"),
        ({"durationSeconds": None, "endsAt": "2025-12-31T23:00:00Z"}, "endsAt"),
        ({"durationSeconds": None, "endsAt": 1767225600}, "endsAt"),
        ({"startsAt": "2026-01-01T00:00:00"}, "startsAt"),
        ({"startsAt": "2025-12-01T00:00:00Z"}, "endsAt"),
        ({"comment": "   "}, "comment"),
        ({"comment": "x" * 2_001}, "comment"),
        ({"kind": "holiday"}, "kind"),
        ({"repeatsEverySeconds": 60}, "repeatsEvery"),
        ({"forEver": True}, "forEver"),
    ],
)
def test_the_error_names_the_field_of_an_invalid_silence(
    call: Client, wrong: dict[str, Any], field: str
) -> None:
    answer = call("POST", "/api/silences", SILENCE_BODY | wrong)
    assert (answer.status, answer.error["field"]) == (400, field)


def test_a_viewer_may_list_silences_and_not_create_them(agent: Agent) -> None:
    viewer = Client(Api(lambda: agent.application), "viewer")
    assert viewer("GET", "/api/silences").status == 200
    assert viewer("POST", "/api/silences", SILENCE_BODY).status == 403
