"""The audit trail over the API: entries of actions, and filters."""

import pytest

from tests.fakes.application import NOW, Agent
from tests.fakes.gateway import Client


@pytest.fixture
def incident(call: Client) -> dict[str, object]:
    alert = {"title": "checkout 5xx above 5%", "service": "checkout", "env": "prod"}
    made: dict[str, object] = call("POST", "/api/incidents/ingest", {"alerts": [alert]}).json["incidents"][0]
    return made


def entries_of(agent: Agent) -> list[tuple[str, str, str, str, str]]:
    return [(one.actor, one.action, one.target, one.reason, one.result) for one in agent.audited.stored]


def test_actions_on_an_incident_are_in_the_trail(
    agent: Agent, call: Client, incident: dict[str, object]
) -> None:
    name = str(incident["id"])
    for verb in ("acknowledge", "resolve", "reopen"):
        assert call("POST", f"/api/incidents/{name}/{verb}").status == 200
    assert entries_of(agent) == [
        ("jane", verb, name, "", "") for verb in ("acknowledge", "resolve", "reopen")
    ]
    assert agent.audited.stored[0].at == NOW


def test_a_vote_and_a_silence_are_in_the_trail_with_their_reason(
    agent: Agent, call: Client, incident: dict[str, object]
) -> None:
    suggestion = f"{incident['id']}.rollback"
    call("POST", "/api/feedback", {"suggestionId": suggestion, "value": -1, "comment": "made it worse"})
    body = {
        "matchers": [{"field": "service", "value": "checkout"}],
        "durationSeconds": 60,
        "comment": "moving",
    }
    silence = call("POST", "/api/silences", body).json["id"]
    call("DELETE", f"/api/silences/{silence}")
    assert entries_of(agent) == [
        ("jane", "vote", suggestion, "made it worse", "-1"),
        ("jane", "silence", silence, "moving", ""),
        ("jane", "end silence", silence, "", ""),
    ]


def test_rejected_requests_and_reads_are_not_in_the_trail(agent: Agent, call: Client) -> None:
    assert call("POST", "/api/incidents/inc_0/acknowledge").status == 404
    assert call("POST", "/api/feedback", {"value": 1}).status == 400
    assert call("GET", "/api/incidents").status == 200
    assert entries_of(agent) == []


def test_the_trail_is_listed_newest_first_by_target_and_actor(agent: Agent, call: Client) -> None:
    trail = agent.application.audit_trail
    for actor, target in (("ada", "exe_1"), ("joe", "exe_1"), ("ada", "exe_2")):
        trail.append(actor, "approve", target, NOW, reason="it hangs", plan_hash="ab12")
    page = call("GET", "/api/audit", query={"limit": "2"}).json
    assert [one["sequence"] for one in page["entries"]] == [3, 2]
    following = call("GET", "/api/audit", query={"limit": "2", "cursor": page["cursor"]}).json
    assert [one["sequence"] for one in following["entries"]] == [1]
    assert following["cursor"] is None
    (entry,) = call("GET", "/api/audit", query={"target": "exe_1", "actor": "ada"}).json["entries"]
    first = agent.audited.stored[0]
    assert entry == {
        "sequence": 1,
        "at": "2026-01-01T00:00:00.000Z",
        "actor": "ada",
        "actorId": "",
        "action": "approve",
        "target": "exe_1",
        "reason": "it hangs",
        "planHash": "ab12",
        "result": "",
        "previous": "0" * 64,
        "hash": first.hash,
    }


def test_the_error_names_an_invalid_cursor(call: Client) -> None:
    assert call("GET", "/api/audit", query={"cursor": "x"}).error["field"] == "cursor"


def test_an_entry_that_cannot_be_written_goes_to_the_log_and_the_metric(
    agent: Agent,
    call: Client,
    incident: dict[str, object],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    agent.audited.down = True
    assert call("POST", f"/api/incidents/{incident['id']}/acknowledge").status == 200
    assert '"AuditEntriesNotWritten":[1.0]' in capsys.readouterr().out
    (logged,) = caplog.records
    assert (logged.message, vars(logged)["target"]) == ("audit entry not written", incident["id"])


def test_an_entry_has_the_subject_of_the_caller_beside_the_name(agent: Agent, call: Client) -> None:
    call("PUT", "/api/automation", {"enabled": False, "reason": "bad deploy"})
    (entry,) = call("GET", "/api/audit").json["entries"]
    assert (entry["actor"], entry["actorId"]) == ("jane", "token:tok_jane")
