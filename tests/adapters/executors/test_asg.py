"""What the Auto Scaling executors make of a group as it stands; a plan asks nobody."""

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

GROUP = Target(platform=Platform.ASG, name="web", region="us-east-1")


def group(count: int, **facts: object) -> TargetState:
    usual: Facts = {"maximum": 5, "launches": True, "refresh": "", "refreshing": False, "suspended": ""}
    told: Facts = {**usual, "template": "web:1", **facts}  # type: ignore[dict-item]
    return TargetState(at=NOON, mark="m", desired=count, healthy=count, facts=told)


def scaled(observed: TargetState, limits: Limits | None = None) -> PlannedChange | PlanRejected:
    return AsgScale(_nobody).plan(GROUP, observed, limits or Limits())


def restarted(observed: TargetState) -> PlannedChange | PlanRejected:
    return AsgRestart(_nobody).plan(GROUP, observed, Limits())


def _nobody(_: Target) -> NoReturn:
    raise AssertionError("a plan asks nobody")


def test_it_grows_by_half_and_at_least_by_one() -> None:
    counts = [draft.count_after for n in (1, 2, 3) if isinstance(draft := scaled(group(n)), PlannedChange)]
    assert counts == [2, 3, 5]


def test_the_groups_own_maximum_bounds_it() -> None:
    draft = scaled(group(4))
    assert isinstance(draft, PlannedChange)
    assert draft.count_after == 5
    assert scaled(group(5)) == PlanRejected(reason="5 is the group's maximum size")


def test_the_catalog_bounds_it_first() -> None:
    assert scaled(group(3), Limits(max_count=3)) == PlanRejected(
        reason="3 is as far as the catalog lets it go"
    )


def test_a_group_that_may_not_launch_is_not_scaled() -> None:
    assert scaled(group(2, launches=False)) == PlanRejected(
        reason="somebody suspended the launch of instances"
    )


def test_an_empty_group_has_nothing_to_replace() -> None:
    assert restarted(group(0)) == PlanRejected(reason="no instance is wanted, so there is none to replace")


def test_one_refresh_at_a_time() -> None:
    refused = restarted(group(2, refresh="r-1", refreshing=True))
    assert refused == PlanRejected(reason="instance refresh r-1 is under way already")


def test_a_refresh_that_could_not_terminate_is_not_begun() -> None:
    assert restarted(group(2, suspended="Terminate")) == PlanRejected(reason="somebody suspended Terminate")


def test_a_restart_launches_before_it_terminates() -> None:
    draft = restarted(replace(group(1), healthy=1))
    assert isinstance(draft, PlannedChange)
    assert draft.calls[0].parameters["MinHealthyPercentage"] == 100
    assert (draft.disturbs, draft.reversible) == (0, False)


@pytest.mark.emulator
def test_a_group_that_is_not_there_is_not_found(emulator: Emulator) -> None:
    client = emulator.client("autoscaling")
    with pytest.raises(NotFound, match="no such Auto Scaling group"):
        AsgScale(lambda _: client).observe(replace(GROUP, name="nobody"), NOON)
