"""Limits of a rollout: by size, bounded, and never contradictory."""

import pytest

from cloudops.remediation.executor import (
    LONGEST_ROLLOUT_SECONDS,
    RolloutLimits,
    default_rollout_limits,
)
from cloudops.remediation.plan import TargetState
from tests.fakes.incident_factory import NOON
from tests.fakes.plan_factory import ready


def limits(desired: int | None) -> RolloutLimits:
    state = TargetState(at=NOON, mark="m1", desired=desired, healthy=desired)
    return default_rollout_limits(ready().plan, state)


def test_each_member_of_a_target_adds_six_minutes() -> None:
    assert limits(20).max_seconds - limits(10).max_seconds == 10 * 6 * 60


def test_no_rollout_is_waited_for_longer_than_six_hours() -> None:
    assert limits(55).max_seconds == LONGEST_ROLLOUT_SECONDS
    assert limits(54).max_seconds == LONGEST_ROLLOUT_SECONDS - 6 * 60
    assert limits(10_000).max_seconds == LONGEST_ROLLOUT_SECONDS


def test_a_target_without_members_has_the_time_of_the_platform_alone() -> None:
    assert limits(None).stall_seconds <= limits(None).max_seconds == limits(0).max_seconds


@pytest.mark.parametrize(("stall", "longest"), [(0, 10), (-1, 10), (11, 10)])
def test_a_stall_is_positive_and_not_longer_than_the_whole(stall: int, longest: int) -> None:
    with pytest.raises(ValueError, match="stall_seconds"):
        RolloutLimits(stall_seconds=stall, max_seconds=longest)


def test_a_stall_may_last_as_long_as_the_whole() -> None:
    assert RolloutLimits(stall_seconds=10, max_seconds=10).max_seconds == 10
