"""Requests of the dashboard besides the list: overview, similar incidents and executions."""

from msgspec.structs import replace

from cloudops.core.ids import IncidentId
from cloudops.core.time import DAY, HOUR
from cloudops.correlation.parking import Parked, ParkedIncident
from cloudops.correlation.state import IncidentState, ParkedCounts
from tests.fakes.application import Agent
from tests.fakes.gateway import Client
from tests.fakes.incident_factory import a_commit, a_state
from tests.ingestion.payloads import plain, received

JAN_1 = 1_767_225_600_000


def ingest(agent: Agent, *payloads: str) -> tuple[str, ...]:
    return agent.ingest(received(*payloads, at=JAN_1 + 3 * DAY)).incident_ids


def test_the_overview_counts_live_incidents_and_the_alerts_of_a_day(agent: Agent, call: Client) -> None:
    agent.now = JAN_1 + HOUR
    ingest(agent, plain("old", "2025-12-29T00:00:00Z", severity="high"))
    checkout, search = ingest(
        agent,
        plain("checkout", "2026-01-01T00:10:00Z", severity="critical"),
        plain("search", "2026-01-01T00:20:00Z", severity="low"),
    )
    ingest(agent, plain("checkout", "2026-01-01T00:10:00Z", title="checkout is slow", severity="critical"))
    call("POST", f"/api/incidents/{checkout}/resolve")
    call("POST", f"/api/incidents/{search}/acknowledge")
    seen = call("GET", "/api/overview").json
    assert seen["since"] == "2025-12-31T01:00:00.000Z"
    assert (seen["alerts"], seen["incidents"], seen["complete"]) == (3, 2, True)
    assert seen["live"] == {"low": 1, "medium": 0, "high": 1, "critical": 0}
    assert seen["acknowledged"] == 1


def test_the_overview_counts_the_open_incidents_that_are_parked(agent: Agent, call: Client) -> None:
    assert call("GET", "/api/overview").json["parkedIncidents"] == 0
    parked = ParkedIncident(IncidentState(IncidentId("inc_web"), JAN_1, JAN_1))
    state = replace(a_state(), parked=ParkedCounts(incidents=1))
    agent.store.commit(replace(a_commit(0, state=state), parked=Parked((), (parked,))))
    assert call("GET", "/api/overview").json["parkedIncidents"] == 1


def test_similar_incidents_show_which_actions_helped(agent: Agent, call: Client) -> None:
    (before,) = ingest(agent, plain("checkout", "2026-01-01T00:00:00Z"))
    (offer, *_) = call("GET", f"/api/incidents/{before}").json["suggestions"]
    call("POST", "/api/feedback", {"suggestionId": offer["id"], "value": 1, "comment": ""})
    call("POST", f"/api/incidents/{before}/resolve", {"reason": "rolled back by hand"})
    ingest(agent, plain("search", "2026-01-02T00:00:00Z"))
    (here,) = ingest(agent, plain("checkout", "2026-01-03T00:00:00Z"))

    (similar,) = call("GET", f"/api/incidents/{here}/similar").json["incidents"]
    assert similar["id"] == before
    assert similar["tried"] == [{"action": offer["action"], "helpful": 1, "unhelpful": 0, "ended": ""}]
    assert call("GET", "/api/incidents/inc_0/similar").status == 404


def test_an_incident_without_executions_has_none(agent: Agent, call: Client) -> None:
    (name,) = ingest(agent, plain("checkout"))
    assert call("GET", f"/api/incidents/{name}/executions").json == {"executions": [], "cursor": None}
    assert call("GET", "/api/incidents/inc_0/executions").status == 404


def test_the_reason_of_a_transition_is_in_the_timeline_and_the_trail(agent: Agent, call: Client) -> None:
    (name,) = ingest(agent, plain("checkout"))
    answer = call("POST", f"/api/incidents/{name}/acknowledge", {"reason": "planned load test"})
    assert (answer.status, answer.json["status"]) == (200, "acknowledged")
    texts = [one["text"] for one in call("GET", f"/api/incidents/{name}").json["timeline"]]
    assert "Acknowledged by jane: planned load test" in texts
    (entry,) = call("GET", "/api/audit", query={"target": name}).json["entries"]
    assert (entry["action"], entry["reason"]) == ("acknowledge", "planned load test")
    refused = call("POST", f"/api/incidents/{name}/resolve", {"reason": "x" * 501})
    assert (refused.status, refused.error["field"]) == (400, "reason")
