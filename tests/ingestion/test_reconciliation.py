"""What of a source's listing the push has missed."""

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


def listed(status: AlertStatus = AlertStatus.FIRING, at: int = 90 * MINUTE, **told: Any) -> Alert:
    known: dict[str, Any] = {
        "source": "cloudwatch",
        "fingerprint": "f1",
        "status": status,
        "occurred_at": at,
        "received_at": NOW,
        "title": "checkout 5xx",
        "started_at": at if status is AlertStatus.FIRING else None,
    }
    return Alert(**known | told)


def held(firing: bool, changed_at: int = 90 * MINUTE, source: str = "cloudwatch") -> dict[str, Known]:
    return {"f1": Known(SCOPE, AlertState(firing, changed_at, changed_at, "checkout", "", source))}


def reasons(alerts: list[Alert], known: dict[str, Known], complete: bool = True) -> list[MissedReason]:
    listing = Listing("cloudwatch", NOW, tuple(alerts), complete, PLACES)
    return [one.reason for one in find_missed(listing, known)]


@pytest.mark.parametrize("status", [AlertStatus.RESOLVED, AlertStatus.NO_DATA])
def test_what_does_not_fire_and_was_never_told_of_is_nothing_new(status: AlertStatus) -> None:
    assert reasons([listed(status)], {}) == []


def test_what_fires_and_was_never_told_of_was_missed() -> None:
    assert reasons([listed()], {}) == [MissedReason.NEVER_TOLD]


def test_what_the_push_told_is_not_told_again() -> None:
    assert reasons([listed()], held(firing=True)) == []


@pytest.mark.parametrize("shift", [-5 * MINUTE, 0, MINUTE])
def test_a_start_within_the_skew_is_the_same_start(shift: int) -> None:
    assert reasons([listed(at=90 * MINUTE + shift)], held(firing=True)) == []


def test_a_start_after_the_known_one_is_a_firing_whose_clearing_was_missed() -> None:
    assert reasons([listed(at=91 * MINUTE + 1)], held(firing=True)) == [MissedReason.FIRED_ANEW]


def test_what_cleared_unseen_is_closed() -> None:
    cleared = listed(AlertStatus.RESOLVED, at=95 * MINUTE)

    assert reasons([cleared], held(firing=True)) == [MissedReason.CLEARED]


def test_a_listing_older_than_the_push_closes_nothing() -> None:
    stale = listed(AlertStatus.RESOLVED, at=80 * MINUTE)

    assert reasons([stale], held(firing=True)) == []


def test_what_fires_after_its_clearing_fires_again() -> None:
    assert reasons([listed(at=95 * MINUTE)], held(firing=False)) == [MissedReason.FIRES_AGAIN]
    assert reasons([listed(at=85 * MINUTE)], held(firing=False)) == []


def test_what_has_no_data_changes_nothing() -> None:
    assert reasons([listed(AlertStatus.NO_DATA)], held(firing=True)) == []


def test_what_a_complete_listing_lacks_is_gone_which_is_not_resolved() -> None:
    (one,) = find_missed(Listing("cloudwatch", NOW, (), True, PLACES), held(firing=True))

    assert one.reason is MissedReason.GONE
    assert (one.alert.status, one.alert.occurred_at) == (AlertStatus.GONE, NOW)
    assert (one.alert.scope, one.alert.service) == (SCOPE, "checkout")


def test_half_a_listing_does_not_tell_what_is_gone() -> None:
    assert reasons([], held(firing=True), complete=False) == []


def test_a_listing_tells_nothing_of_other_sources_or_places() -> None:
    elsewhere = Listing("cloudwatch", NOW, (), True, frozenset({("111122223333", "us-east-1")}))

    assert reasons([], held(firing=True, source="datadog")) == []
    assert find_missed(elsewhere, held(firing=True)) == []


def test_what_began_while_the_listing_ran_is_not_gone() -> None:
    assert reasons([], held(firing=True, changed_at=NOW - 30_000)) == []


def test_a_known_alert_keeps_its_scope_and_service() -> None:
    cleared = listed(AlertStatus.RESOLVED, at=95 * MINUTE, environment="", service="chk")

    (one,) = find_missed(Listing("cloudwatch", NOW, (cleared,), True), held(firing=True))

    assert (one.alert.scope, one.alert.service) == (SCOPE, "checkout")


def test_the_word_that_still_fires_counts_where_two_scopes_know_an_alert() -> None:
    def state(environment: str, firing: bool, at: int) -> ScopeState:
        incident = IncidentState(IncidentId("i"), at, at, alerts={"f1": AlertState(firing, at, at)})
        return ScopeState(Scope("1", environment, "r"), incidents=[incident])

    known = known_alerts([state("a", True, 1), state("b", False, 2)])

    assert known["f1"].scope.environment == "a"
