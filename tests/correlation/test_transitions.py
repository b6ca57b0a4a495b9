"""One alert over time: repeats, duplicates, late deliveries, resolutions, flapping and reopening."""

from collections.abc import Sequence

from msgspec.structs import replace

from cloudops.alerts.alert import AlertStatus
from cloudops.core.taxonomy import Symptom
from cloudops.correlation.correlator import ClassifiedAlert, Decision, DecisionKind, Reason
from cloudops.correlation.state import StateBasis, copied, latest_alert_states
from cloudops.correlation.transitions import resolve_all
from tests.correlation.scenarios import Scene, changes, clears, clock, fires, homes

LATENCY, OOM = Symptom.LATENCY, Symptom.OOM


def kinds(decisions: Sequence[Decision]) -> list[DecisionKind]:
    return [one.kind for one in decisions]


def test_a_first_firing_opens_an_incident() -> None:
    (decision,) = Scene().batch(fires("cart", OOM, "10:00"))
    assert (decision.kind, decision.reason) == (DecisionKind.OPENED, Reason.NEW)


def test_the_same_delivery_twice_changes_nothing() -> None:
    scene = Scene()
    scene.batch(fires("cart", OOM, "10:00"))
    before = scene.only
    (again,) = scene.batch(fires("cart", OOM, "10:00"))
    assert again.kind is DecisionKind.DUPLICATE
    assert scene.only == before


def test_a_repeat_of_a_firing_alert_counts_once() -> None:
    scene = Scene()
    decisions = scene.each(
        fires("cart", OOM, "10:00"), fires("cart", OOM, "10:10"), fires("cart", OOM, "10:20")
    )
    assert kinds(decisions) == [DecisionKind.OPENED, DecisionKind.DUPLICATE, DecisionKind.DUPLICATE]
    assert (scene.only.firings, scene.only.events) == (1, 1)


def test_a_new_episode_after_a_lost_resolution_counts_as_another_firing() -> None:
    scene = Scene()
    scene.each(fires("cart", OOM, "10:00", episode="1"), fires("cart", OOM, "10:03", episode="2"))
    assert (scene.only.firings, scene.only.firing) == (2, 1)


def test_a_state_older_than_the_known_one_is_ignored() -> None:
    scene = Scene()
    scene.each(fires("cart", OOM, "10:00"), clears("cart", OOM, "10:10"))
    (late,) = scene.batch(fires("cart", OOM, "10:05"))
    assert (late.kind, late.reason) == (DecisionKind.DUPLICATE, Reason.STALE)
    assert scene.only.cleared_at == clock("10:10")


def test_the_only_alert_resolves_its_incident() -> None:
    scene = Scene()
    opened, cleared = scene.each(fires("cart", OOM, "10:00"), clears("cart", OOM, "10:10"))
    assert cleared.kind is DecisionKind.RESOLVED
    assert cleared.incident_id == opened.incident_id
    assert scene.only.cleared_at == clock("10:10")


def test_an_incident_is_open_until_its_last_alert_resolves() -> None:
    scene = Scene()
    scene.each(fires("cart", OOM, "10:00"), fires("cart", LATENCY, "10:01"), clears("cart", OOM, "10:10"))
    assert scene.only.cleared_at is None
    scene.batch(clears("cart", LATENCY, "10:12"))
    assert scene.only.cleared_at == clock("10:12")


def test_a_resolve_without_a_trigger_opens_nothing() -> None:
    scene = Scene()
    (decision,) = scene.batch(clears("cart", OOM, "10:00"))
    assert (decision.kind, decision.reason) == (DecisionKind.RESOLVED, Reason.NOTHING_OPEN)
    assert decision.incident_id is None
    assert scene.state.incidents == []


def test_a_trigger_that_comes_after_its_resolve_opens_nothing() -> None:
    scene = Scene()
    _, late = scene.each(clears("cart", OOM, "10:10"), fires("cart", OOM, "10:00"))
    assert (late.kind, late.reason) == (DecisionKind.DUPLICATE, Reason.STALE)
    assert scene.state.incidents == []


def test_a_trigger_newer_than_a_tombstone_opens_an_incident() -> None:
    _, newer = Scene().each(clears("cart", OOM, "10:10"), fires("cart", OOM, "10:20"))
    assert newer.kind is DecisionKind.OPENED


def test_no_data_neither_opens_nor_resolves() -> None:
    scene = Scene()
    (unknown,) = scene.batch(changes("cart", OOM, "09:00", AlertStatus.NO_DATA))
    assert unknown.incident_id is None
    scene.batch(fires("cart", OOM, "10:00"))
    (known,) = scene.batch(changes("cart", OOM, "10:05", AlertStatus.NO_DATA))
    assert known.kind is DecisionKind.NO_DATA
    assert scene.only.firing == 1
    assert scene.only.cleared_at is None


def test_no_data_does_not_reopen_an_incident() -> None:
    scene = Scene()
    scene.each(fires("cart", OOM, "10:00"), clears("cart", OOM, "10:05"))
    scene.batch(changes("cart", OOM, "10:06", AlertStatus.NO_DATA))
    assert scene.only.cleared_at == clock("10:05")


def test_no_data_is_recorded_once_until_the_source_says_more() -> None:
    scene = Scene()
    lost, repeated, again, lost_again = scene.each(
        fires("cart", OOM, "10:00"),
        changes("cart", OOM, "10:05", AlertStatus.NO_DATA),
        changes("cart", OOM, "10:06", AlertStatus.NO_DATA),
        fires("cart", OOM, "10:07"),
        changes("cart", OOM, "10:08", AlertStatus.NO_DATA),
    )[1:]
    assert kinds([lost, repeated, again, lost_again]) == [
        DecisionKind.NO_DATA,
        DecisionKind.DUPLICATE,
        DecisionKind.JOINED,
        DecisionKind.NO_DATA,
    ]


def basis(*items: ClassifiedAlert) -> StateBasis:
    """Returns the basis of the only alert's state after these changes."""
    scene = Scene()
    scene.each(*items)
    (state,) = latest_alert_states(scene.state).values()
    return state.basis


def test_the_basis_of_a_state_is_the_latest_word_on_the_alert() -> None:
    fired = fires("cart", OOM, "10:00")
    assert basis(fired) is StateBasis.SOURCE
    assert basis(fired, clears("cart", OOM, "10:05")) is StateBasis.SOURCE
    assert basis(fired, clears("cart", OOM, "10:05", muted="planned work")) is StateBasis.MUTED
    assert basis(fires("cart", OOM, "10:00", muted="planned work")) is StateBasis.MUTED
    no_data = changes("cart", OOM, "10:05", AlertStatus.NO_DATA)
    assert basis(fired, no_data) is StateBasis.NO_DATA
    assert basis(fired, no_data, clears("cart", OOM, "10:06")) is StateBasis.SOURCE
    assert basis(fired, no_data, fires("cart", OOM, "10:06")) is StateBasis.SOURCE
    assert basis(fired, changes("cart", OOM, "10:05", AlertStatus.GONE)) is StateBasis.GONE


def test_an_alert_that_a_person_resolved_says_so_until_its_source_speaks_again() -> None:
    scene = Scene()
    scene.each(fires("cart", OOM, "10:00"))
    resolve_all(scene.only, clock("10:05"))
    (state,) = latest_alert_states(scene.state).values()
    assert (state.firing, state.changed_at, state.basis) == (False, clock("10:05"), StateBasis.PERSON)
    scene.each(fires("cart", OOM, "10:06"))
    (state,) = latest_alert_states(scene.state).values()
    assert (state.firing, state.basis) == (True, StateBasis.SOURCE)


def test_of_two_states_of_an_alert_the_firing_one_counts() -> None:
    scene = Scene()
    scene.each(fires("cart", OOM, "10:00"), clears("cart", OOM, "10:05"))
    other = copied(scene.state).incidents[0]
    (fingerprint,) = other.alerts
    other.alerts[fingerprint] = replace(other.alerts[fingerprint], firing=True, changed_at=clock("10:01"))
    scene.state.incidents.append(other)
    assert latest_alert_states(scene.state)[fingerprint].firing


def test_a_flapping_alert_is_one_incident() -> None:
    scene = Scene()
    flaps = []
    for minute in range(0, 60, 3):
        flaps += [fires("cart", LATENCY, f"10:{minute:02}"), clears("cart", LATENCY, f"10:{minute + 1:02}")]
    decisions = scene.each(*flaps)
    assert set(homes(decisions)) == {"A"}
    assert scene.only.returns == 19


def test_an_alert_that_returns_soon_reopens_its_incident() -> None:
    scene = Scene()
    scene.each(fires("cart", OOM, "10:00"), clears("cart", OOM, "10:20"))
    (returned,) = scene.batch(fires("cart", OOM, "10:27"))
    assert (returned.kind, returned.reason) == (DecisionKind.REOPENED, Reason.SAME_ALERT)
    assert scene.only.cleared_at is None


def test_an_alert_that_returns_hours_later_is_a_new_incident() -> None:
    scene = Scene()
    scene.each(fires("cart", OOM, "10:00"), clears("cart", OOM, "10:20"))
    (returned,) = scene.batch(fires("cart", OOM, "14:00"))
    assert returned.kind is DecisionKind.OPENED


def test_a_short_incident_is_not_reopened_after_longer_than_it_lasted_and_five_minutes() -> None:
    scene = Scene()
    scene.each(fires("cart", OOM, "10:00"), clears("cart", OOM, "10:03"))
    (returned,) = scene.batch(fires("cart", OOM, "10:09"))
    assert returned.kind is DecisionKind.OPENED


def test_a_returning_symptom_joins_the_open_incident_that_explains_it() -> None:
    scene = Scene()
    old = scene.each(
        fires("payment", OOM, "10:00"),
        fires("checkout", LATENCY, "10:01"),
        clears("payment", OOM, "10:20"),
        clears("checkout", LATENCY, "10:20"),
    )
    new, returned = scene.each(fires("mail", OOM, "10:26"), fires("checkout", LATENCY, "10:27"))
    assert returned.incident_id == new.incident_id != old[0].incident_id
    assert returned.left == old[0].incident_id


def test_an_open_incident_accepts_no_alert_after_a_long_quiet_gap() -> None:
    scene = Scene()
    scene.batch(fires("cart", OOM, "10:00"))
    (later,) = scene.batch(fires("cart", LATENCY, "12:01"))
    assert later.kind is DecisionKind.OPENED


def test_an_alert_silent_for_half_a_day_counts_as_resolved() -> None:
    scene = Scene()
    (first,) = scene.batch(fires("cart", OOM, "01:00"))
    (again,) = scene.batch(fires("cart", OOM, "13:00"))
    assert again.kind is DecisionKind.OPENED
    assert again.left == first.incident_id
    assert scene.state.incidents[0].cleared_at == clock("13:00")
