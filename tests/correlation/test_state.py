"""Pruning: what a scope drops and what it keeps."""

from msgspec.structs import replace

from cloudops.core.ids import IncidentId
from cloudops.correlation.state import (
    RETENTION,
    IncidentState,
    ParkedCounts,
    ScopeState,
    empty_state,
    prune,
)
from tests.correlation.scenarios import PROD, clock

NOW = clock("12:00")


def scope(*incidents: IncidentState) -> ScopeState:
    return replace(empty_state(PROD), now=NOW, incidents=list(incidents))


def incident(name: str, active_at: int = NOW, cleared_at: int | None = None) -> IncidentState:
    return replace(IncidentState(IncidentId(name), active_at, active_at), cleared_at=cleared_at)


def test_a_resolved_incident_is_kept_for_exactly_the_retention() -> None:
    kept, forgotten = (
        incident("kept", cleared_at=NOW - RETENTION),
        incident("old", cleared_at=NOW - RETENTION - 1),
    )
    after = prune(scope(kept, forgotten, incident("open", active_at=0)))
    assert [one.id for one in after.incidents] == ["kept", "open"]


def test_a_tombstone_is_kept_for_exactly_the_retention() -> None:
    after = prune(replace(scope(), tombstones={"kept": NOW - RETENTION, "old": NOW - RETENTION - 1}))
    assert after.tombstones == {"kept": NOW - RETENTION}


def test_pruning_leaves_its_input_as_it_was() -> None:
    before = replace(scope(incident("old", cleared_at=0)), tombstones={"old": 0})
    prune(before)
    assert ([one.id for one in before.incidents], before.tombstones) == (["old"], {"old": 0})


def test_an_expired_incident_takes_its_parked_alerts_out_of_the_count() -> None:
    expired = replace(incident("old", cleared_at=0), parked=3)
    before = replace(scope(expired), parked=ParkedCounts(alerts=5))
    assert prune(before).parked.alerts == 2
