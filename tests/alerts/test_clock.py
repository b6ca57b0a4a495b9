"""The times of an alert are bounded by the time of its receipt."""

import pytest

from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.alerts.clock import MAX_CLOCK_LEAD, bound_times
from cloudops.core.time import DAY, EpochMillis

NOW = 1_767_225_600_000


def an_alert(occurred_at: EpochMillis, started_at: EpochMillis | None = None, episode: str = "") -> Alert:
    return Alert(
        source="plain",
        fingerprint="f1",
        status=AlertStatus.FIRING,
        occurred_at=occurred_at,
        received_at=NOW,
        started_at=started_at,
        episode=episode,
        title="cart is slow",
    )


@pytest.mark.parametrize("lead", [-30 * DAY, -1, 0, MAX_CLOCK_LEAD])
def test_a_time_within_the_lead_or_in_the_past_stays_as_the_source_reported_it(lead: int) -> None:
    alert = an_alert(NOW + lead, NOW + lead)
    assert bound_times(alert) is alert


@pytest.mark.parametrize("lead", [MAX_CLOCK_LEAD + 1, 2 * DAY, 73 * 365 * DAY])
def test_a_time_further_ahead_is_that_of_the_receipt_and_the_reported_one_is_kept(lead: int) -> None:
    bound = bound_times(an_alert(NOW + lead))
    assert (bound.occurred_at, bound.started_at, bound.reported_at) == (NOW, None, NOW + lead)


def test_a_start_that_lies_ahead_still_identifies_the_firing() -> None:
    first, again = bound_times(an_alert(NOW + DAY, NOW + DAY)), bound_times(an_alert(NOW, NOW + DAY))
    assert (first.started_at, again.started_at) == (NOW, NOW)
    assert first.episode == again.episode != bound_times(an_alert(NOW, NOW + 2 * DAY)).episode


def test_an_episode_that_the_source_names_is_kept() -> None:
    assert bound_times(an_alert(NOW + DAY, NOW + DAY, "cycle-7")).episode == "cycle-7"
