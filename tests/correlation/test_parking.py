"""What a full scope parks, in which order, and how it gets it back."""

import msgspec
from msgspec.structs import replace

from cloudops.core.ids import NO_INCIDENT, IncidentId
from cloudops.core.taxonomy import Symptom
from cloudops.correlation.incoming_alert import FailureSignal
from cloudops.correlation.parking import (
    Capacity,
    Parked,
    ParkedAlert,
    Restored,
    Room,
    capacity_fingerprint,
    fingerprints_to_find,
    make_room,
    restore,
    settle,
)
from cloudops.correlation.state import (
    RETENTION,
    AlertState,
    IncidentState,
    ParkedCounts,
    ScopeState,
    ServiceImpact,
    empty_state,
    mark_closed,
)
from cloudops.correlation.transitions import resolve_all
from tests.correlation.scenarios import PROD, clock

NOW = clock("12:00")
SMALL = Capacity(max_bytes=2_000, max_alerts=8, max_tombstones=4)


def scope(*incidents: IncidentState) -> ScopeState:
    return replace(empty_state(PROD), now=NOW, incidents=list(incidents))


def incident(
    name: str, active_at: int = NOW, *, alerts: int = 1, severity: int = 1, size: int = 900
) -> IncidentState:
    """Returns an open incident with firing alerts, whose resources have about this many bytes."""
    signals = {FailureSignal.FAULT: (active_at, active_at)}
    impact = ServiceImpact(active_at, active_at, alerts, signals, 0, severity, Symptom.OOM, name, [])
    return IncidentState(
        IncidentId(name),
        active_at,
        active_at,
        alerts={
            f"{name}-{number}": AlertState(True, active_at + number, active_at, name)
            for number in range(alerts)
        },
        services={name: impact},
        resources={f"pod:{name}-{number:040d}": NOW for number in range(size // 55)},
        firing=alerts,
    )


def cleared(one: IncidentState, at: int) -> IncidentState:
    alerts = {name: replace(known, firing=False, changed_at=at) for name, known in one.alerts.items()}
    return replace(one, alerts=alerts, firing=0, cleared_at=at)


def room_of(state: ScopeState, capacity: Capacity = SMALL) -> Room:
    room = make_room(state, capacity)
    assert room is not None
    return room


def tight(state: ScopeState) -> Capacity:
    """Returns a capacity that the scope exceeds by one byte: one of its three incidents has to go."""
    return Capacity(max_bytes=len(msgspec.msgpack.encode(state)) - 1)


def parked_ids(parked: Parked) -> list[str]:
    return [row.incident.id for row in parked.incidents]


def all_back(room: Room) -> Restored:
    return restore(room.state, room.parked.alerts, room.parked.incidents)


def test_a_scope_with_room_parks_nothing() -> None:
    assert make_room(scope(incident("web")), SMALL) is None


def test_a_resolved_incident_is_parked_before_an_open_one() -> None:
    done = cleared(incident("done", severity=3), NOW - 1)
    state = scope(incident("web", severity=0), done, incident("db"))
    room = room_of(state, tight(state))
    assert parked_ids(room.parked) == ["done"]
    assert room.state.parked == ParkedCounts(until=NOW - 1 + RETENTION)


def test_of_open_incidents_the_least_severe_and_then_the_quietest_is_parked_first() -> None:
    severe = incident("severe", NOW - 9, severity=3)
    quiet, busy = incident("quiet", NOW - 5, severity=1), incident("busy", NOW - 2, severity=1)
    latest = incident("latest", NOW, severity=0)
    room = room_of(scope(severe, busy, quiet, latest), Capacity(max_bytes=4_000))
    assert parked_ids(room.parked) == ["quiet", "busy"]
    room = room_of(scope(severe, busy, quiet, latest), Capacity(max_bytes=2_500))
    assert parked_ids(room.parked) == ["quiet", "busy", "severe"]
    assert [one.id for one in room.state.incidents] == ["latest"]


def test_a_parked_incident_stays_open_with_all_its_counts() -> None:
    room = room_of(scope(incident("web", NOW - 5, alerts=3), incident("db", size=1_500)))
    (row,) = room.parked.incidents
    assert (row.incident.cleared_at, row.incident.firing, row.expires_at) == (None, 3, None)
    assert {one.fingerprint for one in room.parked.alerts} == {"web-0", "web-1", "web-2"}
    assert room.state.parked == ParkedCounts(incidents=1, alerts=3)


def test_the_latest_incident_and_the_alert_about_capacity_are_never_parked() -> None:
    own = incident("own", NOW - 9, severity=0)
    own = replace(own, alerts={capacity_fingerprint(PROD): AlertState(True, NOW, NOW)})
    assert make_room(scope(own, incident("only", size=5_000)), SMALL) is None


def test_what_is_parked_comes_back_as_it_was() -> None:
    before = scope(incident("web", NOW - 5, alerts=3), incident("db", size=1_500))
    room = room_of(before)
    back = all_back(room)
    state, unparked = settle(back, back.state, back.alerts.keys(), back.incidents.keys())
    assert {one.id: one for one in state.incidents} == {one.id: one for one in before.incidents}
    assert state.parked == ParkedCounts()
    assert len(unparked) == 4


def test_what_a_batch_does_not_change_stays_parked() -> None:
    room = room_of(scope(incident("web", NOW - 5, alerts=3), incident("db", size=1_500)))
    back = all_back(room)
    state, unparked = settle(back, back.state, (), ())
    assert (state, len(unparked)) == (room.state, 0)


def test_one_alert_brings_its_incident_back_and_leaves_the_others_parked() -> None:
    room = room_of(scope(incident("web", NOW - 5, alerts=3), incident("db", size=1_500)))
    asked = [row for row in room.parked.alerts if row.fingerprint == "web-1"]
    back = restore(room.state, asked, room.parked.incidents)
    state, _ = settle(back, back.state, {"web-1"}, {IncidentId("web")})
    web = next(one for one in state.incidents if one.id == "web")
    assert (list(web.alerts), web.firing, web.parked) == (["web-1"], 3, 2)
    assert state.parked == ParkedCounts(incidents=0, alerts=2)


def test_an_incident_with_too_many_alerts_parks_resolved_and_then_unchanged_ones_and_counts_all() -> None:
    crowded = incident("web", alerts=10, size=0)
    crowded.alerts["web-9"] = replace(crowded.alerts["web-9"], firing=False)
    crowded.firing = 9
    room = room_of(scope(crowded))
    assert [row.fingerprint for row in room.parked.alerts] == ["web-9", "web-0", "web-1", "web-2"]
    (web,) = room.state.incidents
    assert (len(web.alerts), web.firing, web.parked) == (6, 9, 4)


def test_one_commit_parks_no_more_rows_than_it_can_write_and_the_next_goes_on() -> None:
    few = Capacity(max_bytes=2_000, max_rows=4)
    state = scope(incident("web", NOW - 5, alerts=6), incident("db", size=1_900))
    rows = []
    while (room := make_room(state, few)) is not None:
        assert len(room.parked) <= 4
        rows += [*room.parked.alerts, *room.parked.incidents]
        state = room.state
    assert len(rows) == 7
    assert state.parked == ParkedCounts(incidents=1, alerts=6)


def test_the_oldest_tombstones_are_parked_until_they_expire() -> None:
    marks = {f"alert-{number}": NOW - number for number in range(5)}
    room = room_of(replace(scope(), tombstones=marks))
    assert room.state.tombstones.keys() == {"alert-0", "alert-1"}
    oldest = room.parked.alerts[0]
    assert (oldest.fingerprint, oldest.incident_id, oldest.expires_at) == (
        "alert-4",
        NO_INCIDENT,
        NOW - 4 + RETENTION,
    )
    assert restore(room.state, [oldest], ()).state.tombstones["alert-4"] == NOW - 4


def test_a_row_that_expired_no_longer_counts() -> None:
    done = cleared(incident("done"), NOW - 1)
    state = scope(done, incident("web"), incident("db"))
    room = room_of(state, tight(state))
    later = replace(room.state, now=NOW + RETENTION)
    assert fingerprints_to_find(later, ["done-0"]) == []
    assert [one.id for one in restore(later, room.parked.alerts, room.parked.incidents).state.incidents] == [
        "web",
        "db",
    ]


def test_only_a_scope_that_parked_something_is_searched_and_only_for_what_it_does_not_hold() -> None:
    assert fingerprints_to_find(scope(incident("web")), ["x"]) == []
    parked = replace(scope(incident("web")), parked=ParkedCounts(incidents=1, alerts=1))
    assert fingerprints_to_find(parked, ["x", "web-0", "y", "x"]) == ["x", "y"]


def test_a_person_who_resolves_an_incident_resolves_its_parked_alerts_too() -> None:
    room = room_of(scope(incident("web", alerts=10, size=0)))
    (web,) = room.state.incidents
    resolve_all(web, NOW + 1)
    mark_closed(room.state, web)
    (again,) = restore(room.state, room.parked.alerts, ()).state.incidents
    assert (again.firing, any(known.firing for known in again.alerts.values())) == (0, False)


def test_an_alert_that_is_parked_after_a_person_resolved_keeps_its_own_state() -> None:
    state = scope(incident("web", alerts=10, size=0))
    mark_closed(state, state.incidents[0])
    room = room_of(state)
    (web,) = restore(room.state, room.parked.alerts, ()).state.incidents
    assert all(known.firing for known in web.alerts.values())


def test_an_alert_that_was_parked_under_a_merged_incident_finds_the_survivor() -> None:
    survivor = replace(incident("web"), merged_from=[IncidentId("db")], parked=1)
    state = replace(scope(survivor), parked=ParkedCounts(alerts=1))
    row = ParkedAlert("db-0", IncidentId("db"), AlertState(True, NOW, NOW, "db"))
    back = restore(state, [row], ())
    assert back.state.incidents[0].alerts.keys() == {"web-0", "db-0"}
    after, _ = settle(back, back.state, {"db-0"}, {IncidentId("web")})
    assert (after.incidents[0].parked, after.parked.alerts) == (0, 0)


def test_a_row_whose_incident_is_no_longer_known_is_deleted_with_the_alerts_next_change() -> None:
    state = replace(scope(), parked=ParkedCounts(alerts=0, until=NOW))
    row = ParkedAlert("lost", IncidentId("lost"), AlertState(True, NOW, NOW, "lost"))
    back = restore(state, [row], ())
    after, unparked = settle(back, back.state, {"lost"}, ())
    assert (back.state.incidents, unparked.fingerprints, after.parked.alerts) == ([], ("lost",), 0)
