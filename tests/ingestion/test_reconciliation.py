"""Reconciliation: which alerts of a listing push has missed."""

from typing import Any

import pytest

from cloudops.alerts.alert import Alert, AlertStatus, Scope
from cloudops.core.ids import IncidentId
from cloudops.core.time import MINUTE
from cloudops.correlation.state import AlertState, IncidentState, ScopeState
from cloudops.ingestion.reconciliation import Known, Listing, MissedReason, find_missed, known_alerts

SCOPE = Scope("111122223333", "prod", "eu-west-1")
PLACES = frozenset({("111122223333", "eu-west-1")})
NOW = 100 * MINUTE


def listed(status: AlertStatus = AlertStatus.FIRING, at: int = 90 * MINUTE, **fields: Any) -> Alert:
    defaults: dict[str, Any] = {
        "source": "cloudwatch",
        "fingerprint": "f1",
        "status": status,
        "occurred_at": at,
        "received_at": NOW,
        "title": "checkout 5xx",
        "started_at": at if status is AlertStatus.FIRING else None,
    }
    return Alert(**defaults | fields)


def known_alert(firing: bool, changed_at: int = 90 * MINUTE, source: str = "cloudwatch") -> dict[str, Known]:
    return {"f1": Known(SCOPE, AlertState(firing, changed_at, changed_at, "checkout", "", source))}


def reasons(alerts: list[Alert], known: dict[str, Known], complete: bool = True) -> list[MissedReason]:
    listing = Listing("cloudwatch", NOW, tuple(alerts), complete, PLACES)
    return [one.reason for one in find_missed(listing, known)]


@pytest.mark.parametrize("status", [AlertStatus.RESOLVED, AlertStatus.NO_DATA])
def test_an_unknown_alert_that_does_not_fire_is_not_ingested(status: AlertStatus) -> None:
    assert reasons([listed(status)], {}) == []


def test_an_unknown_alert_that_fires_was_missed() -> None:
    assert reasons([listed()], {}) == [MissedReason.NEW]


def test_a_known_firing_alert_is_not_ingested_again() -> None:
    assert reasons([listed()], known_alert(firing=True)) == []


@pytest.mark.parametrize("shift", [-5 * MINUTE, 0, MINUTE])
def test_a_start_within_the_skew_is_the_known_start(shift: int) -> None:
    assert reasons([listed(at=90 * MINUTE + shift)], known_alert(firing=True)) == []


def test_a_later_start_is_a_new_firing_after_a_missed_resolution() -> None:
    assert reasons([listed(at=91 * MINUTE + 1)], known_alert(firing=True)) == [MissedReason.RESTARTED]


def test_a_missed_resolution_is_ingested() -> None:
    resolved = listed(AlertStatus.RESOLVED, at=95 * MINUTE)

    assert reasons([resolved], known_alert(firing=True)) == [MissedReason.RESOLVED]


def test_a_resolution_older_than_the_push_is_not_ingested() -> None:
    stale = listed(AlertStatus.RESOLVED, at=80 * MINUTE)

    assert reasons([stale], known_alert(firing=True)) == []


def test_a_firing_after_the_known_resolution_is_ingested() -> None:
    assert reasons([listed(at=95 * MINUTE)], known_alert(firing=False)) == [MissedReason.FIRES_AGAIN]
    assert reasons([listed(at=85 * MINUTE)], known_alert(firing=False)) == []


def test_an_alert_without_data_is_not_ingested() -> None:
    assert reasons([listed(AlertStatus.NO_DATA)], known_alert(firing=True)) == []


def test_an_alert_that_a_complete_listing_lacks_is_gone_and_not_resolved() -> None:
    (one,) = find_missed(Listing("cloudwatch", NOW, (), True, PLACES), known_alert(firing=True))

    assert one.reason is MissedReason.GONE
    assert (one.alert.status, one.alert.occurred_at) == (AlertStatus.GONE, NOW)
    assert (one.alert.scope, one.alert.service) == (SCOPE, "checkout")


def test_an_incomplete_listing_marks_no_alert_as_gone() -> None:
    assert reasons([], known_alert(firing=True), complete=False) == []


def test_a_listing_marks_no_alert_of_other_sources_or_places_as_gone() -> None:
    elsewhere = Listing("cloudwatch", NOW, (), True, frozenset({("111122223333", "us-east-1")}))

    assert reasons([], known_alert(firing=True, source="datadog")) == []
    assert find_missed(elsewhere, known_alert(firing=True)) == []


def test_an_alert_that_began_during_the_listing_is_not_gone() -> None:
    assert reasons([], known_alert(firing=True, changed_at=NOW - 30_000)) == []


def test_a_known_alert_keeps_its_scope_and_service() -> None:
    resolved = listed(AlertStatus.RESOLVED, at=95 * MINUTE, environment="", service="chk")

    (one,) = find_missed(Listing("cloudwatch", NOW, (resolved,), True), known_alert(firing=True))

    assert (one.alert.scope, one.alert.service) == (SCOPE, "checkout")


def test_of_two_scopes_with_one_alert_the_firing_state_counts() -> None:
    def state(environment: str, firing: bool, at: int) -> ScopeState:
        incident = IncidentState(IncidentId("i"), at, at, alerts={"f1": AlertState(firing, at, at)})
        return ScopeState(Scope("1", environment, "r"), incidents=[incident])

    known = known_alerts([state("a", True, 1), state("b", False, 2)])

    assert known["f1"].scope.environment == "a"
