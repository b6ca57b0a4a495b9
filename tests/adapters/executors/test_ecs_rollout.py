"""Rollouts on ECS: compared with the plan, followed by their progress, and limited by their size."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from cloudops.adapters.executors.ecs_restart import EcsRestart
from cloudops.adapters.executors.ecs_rollback import EcsRollback
from cloudops.adapters.executors.ecs_scale import EcsScale
from cloudops.catalog.declaration import Limits, Platform, Target
from cloudops.core.taxonomy import Action
from cloudops.core.time import MINUTE, SECOND
from cloudops.remediation.executor import Executor, Progress, RolloutLimits
from cloudops.remediation.plan import PlanRejected
from tests.adapters.aws_wire import aws_client
from tests.contracts.executors.benches import no_client
from tests.fakes.ecs import EcsService, version
from tests.fakes.http_server import vendor
from tests.fakes.performed_action import PerformedAction
from tests.fakes.plan_factory import NO_HISTORY
from tests.fakes.scaling_targets import ScalingTargets

WEB = Target(platform=Platform.ECS, name="web", region="eu-central-1", cluster="shop")
RESOURCE = "service/shop/web"


class Shop:
    """A service, its auto scaling, and the executors on both."""

    def __init__(self, open_: ExitStack) -> None:
        self.ecs, self.scaling = EcsService(), ScalingTargets()
        ecs = aws_client("ecs", open_.enter_context(vendor(self.ecs.respond)))
        scaling = aws_client("application-autoscaling", open_.enter_context(vendor(self.scaling.respond)))
        self.executors: dict[Action, Executor] = {
            Action.ROLLBACK: EcsRollback(lambda _: ecs, no_client),
            Action.RESTART_PODS: EcsRestart(lambda _: ecs),
            Action.SCALE_SERVICE: EcsScale(lambda _: ecs, lambda _: scaling),
        }

    def now(self) -> int:
        return self.ecs.now * SECOND


def perform(shop: Shop, action: Action) -> PerformedAction:
    return PerformedAction(shop.executors[action], WEB, action, shop.now())


@pytest.fixture
def shop() -> Iterator[Shop]:
    with ExitStack() as open_:
        yield Shop(open_)


ACTIONS = [Action.ROLLBACK, Action.RESTART_PODS, Action.SCALE_SERVICE]


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_that_is_in_place_settles(shop: Shop, action: Action) -> None:
    performed = perform(shop, action)
    assert performed.status().progress is Progress.MOVING
    shop.ecs.complete()
    assert performed.status().progress is Progress.SETTLED


@pytest.mark.parametrize("action", ACTIONS)
def test_a_deployment_after_the_action_supersedes_it(shop: Shop, action: Action) -> None:
    performed = perform(shop, action)
    shop.ecs.update(version(4))
    shop.ecs.complete()
    status = performed.status()
    assert status.progress is Progress.SUPERSEDED
    assert status.reason.startswith("web:4 runs, not web:")


@pytest.mark.parametrize("completed", [False, True])
def test_a_rollback_that_the_circuit_breaker_reverted_is_superseded(shop: Shop, completed: bool) -> None:
    performed = perform(shop, Action.ROLLBACK)
    shop.ecs.trip_breaker()
    if completed:
        shop.ecs.complete()
    status = performed.status()
    assert status.progress is Progress.SUPERSEDED
    assert status.reason.startswith("web:3 runs, not web:2: ECS deployment")


@pytest.mark.parametrize("completed", [False, True])
def test_a_restart_that_the_circuit_breaker_gave_up_has_failed(shop: Shop, completed: bool) -> None:
    performed = perform(shop, Action.RESTART_PODS)
    shop.ecs.trip_breaker()
    if completed:
        shop.ecs.complete()
    status = performed.status()
    assert status.progress is Progress.FAILED
    assert status.reason == ("(service web) (deployment ecs-svc/2) deployment failed: tasks failed to start.")


def test_a_deployment_that_failed_before_the_action_does_not_fail_a_restart(shop: Shop) -> None:
    shop.ecs.update(version(4))
    shop.ecs.trip_breaker()
    shop.ecs.complete()
    performed = perform(shop, Action.RESTART_PODS)
    shop.ecs.complete()
    assert performed.status().progress is Progress.SETTLED


def test_a_failed_deployment_without_rollback_fails(shop: Shop) -> None:
    performed = perform(shop, Action.ROLLBACK)
    shop.ecs.deployments[0].update(rolloutState="FAILED", rolloutStateReason="tasks failed to start.")
    status = performed.status()
    assert (status.progress, status.reason) == (
        Progress.FAILED,
        "the deployment failed: tasks failed to start.",
    )


def test_tasks_of_another_deployment_keep_a_rollout_moving(shop: Shop) -> None:
    performed = perform(shop, Action.ROLLBACK)
    shop.ecs.replace_tasks(3)
    shop.ecs.deployments[0]["rolloutState"] = "COMPLETED"
    status = performed.status()
    assert (status.progress, status.reason) == (
        Progress.MOVING,
        "4 of 4 tasks are running, 1 of them of another deployment",
    )


@pytest.mark.parametrize("action", [Action.ROLLBACK, Action.RESTART_PODS])
def test_a_deployment_that_ecs_does_not_show_yet_is_moving(shop: Shop, action: Action) -> None:
    shop.ecs.lag()
    performed = perform(shop, action)
    status = performed.status()
    assert (status.progress, status.reason) == (Progress.MOVING, "ECS does not show the change yet")


def test_a_count_that_ecs_does_not_show_for_a_minute_was_set_back(shop: Shop) -> None:
    shop.ecs.lag()
    performed = perform(shop, Action.SCALE_SERVICE)
    assert performed.status(MINUTE - 1).progress is Progress.MOVING
    status = performed.status(MINUTE)
    assert status.progress is Progress.SUPERSEDED
    assert status.reason == "4 tasks are requested, not 6"


def test_another_count_supersedes_a_scaling_at_once(shop: Shop) -> None:
    performed = perform(shop, Action.SCALE_SERVICE)
    shop.ecs.update(desired=9)
    assert performed.status(1).progress is Progress.SUPERSEDED


def test_more_tasks_by_auto_scaling_leave_a_raised_minimum_in_place(shop: Shop) -> None:
    shop.scaling.bounds[RESOURCE] = (1, 20)
    performed = perform(shop, Action.SCALE_SERVICE)
    shop.ecs.update(desired=9)
    shop.ecs.complete()
    assert performed.status().progress is Progress.SETTLED


def test_fewer_tasks_than_the_raised_minimum_are_still_moving(shop: Shop) -> None:
    shop.scaling.bounds[RESOURCE] = (1, 20)
    performed = perform(shop, Action.SCALE_SERVICE)
    shop.ecs.update(desired=5)
    shop.ecs.complete()
    status = performed.status()
    assert (status.progress, status.reason) == (Progress.MOVING, "auto scaling still requests 5 tasks")


def test_another_minimum_of_auto_scaling_supersedes_a_scaling(shop: Shop) -> None:
    shop.scaling.bounds[RESOURCE] = (1, 20)
    performed = perform(shop, Action.SCALE_SERVICE)
    shop.scaling.bounds[RESOURCE] = (1, 20)
    status = performed.status()
    assert status.progress is Progress.SUPERSEDED
    assert status.reason == "the minimum of auto scaling is 1, not 6"
    shop.scaling.bounds.clear()
    status = performed.status()
    assert status.progress is Progress.SUPERSEDED
    assert status.reason == "its auto scaling was removed after the action"


def test_the_progress_mark_changes_with_every_replaced_task(shop: Shop) -> None:
    performed = perform(shop, Action.ROLLBACK)
    marks = []
    for count in range(5):
        shop.ecs.replace_tasks(count)
        marks.append(performed.status().progress_mark)
        assert performed.status().progress_mark == marks[-1]
    assert len(set(marks)) == 5


def test_tasks_that_start_and_fail_again_are_no_progress(shop: Shop) -> None:
    performed = perform(shop, Action.ROLLBACK)
    marks = set()
    for running, failed in ((0, 1), (1, 1), (0, 2), (2, 2)):
        shop.ecs.deployments[0].update(runningCount=running, failedTasks=failed)
        marks.add(performed.status().progress_mark)
    assert len(marks) == 1


def versions_before(shop: Shop) -> list[str]:
    executor = shop.executors[Action.ROLLBACK]
    return [one.id for one in executor.observe(WEB, shop.now()).earlier]


def test_while_a_deployment_is_in_progress_the_previous_version_is_that_of_the_older_one(shop: Shop) -> None:
    shop.ecs.latest = 9
    shop.ecs.update(version(9))
    assert versions_before(shop)[:2] == [version(3), version(8)]


def test_a_newer_version_whose_deployment_still_runs_is_not_the_previous_one(shop: Shop) -> None:
    performed = perform(shop, Action.ROLLBACK)
    assert performed.plan.draft.version_after == version(2)
    assert [one["status"] for one in shop.ecs.deployments] == ["PRIMARY", "ACTIVE"]
    assert versions_before(shop) == [version(1)]
    second = perform(shop, Action.ROLLBACK)
    assert second.plan.draft.version_after == version(1)


def test_an_older_deployment_of_another_family_is_the_previous_version(shop: Shop) -> None:
    shop.ecs.update(version(5, "shop"))
    assert versions_before(shop)[0] == version(3)


def sized(
    shop: Shop, count: int, settings: dict[str, Any] | None = None, action: Action = Action.ROLLBACK
) -> RolloutLimits:
    """Returns the limits of an action on a service of this size and deployment configuration."""
    shop.ecs.service["deploymentConfiguration"] = settings or {}
    shop.ecs.update(desired=count)
    shop.ecs.complete()
    return perform(shop, action).limits()


def test_a_slow_but_progressing_rollback_of_twenty_tasks_has_more_than_forty_minutes(shop: Shop) -> None:
    shop.ecs.service["loadBalancers"] = [{"targetGroupArn": "arn"}]
    limits = sized(shop, 20, {"maximumPercent": 110, "minimumHealthyPercent": 100})
    assert limits.stall_seconds == 600 + 120 + 300
    assert limits.max_seconds == 1020 + 10 * 1020


@pytest.mark.parametrize(
    ("settings", "batches"),
    [
        ({}, 1),  # 200 % and 100 %: twenty more at once
        ({"maximumPercent": 150, "minimumHealthyPercent": 100}, 2),
        ({"maximumPercent": 100, "minimumHealthyPercent": 75}, 4),
        ({"maximumPercent": 100, "minimumHealthyPercent": 100}, 20),
    ],
)
def test_a_deployment_replaces_tasks_in_batches_of_its_percentages(
    shop: Shop, settings: dict[str, int], batches: int
) -> None:
    limits = sized(shop, 20, settings)
    assert limits.max_seconds - limits.stall_seconds == batches * 720


@pytest.mark.parametrize(
    ("settings", "stall", "bakes"),
    [
        ({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 30}, 720 + 1800, 1800),
        (
            {
                "strategy": "CANARY",
                "bakeTimeInMinutes": 5,
                "canaryConfiguration": {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 20},
            },
            720 + 1200,
            1500,
        ),
        (
            {
                "strategy": "LINEAR",
                "bakeTimeInMinutes": 5,
                "linearConfiguration": {"stepPercent": 25.0, "stepBakeTimeInMinutes": 15},
            },
            720 + 900,
            3900,
        ),
        ({"strategy": "ROLLING", "bakeTimeInMinutes": 1}, 720 + 60, 60),
    ],
)
def test_bake_times_lengthen_a_deployment_and_count_as_no_stall(
    shop: Shop, settings: dict[str, Any], stall: int, bakes: int
) -> None:
    limits = sized(shop, 4, settings)
    assert limits.stall_seconds == stall
    assert limits.max_seconds == stall + 720 + bakes


def test_the_health_check_grace_period_lengthens_every_task(shop: Shop) -> None:
    shop.ecs.service["healthCheckGracePeriodSeconds"] = 240
    assert sized(shop, 4).stall_seconds == 720 + 240


def test_a_scaling_starts_its_tasks_at_once_and_stops_none(shop: Shop) -> None:
    limits = sized(shop, 20, {"maximumPercent": 100}, Action.SCALE_SERVICE)
    assert (limits.stall_seconds, limits.max_seconds) == (600, 1200)


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (
            Action.RESTART_PODS,
            "an external controller deploys the service, so ECS cannot force a new deployment",
        ),
        (
            Action.ROLLBACK,
            "an external controller deploys the service, so ECS accepts no other task definition: "
            "deploy the earlier version with that controller",
        ),
    ],
)
def test_what_an_external_controller_deploys_is_not_deployed(shop: Shop, action: Action, reason: str) -> None:
    shop.ecs.service["deploymentController"] = {"type": "EXTERNAL"}
    del shop.ecs.service["taskDefinition"]
    executor = shop.executors[action]
    rejected = executor.plan(WEB, executor.observe(WEB, shop.now()), Limits(), NO_HISTORY)
    assert rejected == PlanRejected(reason=reason)


def test_what_starts_no_more_tasks_is_not_scaled(shop: Shop) -> None:
    scale = shop.executors[Action.SCALE_SERVICE]

    def rejected() -> object:
        return scale.plan(WEB, scale.observe(WEB, shop.now()), Limits(), NO_HISTORY)

    shop.ecs.deployments[0]["rolloutState"] = "FAILED"
    assert rejected() == PlanRejected(
        reason="its deployment has failed, and ECS starts no tasks of a failed deployment: roll back first"
    )
    shop.ecs.service["schedulingStrategy"] = "DAEMON"
    assert rejected() == PlanRejected(reason="the service is a daemon: it runs one task on each instance")
