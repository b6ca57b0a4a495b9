"""Autonomy policies in the API."""

from typing import Any

import pytest

from cloudops.api.app import Api
from cloudops.remediation.autonomy import demote
from tests.fakes.application import Agent
from tests.fakes.gateway import Client

CATALOG = {"services": {"checkout": {"aliases": ["till"]}}}
POLICY: dict[str, Any] = {
    "service": "checkout",
    "action": "scale_service",
    "environment": "prod",
    "ceiling": "automatic",
    "minConfidence": 0.8,
    "minOutcomes": 10,
}


@pytest.fixture
def admin(agent: Agent) -> Client:
    client = Client(Api(lambda: agent.application), "admin")
    assert client("PUT", "/api/catalog", CATALOG).status == 200
    return client


def test_a_policy_is_stored_under_its_canonical_names(admin: Client) -> None:
    stored = admin("PUT", "/api/policies", POLICY | {"service": "Till", "environment": "Production"})
    assert (stored.status, stored.json["service"], stored.json["environment"]) == (200, "checkout", "prod")
    assert stored.json["version"] == 1
    assert admin("GET", "/api/policies").json["policies"] == [stored.json]


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        (
            {"service": "chekout"},
            "service",
            "service: no service 'chekout' is known; the nearest known name is 'checkout'",
        ),
        (
            {"environment": "stagging"},
            "environment",
            "environment: no environment 'stagging' is known; the nearest known name is 'staging'",
        ),
    ],
)
def test_a_policy_of_an_unknown_name_is_refused(
    admin: Client, fields: dict[str, str], field: str, message: str
) -> None:
    refused = admin("PUT", "/api/policies", POLICY | fields)
    assert refused.status == 400
    assert (refused.json["error"]["field"], refused.json["error"]["message"]) == (field, message)
    assert admin("GET", "/api/policies").json == {"policies": []}


@pytest.mark.parametrize(
    ("if_match", "status", "code"),
    [
        (None, 428, "precondition_required"),
        ('"2"', 412, "precondition_failed"),
        ("*", 400, "bad_input"),
        ('"x"', 400, "bad_input"),
        ('"1"', 200, ""),
        ("1", 200, ""),
    ],
)
def test_a_change_names_the_version_that_it_replaces(
    admin: Client, if_match: str | None, status: int, code: str
) -> None:
    admin("PUT", "/api/policies", POLICY)
    headers = {} if if_match is None else {"if-match": if_match}
    answer = admin("PUT", "/api/policies", POLICY | {"ceiling": "approve"}, headers=headers)
    assert (answer.status, answer.json.get("error", {}).get("code", "")) == (status, code)
    (stored,) = admin("GET", "/api/policies").json["policies"]
    assert (stored["version"], stored["ceiling"]) == ((1, "automatic") if code else (2, "approve"))


def test_a_demotion_is_lifted_with_a_reason_that_the_audit_trail_keeps(agent: Agent, admin: Client) -> None:
    admin("PUT", "/api/policies", POLICY)
    (policy,) = agent.policies.policies().values()
    agent.policies.keep_policy(demote(policy, "it failed", agent.now))
    kept = admin("PUT", "/api/policies", POLICY, headers={"if-match": '"2"'}).json
    assert (kept["demotedReason"], kept["demotedAt"] is None) == ("it failed", False)
    body = POLICY | {"liftDemotion": {"reason": "the timeout is fixed"}}
    lifted = admin("PUT", "/api/policies", body, headers={"if-match": '"3"'}).json
    assert (lifted["demotedReason"], lifted["demotedAt"], lifted["version"]) == ("", None, 4)
    assert [one.reason for one in agent.audited.stored if one.action == "set policy"] == [
        "",
        "",
        "demotion lifted: the timeout is fixed",
    ]
