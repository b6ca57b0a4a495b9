"""The kill switch over the API: an operator stops, an admin also starts, and every viewer sees the reason."""

import pytest

from cloudops.api.app import Api
from cloudops.remediation.kill_switch import Setting
from tests.fakes.application import NOW, Agent
from tests.fakes.gateway import Client

AT = "2026-01-01T00:00:00.000Z"


@pytest.fixture
def admin(agent: Agent) -> Client:
    return Client(Api(lambda: agent.application), "admin")


def test_automation_is_enabled_at_first(call: Client) -> None:
    never = {"enabled": True, "by": None, "at": None, "reason": ""}
    assert call("GET", "/api/automation").json == {**never, "api": never, "parameter": never}


def test_an_admin_stops_automation_with_a_reason_that_viewers_see(
    agent: Agent, admin: Client, call: Client
) -> None:
    answer = admin("PUT", "/api/automation", {"enabled": False, "reason": "bad deploy"})
    assert answer.status == 200
    stopped = {"enabled": False, "by": "jane", "at": AT, "reason": "bad deploy"}
    seen = call("GET", "/api/automation").json
    assert {name: seen[name] for name in stopped} == stopped
    assert seen["api"] == stopped
    (entry,) = agent.audited.stored
    assert (entry.action, entry.target, entry.reason, entry.result) == (
        "switch automation",
        "automation",
        "bad deploy",
        "stopped",
    )


def test_an_operator_may_stop_automation_and_may_not_start_it(agent: Agent, call: Client) -> None:
    stopped = call("PUT", "/api/automation", {"enabled": False, "reason": "bad deploy"})
    assert (stopped.status, stopped.json["enabled"]) == (200, False)
    refused = call("PUT", "/api/automation", {"enabled": True, "reason": "over"})
    assert refused.status == 403
    assert refused.error["message"] == "enabling automation needs the role admin; jane has the role operator"
    assert not agent.switch.read().enabled
    assert [entry.result for entry in agent.audited.stored] == ["stopped"]


def test_a_viewer_may_not_stop_automation(agent: Agent) -> None:
    viewer = Client(Api(lambda: agent.application), "viewer")
    assert viewer("PUT", "/api/automation", {"enabled": False, "reason": "x"}).status == 403
    assert agent.switch.read().enabled


def test_the_api_does_not_override_the_parameter(agent: Agent, admin: Client) -> None:
    agent.parameter.setting = Setting(enabled=False, by="parameter /CloudOps/automation", at=NOW, reason="x")
    answer = admin("PUT", "/api/automation", {"enabled": True, "reason": "over"}).json
    assert (answer["enabled"], answer["api"]["enabled"], answer["reason"]) == (False, True, "x")
    assert agent.audited.stored[0].result == "enabled"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"enabled": False}, "reason"),
        ({"enabled": False, "reason": ""}, "reason"),
        ({"reason": "x"}, "enabled"),
        ({"enabled": "false", "reason": "x"}, "enabled"),
        ({"enabled": 0, "reason": "x"}, "enabled"),
        ({"enabled": False, "reason": "x", "force": True}, "force"),
    ],
)
def test_a_switch_needs_a_boolean_and_a_reason(
    agent: Agent, admin: Client, body: dict[str, object], field: str
) -> None:
    assert admin("PUT", "/api/automation", body).error["field"] == field
    assert agent.switch.read().enabled
    assert agent.audited.stored == []
