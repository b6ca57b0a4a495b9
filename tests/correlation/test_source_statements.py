"""What sources state beyond firing and resolved: rises, missing data, earlier firings, related alarms."""

import pytest
from msgspec.structs import replace

from cloudops.alerts.alert import AlertStatus, Severity
from cloudops.core.taxonomy import Symptom
from cloudops.correlation.correlator import ClassifiedAlert, DecisionKind, Reason
from cloudops.correlation.state import StateBasis
from tests.correlation.scenarios import Scene, changes, clears, fires, homes

LATENCY, OTHER, DOWN = Symptom.LATENCY, Symptom.OTHER, Symptom.AVAILABILITY


def test_a_repeat_that_is_more_severe_raises_the_incident_once() -> None:
    scene = Scene()
    _, rise, repeat, fall = scene.each(
        fires("cart", LATENCY, "10:00", severity=Severity.MEDIUM, episode="1"),
        fires("cart", LATENCY, "10:05", severity=Severity.HIGH, episode="1"),
        fires("cart", LATENCY, "10:10", severity=Severity.HIGH, episode="1"),
        fires("cart", LATENCY, "10:15", severity=Severity.MEDIUM, episode="1"),
    )
    assert (rise.kind, rise.reason) == (DecisionKind.JOINED, Reason.SAME_ALERT)
    assert rise.evidence == ("still firing, its severity rose to high",)
    assert (repeat.kind, fall.kind) == (DecisionKind.DUPLICATE, DecisionKind.DUPLICATE)
    assert scene.only.services["cart"].severity == Severity.HIGH.rank
    assert scene.only.firing == 1


def silent(time: str, notify: bool) -> ClassifiedAlert:
    return changes("cart", DOWN, time, AlertStatus.NO_DATA, notify_no_data=notify)


def test_missing_data_opens_an_incident_if_the_source_was_set_to_notify_it() -> None:
    scene = Scene()
    first, again, end = scene.each(
        silent("10:00", True), silent("10:20", True), clears("cart", DOWN, "11:00")
    )
    assert (first.kind, again.kind, end.kind) == (
        DecisionKind.OPENED,
        DecisionKind.DUPLICATE,
        DecisionKind.RESOLVED,
    )
    assert homes([first, again, end]) == ["A", "A", "A"]
    assert scene.only.cleared_at is not None


def test_an_alert_that_opened_without_data_has_that_basis_until_it_fires() -> None:
    scene = Scene()
    scene.each(silent("10:00", True))
    (state,) = scene.only.alerts.values()
    assert (state.firing, state.basis) == (True, StateBasis.NO_DATA)
    scene.each(fires("cart", DOWN, "10:04"))
    (state,) = scene.only.alerts.values()
    assert (state.firing, state.basis) == (True, StateBasis.SOURCE)


def test_missing_data_opens_nothing_by_itself_otherwise() -> None:
    scene = Scene()
    (decision,) = scene.each(silent("10:00", False))
    assert decision.reason is Reason.NOTHING_OPEN
    assert scene.state.incidents == []


@pytest.mark.parametrize(("gap", "kind"), [(90_000, DecisionKind.DUPLICATE), (15_000, DecisionKind.RESOLVED)])
def test_the_end_of_an_earlier_firing_does_not_end_the_present_one(gap: int, kind: DecisionKind) -> None:
    scene = Scene()
    first = fires("cart", LATENCY, "10:00")
    start = first.alert.occurred_at
    scene.each(fires("cart", LATENCY, "10:00", episode=str(start), started_at=start))
    earlier = start - gap
    (end,) = scene.each(clears("cart", LATENCY, "10:10", episode=str(earlier), started_at=earlier))
    assert end.kind is kind


@pytest.mark.parametrize("composite_first", [False, True])
def test_a_composite_alarm_is_one_problem_with_the_alarms_that_it_names(composite_first: bool) -> None:
    child = fires("", LATENCY, "10:00", name="child", resources=("alarm:p99", "host:a"))
    composite = fires(
        "", OTHER, "10:20", name="all", severity=Severity.LOW, resources=("alarm:all", "alarm:p99")
    )
    items = (composite, child) if composite_first else (child, composite)
    decisions = Scene().each(*items)
    assert homes(decisions) == ["A", "A"]
    assert decisions[1].evidence == ("is declared as one problem with alarm p99",)


def test_alarms_that_name_no_common_alarm_stay_apart() -> None:
    decisions = Scene().each(
        fires("", OTHER, "10:00", name="a", severity=Severity.LOW, resources=("alarm:a",)),
        fires("", OTHER, "10:01", name="b", severity=Severity.LOW, resources=("alarm:b",)),
    )
    assert homes(decisions) == ["A", "B"]


def test_an_alert_of_normal_operation_opens_and_joins_nothing() -> None:
    item = fires("cart", LATENCY, "10:01")
    normal = ClassifiedAlert(item.alert, replace(item.analysis, normal="heartbeat: it always fires"))
    scene = Scene()
    opened, excluded = scene.each(fires("cart", DOWN, "10:00"), normal)
    assert (excluded.kind, excluded.reason) == (DecisionKind.EXCLUDED, Reason.NORMAL_OPERATION)
    assert (excluded.incident_id, excluded.evidence) == (None, ("heartbeat: it always fires",))
    assert scene.only.id == opened.incident_id
    assert scene.only.firing == 1
