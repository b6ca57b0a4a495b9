"""Plans of the Auto Scaling executors, by the state of the group; planning calls no API."""

from typing import NoReturn

import pytest
from msgspec.structs import replace

from cloudops.adapters.executors.asg_restart import AsgRestart
from cloudops.adapters.executors.asg_scale import AsgScale
from cloudops.catalog.declaration import Limits, Platform, Target
from cloudops.core.errors import NotFound
from cloudops.remediation.plan import Facts, PlannedChange, PlanRejected, TargetState
from local.emulator import Emulator
from tests.fakes.incident_factory import NOON
from tests.fakes.plan_factory import NO_HISTORY

GROUP = Target(platform=Platform.ASG, name="web", region="us-east-1")


def group(count: int, **facts: object) -> TargetState:
    defaults: Facts = {"maximum": 5, "launches": True, "refresh": "", "refreshing": False, "suspended": ""}
    all_facts: Facts = {**defaults, "template": "web:1", **facts}  # type: ignore[dict-item]
    return TargetState(at=NOON, mark="m", desired=count, healthy=count, facts=all_facts)


def plan_scaling(observed: TargetState, limits: Limits | None = None) -> PlannedChange | PlanRejected:
    return AsgScale(_no_client).plan(GROUP, observed, limits or Limits(), NO_HISTORY)


def plan_restart(observed: TargetState) -> PlannedChange | PlanRejected:
    return AsgRestart(_no_client).plan(GROUP, observed, Limits(), NO_HISTORY)


def _no_client(_: Target) -> NoReturn:
    raise AssertionError("planning calls no API")


def test_scaling_adds_half_and_at_least_one() -> None:
    counts = [
        draft.count_after for n in (1, 2, 3) if isinstance(draft := plan_scaling(group(n)), PlannedChange)
    ]
    assert counts == [2, 3, 5]


def test_scaling_stops_at_the_groups_maximum_size() -> None:
    draft = plan_scaling(group(4))
    assert isinstance(draft, PlannedChange)
    assert draft.count_after == 5
    assert plan_scaling(group(5)) == PlanRejected(reason="5 is the group's maximum size")


def test_scaling_stops_at_the_maximum_of_the_catalog() -> None:
    assert plan_scaling(group(3), Limits(max_count=3)) == PlanRejected(
        reason="3 is the maximum that the catalog allows"
    )


def test_a_group_with_suspended_launch_is_not_scaled() -> None:
    assert plan_scaling(group(2, launches=False)) == PlanRejected(
        reason="the launch of instances is suspended in the group"
    )


def test_an_empty_group_has_nothing_to_replace() -> None:
    assert plan_restart(group(0)) == PlanRejected(
        reason="the desired capacity is 0, so there is no instance to replace"
    )


def test_a_restart_is_rejected_while_a_refresh_is_in_progress() -> None:
    rejected = plan_restart(group(2, refresh="r-1", refreshing=True))
    assert rejected == PlanRejected(reason="instance refresh r-1 is already in progress")


def test_a_restart_is_rejected_if_terminate_is_suspended() -> None:
    assert plan_restart(group(2, suspended="Terminate")) == PlanRejected(
        reason="Terminate is suspended in the group"
    )


def test_a_restart_launches_before_it_terminates() -> None:
    draft = plan_restart(replace(group(1), healthy=1))
    assert isinstance(draft, PlannedChange)
    assert draft.calls[0].parameters["MinHealthyPercentage"] == 100
    assert (draft.disturbs, draft.reversible) == (0, False)


@pytest.mark.emulator
def test_a_missing_group_is_not_found(emulator: Emulator) -> None:
    client = emulator.client("autoscaling")
    with pytest.raises(NotFound, match="no such Auto Scaling group"):
        AsgScale(lambda _: client).observe(replace(GROUP, name="missing"), NOON)
