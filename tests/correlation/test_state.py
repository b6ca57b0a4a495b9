"""Pruning: what a scope drops and what it keeps."""

from msgspec.structs import replace

from cloudops.core.ids import IncidentId
from cloudops.core.taxonomy import Symptom
from cloudops.correlation.state import (
    MAX_ALERTS,
    MAX_BYTES,
    MAX_TOMBSTONES,
    RETENTION,
    AlertState,
    IncidentState,
    ScopeState,
    empty_state,
    prune,
)
from tests.correlation.scenarios import PROD, Scene, clock, fires

NOW = clock("12:00")


def scope(*incidents: IncidentState) -> ScopeState:
    return replace(empty_state(PROD), now=NOW, incidents=list(incidents))


def incident(name: str, active_at: int = NOW, cleared_at: int | None = None) -> IncidentState:
    return replace(IncidentState(IncidentId(name), active_at, active_at), cleared_at=cleared_at)


def large(one: IncidentState, share: float) -> IncidentState:
    """Returns the incident with resources that fill this share of `MAX_BYTES`."""
    names = {f"pod:{number:040d}": NOW for number in range(int(MAX_BYTES * share / 55))}
    return replace(one, resources=names)


def test_a_resolved_incident_is_kept_for_exactly_the_retention() -> None:
    kept, forgotten = (
        incident("kept", cleared_at=NOW - RETENTION),
        incident("old", cleared_at=NOW - RETENTION - 1),
    )
    after = prune(scope(kept, forgotten, incident("open", active_at=0)))
    assert [one.id for one in after.incidents] == ["kept", "open"]
    assert after.retired == []


def test_tombstones_are_dropped_by_age_and_then_by_number() -> None:
    marks = {f"alert-{number}": NOW - number for number in range(MAX_TOMBSTONES + 1)}
    after = prune(replace(scope(), tombstones={**marks, "old": NOW - RETENTION - 1}))
    assert after.tombstones.keys() == marks.keys() - {f"alert-{MAX_TOMBSTONES}"}


def test_pruning_leaves_its_input_as_it_was() -> None:
    before = replace(scope(incident("old", cleared_at=0)), tombstones={"old": 0}, retired=["gone"])
    prune(before)
    assert ([one.id for one in before.incidents], before.tombstones, before.retired) == (
        ["old"],
        {"old": 0},
        ["gone"],
    )


def test_of_too_many_alerts_the_resolved_and_then_the_oldest_are_dropped() -> None:
    scene = Scene()
    scene.batch(fires("cart", Symptom.OOM, "10:00"))
    crowded = scene.only
    crowded.alerts = {
        f"firing-{number}": AlertState(True, NOW + number, NOW, "cart") for number in range(MAX_ALERTS)
    } | {
        "cleared": AlertState(False, NOW + 9_999, NOW, "cart"),
        "oldest": AlertState(True, NOW - 1, NOW, "cart"),
    }
    (after,) = prune(scope(crowded)).incidents
    assert len(after.alerts) == MAX_ALERTS
    assert not {"cleared", "oldest"} & after.alerts.keys()
    assert (after.firing, after.services["cart"].firing) == (MAX_ALERTS, MAX_ALERTS)


def test_beyond_its_size_a_scope_drops_resolved_incidents_before_quiet_ones() -> None:
    cleared = large(incident("cleared", cleared_at=NOW), 0.4)
    quiet, busy = large(incident("quiet", active_at=NOW - 2), 0.4), large(incident("busy", NOW - 1), 0.4)
    assert [one.id for one in prune(scope(busy, quiet, cleared)).incidents] == ["busy", "quiet"]


def test_an_open_incident_that_is_dropped_for_size_is_listed_as_retired() -> None:
    quiet, busy = large(incident("quiet", NOW - 2), 0.6), large(incident("busy", NOW - 1), 0.6)
    after = prune(scope(busy, quiet))
    assert ([one.id for one in after.incidents], after.retired) == (["busy"], ["quiet"])
    cleared = replace(quiet, cleared_at=NOW)
    assert prune(scope(busy, cleared)).retired == []


def test_the_last_incident_is_kept_whatever_its_size() -> None:
    after = prune(scope(large(incident("only"), 1.5)))
    assert ([one.id for one in after.incidents], after.retired) == (["only"], [])
