"""Transitions of an incident and of its scope state."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from cloudops.core.errors import Conflict
from cloudops.core.taxonomy import Symptom
from cloudops.core.time import MINUTE
from cloudops.correlation.correlator import DecisionKind, correlate
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.lifecycle import Transition, acknowledge, reopen, resolve
from cloudops.incidents.record_builder import build_records
from tests.correlation.scenarios import SHOP, Scene, clock, fires
from tests.fakes.people import signed_in

ALERT = fires("cart", Symptom.OOM, "10:00")
NOON = clock("12:00")


def opened() -> tuple[Scene, Incident]:
    scene = Scene()
    decisions = scene.batch(ALERT)
    (incident,) = build_records({}, scene.state, [(ALERT, decisions[0])], SHOP).incidents
    return scene, incident


def test_an_acknowledgment_names_the_person() -> None:
    scene, incident = opened()
    state, taken, entry = acknowledge(scene.state, incident, signed_in("Ada"), NOON)
    assert (taken.status, taken.acknowledged_by, taken.acknowledged_at) == (
        "acknowledged",
        "Ada",
        NOON,
    )
    assert (entry.actor, entry.text, entry.at) == ("Ada", "Acknowledged by Ada", NOON)
    assert state == scene.state


def test_a_person_may_resolve_an_incident_while_its_alert_fires() -> None:
    scene, incident = opened()
    state, done, _ = resolve(scene.state, incident, signed_in("Ada"), NOON)
    assert (done.status, done.firing_count, done.resolved_at) == (IncidentStatus.RESOLVED, 0, NOON)
    assert state.incidents[0].closed_by_operator
    assert not scene.only.closed_by_operator


@pytest.mark.parametrize(
    ("again", "kind"), [("12:01", DecisionKind.REOPENED), ("18:00", DecisionKind.OPENED)]
)
def test_a_firing_after_a_person_resolved_reopens_soon_and_opens_another_incident_later(
    again: str, kind: DecisionKind
) -> None:
    scene, incident = opened()
    state, _, _ = resolve(scene.state, incident, signed_in("Ada"), NOON)
    _, (decision,) = correlate(state, [fires("cart", Symptom.OOM, again)], SHOP)
    assert decision.kind is kind


def test_a_reopened_incident_accepts_alerts_again() -> None:
    scene, incident = opened()
    state, done, _ = resolve(scene.state, incident, signed_in("Ada"), NOON)
    state, back, entry = reopen(state, done, signed_in("Grace"), NOON + MINUTE)
    assert (back.status, back.resolved_at, entry.text) == (IncidentStatus.OPEN, None, "Reopened by Grace")
    _, (decision,) = correlate(state, [fires("cart", Symptom.ERROR_RATE, "12:02")], SHOP)
    assert decision.incident_id == incident.id


@pytest.mark.parametrize(
    ("before", "move"),
    [
        (IncidentStatus.ACKNOWLEDGED, acknowledge),
        (IncidentStatus.RESOLVED, acknowledge),
        (IncidentStatus.RESOLVED, resolve),
        (IncidentStatus.MERGED, resolve),
        (IncidentStatus.OPEN, reopen),
        (IncidentStatus.MERGED, reopen),
    ],
)
def test_a_transition_that_the_status_forbids_is_a_conflict_that_names_the_status(
    before: IncidentStatus, move: Callable[..., Transition]
) -> None:
    scene, incident = opened()
    with pytest.raises(Conflict, match=f"it is {before}"):
        move(scene.state, replace(incident, status=before), signed_in("Ada"), NOON)
