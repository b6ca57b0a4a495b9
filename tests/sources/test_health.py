"""Health of a source over time: a success counts until polls are missing."""

import pytest

from cloudops.core.errors import Unavailable
from cloudops.sources.health import (
    MISSED_POLLS,
    POLL_INTERVALS,
    SourceHealth,
    SourceKind,
    SourceState,
    after_failure,
    after_success,
    health_at,
)
from tests.fakes.incident_factory import NOON

NEVER = SourceHealth(name="cloudwatch")
POLLED = after_success(NEVER, NOON, {"alerts": 3})


@pytest.mark.parametrize("kind", SourceKind)
@pytest.mark.parametrize(("after", "state"), [(-1, "healthy"), (0, "healthy"), (1, "stale")])
def test_a_success_counts_until_three_polls_are_missing(kind: SourceKind, after: int, state: str) -> None:
    until = NOON + MISSED_POLLS * POLL_INTERVALS[kind]
    seen = health_at(POLLED, kind, until + after)
    assert seen.state is SourceState(state)
    assert seen.counts == POLLED.counts


def test_another_poll_makes_a_stale_source_healthy() -> None:
    later = NOON + 100 * POLL_INTERVALS[SourceKind.ALERTS]
    again = after_success(health_at(POLLED, SourceKind.ALERTS, later), later, {})
    assert health_at(again, SourceKind.ALERTS, later).state is SourceState.HEALTHY


def test_a_source_that_fails_or_was_never_polled_does_not_become_stale() -> None:
    later = NOON + 100 * POLL_INTERVALS[SourceKind.ALERTS]
    failing = after_failure(POLLED, NOON, Unavailable("no answer"))
    assert health_at(failing, SourceKind.ALERTS, later) == failing
    assert health_at(NEVER, SourceKind.ALERTS, later) == NEVER
