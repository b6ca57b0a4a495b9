"""Acknowledging, resolving and reopening: who, in which order, and against whom."""

import pytest

from cloudops.alerts.alert import Scope
from cloudops.core.errors import Conflict, NotFound
from cloudops.core.ids import IncidentId
from cloudops.core.time import MINUTE
from cloudops.incidents.incident import IncidentStatus, TimelineKind
from cloudops.incidents.lifecycle import Verb
from cloudops.incidents.store import Commit, StoredScope
from tests.fakes.application import NOW, Agent
from tests.fakes.people import signed_in
from tests.fakes.store import MemoryIncidentStore
from tests.ingestion.payloads import plain, received

LATER = NOW + MINUTE


def opened(agent: Agent) -> IncidentId:
    (name,) = agent.ingest(received(plain("checkout"))).incident_ids
    return name


def test_acknowledging_names_the_person_on_the_incident_and_on_its_timeline() -> None:
    agent = Agent()
    name = opened(agent)
    after = agent.application.lifecycle.move(Verb.ACKNOWLEDGE, name, signed_in("jane"), LATER)
    assert (after.status, after.acknowledged_by, after.acknowledged_at) == (
        IncidentStatus.ACKNOWLEDGED,
        "jane",
        LATER,
    )
    entry = agent.store.detail(name).timeline[-1]
    assert (entry.kind, entry.actor, entry.at) == (TimelineKind.ACKNOWLEDGED, "jane", LATER)


def test_a_person_resolves_an_incident_whose_alert_still_fires() -> None:
    agent = Agent()
    name = opened(agent)
    assert (
        agent.application.lifecycle.move(Verb.RESOLVE, name, signed_in("jane"), LATER).status
        is IncidentStatus.RESOLVED
    )
    assert agent.store.incidents([name])[name].resolved_at == LATER


def test_a_person_reopens_a_resolved_incident() -> None:
    agent = Agent()
    name = opened(agent)
    agent.application.lifecycle.move(Verb.RESOLVE, name, signed_in("jane"), LATER)
    again = agent.application.lifecycle.move(Verb.REOPEN, name, signed_in("joe"), LATER + MINUTE)
    assert (again.status, again.resolved_at) == (IncidentStatus.OPEN, None)


def test_a_move_that_the_status_forbids_is_a_conflict_and_is_not_tried_again() -> None:
    agent = Agent()
    name = opened(agent)
    with pytest.raises(Conflict, match="it is open"):
        agent.application.lifecycle.move(Verb.REOPEN, name, signed_in("jane"), LATER)
    assert agent.pauses == []


def test_an_unknown_incident_is_not_found() -> None:
    with pytest.raises(NotFound, match="inc_0000000000000000"):
        Agent().application.lifecycle.move(
            Verb.RESOLVE, IncidentId("inc_0000000000000000"), signed_in("jane"), LATER
        )


class AlertsArriveMeanwhile(MemoryIncidentStore):
    """Once armed, another alert of the scope is committed between the next read and its write."""

    armed = False

    def load_scope(self, scope: Scope) -> StoredScope:
        stored = super().load_scope(scope)
        if self.armed:
            self.armed = False
            self.commit(
                Commit(scope=scope, expected_version=stored.version, state=stored.state, batch_id="other")
            )
        return stored


def test_a_move_that_alerts_overtook_is_decided_again() -> None:
    store = AlertsArriveMeanwhile()
    agent = Agent(store)
    name = opened(agent)
    store.armed = True
    after = agent.application.lifecycle.move(Verb.ACKNOWLEDGE, name, signed_in("jane"), LATER)
    assert after.status is IncidentStatus.ACKNOWLEDGED
    assert agent.pauses == [0]


def test_an_acknowledgment_has_the_subject_of_the_person_until_the_incident_is_reopened() -> None:
    agent = Agent()
    name = opened(agent)
    ada = signed_in("Ada", sub="7f3c")
    acknowledged = agent.application.lifecycle.move(Verb.ACKNOWLEDGE, name, ada, LATER)
    assert acknowledged.acknowledged_by_id == "https://issuer.example#7f3c"
    resolved = agent.application.lifecycle.move(Verb.RESOLVE, name, ada, LATER)
    assert resolved.resolved_by_id == ada.subject
    reopened = agent.application.lifecycle.move(Verb.REOPEN, name, ada, LATER + MINUTE)
    assert (reopened.acknowledged_by_id, reopened.resolved_by_id) == ("", "")
