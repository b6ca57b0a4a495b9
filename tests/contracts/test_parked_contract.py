"""What every incident store promises about what is parked beside a scope."""

import pytest
from msgspec.structs import replace

from cloudops.core.errors import WriteConflict
from cloudops.core.ids import IncidentId
from cloudops.correlation.parking import Parked, ParkedAlert, ParkedIncident, Unparked
from cloudops.correlation.state import AlertState, IncidentState, ParkedCounts
from cloudops.incidents.store import Commit, IncidentStore, ScopeCount
from tests.fakes.incident_factory import NOON, SCOPE, a_commit, a_state

WEB = IncidentId("inc_web")
ALERT = ParkedAlert("f1", WEB, AlertState(True, NOON, NOON, "web", "", "plain"))
INCIDENT = ParkedIncident(IncidentState(WEB, NOON, NOON, firing=1))
PARKED = Parked((ALERT,), (INCIDENT,))


def parking(version: int, parked: Parked, count: int = 1) -> Commit:
    state = replace(a_state(), parked=ParkedCounts(incidents=count, alerts=len(parked.alerts)))
    return replace(a_commit(version, state=state), parked=parked)


def test_what_a_commit_parks_is_found_by_fingerprint_and_by_incident(store: IncidentStore) -> None:
    store.commit(parking(0, PARKED))

    assert store.parked_alerts(SCOPE, ["f1", "f2"]) == [ALERT]
    assert store.parked_incidents(SCOPE, [WEB, IncidentId("inc_db")]) == [INCIDENT]
    assert store.all_parked(SCOPE) == PARKED
    assert store.parked_counts() == [ScopeCount(SCOPE, 1)]


def test_what_is_parked_belongs_to_its_scope(store: IncidentStore) -> None:
    store.commit(parking(0, PARKED))
    other = replace(SCOPE, environment="dev")

    assert (store.parked_alerts(other, ["f1"]), store.all_parked(other)) == ([], Parked())


def test_a_commit_unparks_what_was_parked(store: IncidentStore) -> None:
    store.commit(parking(0, PARKED))

    store.commit(replace(parking(1, Parked(), count=0), unparked=Unparked(("f1",), (WEB,)), batch_id="back"))

    assert (store.all_parked(SCOPE), store.parked_counts()) == (Parked(), [])


def test_a_commit_that_lost_its_race_parks_nothing(store: IncidentStore) -> None:
    store.commit(a_commit(0, batch="winner"))
    with pytest.raises(WriteConflict):
        store.commit(parking(0, PARKED))

    assert store.all_parked(SCOPE) == Parked()


def test_an_alert_that_is_parked_again_replaces_its_row(store: IncidentStore) -> None:
    store.commit(parking(0, PARKED))
    later = replace(ALERT, state=replace(ALERT.state, changed_at=NOON + 1), expires_at=NOON + 2)
    store.commit(replace(parking(1, Parked((later,))), batch_id="again"))

    assert store.parked_alerts(SCOPE, ["f1"]) == [later]
