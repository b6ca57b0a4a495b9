"""Actions on an Auto Scaling group: compared with the plan, followed by their progress, limited by size."""

from typing import Any

import pytest
from botocore.model import StringShape
from botocore.session import get_session

from cloudops.adapters.executors import asg_restart
from cloudops.adapters.executors.asg_restart import AsgRestart
from cloudops.adapters.executors.asg_scale import AsgScale
from cloudops.catalog.declaration import Limits, Platform, Target
from cloudops.core.taxonomy import Action
from cloudops.core.time import MINUTE
from cloudops.remediation.executor import Executor, Progress
from cloudops.remediation.plan import PlanRejected
from tests.fakes.auto_scaling import AutoScalingGroup
from tests.fakes.incident_factory import NOON
from tests.fakes.performed_action import PerformedAction
from tests.fakes.plan_factory import NO_HISTORY

WEB = Target(platform=Platform.ASG, name="web", region="eu-central-1")


def perform(group: AutoScalingGroup, action: Action) -> PerformedAction:
    client: Any = group
    executors: dict[Action, Executor] = {
        Action.RESTART_PODS: AsgRestart(lambda _: client),
        Action.SCALE_SERVICE: AsgScale(lambda _: client),
    }
    return PerformedAction(executors[action], WEB, action)


@pytest.fixture
def group() -> AutoScalingGroup:
    return AutoScalingGroup()


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        ("Pending", Progress.MOVING),
        ("InProgress", Progress.MOVING),
        ("Baking", Progress.MOVING),
        ("Cancelling", Progress.MOVING),
        ("RollbackInProgress", Progress.MOVING),
        ("Successful", Progress.SETTLED),
        ("Failed", Progress.FAILED),
        ("RollbackFailed", Progress.FAILED),
        ("Cancelled", Progress.SUPERSEDED),
        ("RollbackSuccessful", Progress.SUPERSEDED),
    ],
)
def test_a_restart_has_the_progress_of_its_refresh(
    group: AutoScalingGroup, status: str, progress: Progress
) -> None:
    performed = perform(group, Action.RESTART_PODS)
    group.refreshes[0].update(Status=status, StatusReason="by a person")
    rollout = performed.status()
    assert rollout.progress is progress
    assert rollout.reason == f"the instance refresh is {status}, 0%: by a person"


def test_every_status_of_a_refresh_is_one_that_aws_has() -> None:
    shape = get_session().get_service_model("autoscaling").shape_for("InstanceRefreshStatus")
    assert isinstance(shape, StringShape)
    assert set(asg_restart._FINAL) <= set(shape.enum)


def test_a_cancelled_refresh_does_not_count_as_in_progress(group: AutoScalingGroup) -> None:
    group.start("Cancelled")
    assert perform(group, Action.RESTART_PODS).snapshot.facts["refreshing"] is False


def test_a_refresh_in_progress_prevents_a_restart(group: AutoScalingGroup) -> None:
    group.start()
    client: Any = group
    restart = AsgRestart(lambda _: client)
    rejected = restart.plan(WEB, restart.observe(WEB, NOON), Limits(), NO_HISTORY)
    assert rejected == PlanRejected(reason="instance refresh r-1 is already in progress")


def test_a_refresh_that_is_not_listed_yet_is_moving(group: AutoScalingGroup) -> None:
    group.start("Successful")
    group.lags = False
    performed = perform(group, Action.RESTART_PODS)
    group.lags = True
    status = performed.status()
    assert (status.progress, status.reason) == (
        Progress.MOVING,
        "the instance refresh is not listed yet, 0%",
    )


def test_another_refresh_after_that_of_the_action_supersedes_it(group: AutoScalingGroup) -> None:
    performed = perform(group, Action.RESTART_PODS)
    group.refreshes[0]["Status"] = "Successful"
    group.start()
    status = performed.status()
    assert status.progress is Progress.SUPERSEDED
    assert status.reason == "instance refresh r-2 was started after that of the action"


@pytest.mark.parametrize("action", [Action.RESTART_PODS, Action.SCALE_SERVICE])
def test_another_launch_template_supersedes_an_action(group: AutoScalingGroup, action: Action) -> None:
    performed = perform(group, action)
    group.template = "2"
    status = performed.status()
    assert (status.progress, status.reason) == (Progress.SUPERSEDED, "the launch template is web:2 now")


def test_the_progress_mark_of_a_restart_is_its_percentage(group: AutoScalingGroup) -> None:
    performed = perform(group, Action.RESTART_PODS)
    marks = set()
    for percent in (0, 25, 25, 50):
        group.refreshes[0]["PercentageComplete"] = percent
        marks.add(performed.status().progress_mark)
    assert len(marks) == 3


def test_a_scaling_settles_when_its_instances_are_in_service(group: AutoScalingGroup) -> None:
    performed = perform(group, Action.SCALE_SERVICE)
    first = performed.status()
    group.in_service = 5
    second = performed.status()
    group.in_service = 6
    assert [first.progress, second.progress] == [Progress.MOVING, Progress.MOVING]
    assert performed.status().progress is Progress.SETTLED
    assert len({first.progress_mark, second.progress_mark, performed.status().progress_mark}) == 3


def test_a_capacity_that_a_scaling_policy_lowers_supersedes_a_scaling(group: AutoScalingGroup) -> None:
    performed = perform(group, Action.SCALE_SERVICE)
    group.desired = 4
    assert performed.status(MINUTE - 1).progress is Progress.MOVING
    status = performed.status(MINUTE)
    assert status.progress is Progress.SUPERSEDED
    assert status.reason == "the desired capacity is 4, not 6 as after the action"
    group.desired = 5
    assert performed.status(1).progress is Progress.SUPERSEDED


@pytest.mark.parametrize(("instances", "batches"), [(1, 1), (2, 2), (10, 10), (20, 10), (50, 10), (55, 11)])
def test_a_refresh_may_take_as_long_as_its_batches(instances: int, batches: int) -> None:
    limits = perform(AutoScalingGroup(instances), Action.RESTART_PODS).limits()
    assert limits.stall_seconds == 900
    assert limits.max_seconds == min(900 + batches * 900, 6 * 3600)


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [
        ({"HealthCheckGracePeriod": 120}, 720),
        ({"HealthCheckGracePeriod": 120, "DefaultInstanceWarmup": 0}, 600),
        ({"HealthCheckGracePeriod": 120, "DefaultInstanceWarmup": 400}, 1000),
        ({"HealthCheckGracePeriod": 0, "TargetGroupARNs": ["arn"]}, 900),
        ({"HealthCheckGracePeriod": 0, "LoadBalancerNames": ["web"]}, 900),
    ],
)
def test_an_instance_takes_its_launch_its_warm_up_and_the_deregistration_of_the_one_before(
    group: AutoScalingGroup, settings: dict[str, Any], seconds: int
) -> None:
    group.settings = settings
    assert perform(group, Action.RESTART_PODS).limits().stall_seconds == seconds
    scaling = perform(AutoScalingGroup(), Action.SCALE_SERVICE).limits()
    assert (scaling.stall_seconds, scaling.max_seconds) == (900, 1800)
