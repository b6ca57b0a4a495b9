"""Rollouts on Kubernetes: compared with the plan, followed by their progress, and limited by their size."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from cloudops.adapters.executors.eks_restart import EksRestart
from cloudops.adapters.executors.eks_rollback import EksRollback
from cloudops.adapters.executors.eks_scale import EksScale
from cloudops.catalog.declaration import Limits
from cloudops.core.taxonomy import Action
from cloudops.remediation.executor import Executor, Progress, RolloutLimits
from cloudops.remediation.plan import PlanRejected
from tests.contracts.executors.eks_benches import DEPLOYMENT, STATEFUL_SET, Place
from tests.fakes.incident_factory import NOON
from tests.fakes.kubernetes import AUTOSCALING
from tests.fakes.performed_action import PerformedAction
from tests.fakes.plan_factory import NO_HISTORY

EXECUTORS: dict[Action, Any] = {
    Action.RESTART_PODS: EksRestart,
    Action.ROLLBACK: EksRollback,
    Action.SCALE_SERVICE: EksScale,
}
"""The executor classes (Any: each takes the cluster's API)."""


def perform(place: Place, action: Action) -> PerformedAction:
    executor: Executor = EXECUTORS[action](lambda _: place.api)
    return PerformedAction(executor, place.target, action)


@pytest.fixture(params=[DEPLOYMENT, STATEFUL_SET])
def web(request: pytest.FixtureRequest) -> Iterator[Place]:
    with ExitStack() as open_:
        yield Place(open_, request.param)


@pytest.fixture
def deployment() -> Iterator[Place]:
    with ExitStack() as open_:
        yield Place(open_, DEPLOYMENT)


@pytest.fixture
def stateful_set() -> Iterator[Place]:
    with ExitStack() as open_:
        yield Place(open_, STATEFUL_SET)


@pytest.mark.parametrize("action", EXECUTORS)
def test_an_action_that_is_in_place_settles(web: Place, action: Action) -> None:
    assert perform(web, action).status().progress is Progress.SETTLED


@pytest.mark.parametrize("action", EXECUTORS)
def test_a_deployment_after_the_action_supersedes_it(web: Place, action: Action) -> None:
    performed = perform(web, action)
    web.deploy_another()
    status = performed.status()
    assert status.progress is Progress.SUPERSEDED
    assert status.reason == "another version runs than after the action: web:3"


def test_a_rollback_that_a_controller_reverts_is_superseded(web: Place) -> None:
    performed = perform(web, Action.ROLLBACK)
    web.cluster.deploy(web.kind, "web", "web:2")
    status = performed.status()
    assert status.progress is Progress.SUPERSEDED
    assert status.reason == "another version runs than after the action: web:2"


def test_a_restart_after_a_rollback_leaves_the_rollback_in_place(web: Place) -> None:
    performed = perform(web, Action.ROLLBACK)
    perform(web, Action.RESTART_PODS)
    assert performed.status().progress is Progress.SETTLED


def test_a_restart_whose_annotation_a_controller_removes_is_superseded(web: Place) -> None:
    performed = perform(web, Action.RESTART_PODS)
    web.cluster.deploy(web.kind, "web", "web:2")
    status = performed.status()
    assert status.progress is Progress.SUPERSEDED
    assert status.reason == "the annotation of the restart was removed"


@pytest.mark.parametrize("replicas", [2, 4])
def test_a_count_other_than_the_one_of_the_plan_supersedes_a_scaling(web: Place, replicas: int) -> None:
    performed = perform(web, Action.SCALE_SERVICE)
    web.cluster.scale(web.kind, "web", replicas)
    status = performed.status()
    assert status.progress is Progress.SUPERSEDED
    assert status.reason == f"replicas is {replicas}, not 3 as after the action"


def test_more_pods_by_the_autoscaler_leave_a_raised_minimum_in_place(deployment: Place) -> None:
    deployment.cluster.scale_by_itself(DEPLOYMENT, "web", 1, 10)
    performed = perform(deployment, Action.SCALE_SERVICE)
    deployment.cluster.scale(DEPLOYMENT, "web", 7)
    assert performed.status().progress is Progress.SETTLED


def test_fewer_pods_than_the_raised_minimum_are_still_moving(deployment: Place) -> None:
    deployment.cluster.scale_by_itself(DEPLOYMENT, "web", 1, 10)
    status = perform(deployment, Action.SCALE_SERVICE).status()
    assert (status.progress, status.reason) == (
        Progress.MOVING,
        "its autoscaler still requests 2 pods",
    )


def test_another_minimum_of_the_autoscaler_supersedes_a_scaling(deployment: Place) -> None:
    deployment.cluster.scale_by_itself(DEPLOYMENT, "web", 1, 10)
    performed = perform(deployment, Action.SCALE_SERVICE)
    deployment.cluster.scale_by_itself(DEPLOYMENT, "web", 1, 10)
    status = performed.status()
    assert status.progress is Progress.SUPERSEDED
    assert status.reason == "minReplicas is 1, not 3 as after the action"


def test_a_deleted_autoscaler_supersedes_a_scaling(deployment: Place) -> None:
    deployment.cluster.scale_by_itself(DEPLOYMENT, "web", 1, 10)
    performed = perform(deployment, Action.SCALE_SERVICE)
    del deployment.cluster.objects[f"{AUTOSCALING}/horizontalpodautoscalers/web"]
    status = performed.status()
    assert status.progress is Progress.SUPERSEDED
    assert status.reason == "the autoscaler web was deleted after the action"


FAILED = {"type": "Progressing", "reason": "ProgressDeadlineExceeded", "message": "it took too long"}


@pytest.mark.parametrize("action", [Action.RESTART_PODS, Action.ROLLBACK])
def test_a_rollout_fails_where_the_controller_reports_failure(deployment: Place, action: Action) -> None:
    performed = perform(deployment, action)
    deployment.workload["status"]["conditions"] = [FAILED]
    status = performed.status()
    assert (status.progress, status.reason) == (Progress.FAILED, "the rollout failed: it took too long")


def test_a_scaling_does_not_fail_because_the_rollout_before_it_had_failed(deployment: Place) -> None:
    deployment.workload["status"]["conditions"] = [FAILED]
    performed = perform(deployment, Action.SCALE_SERVICE)
    deployment.workload["status"]["conditions"] = [FAILED]
    assert performed.status().progress is Progress.SETTLED
    deployment.workload["status"]["readyReplicas"] = 2
    assert performed.status().progress is Progress.MOVING


def test_a_status_of_an_earlier_generation_or_of_none_is_moving(web: Place) -> None:
    web.cluster.settles = False
    performed = perform(web, Action.ROLLBACK)
    assert performed.status().progress is Progress.MOVING
    web.workload["status"] = {}
    status = performed.status()
    assert (status.progress, status.reason) == (
        Progress.MOVING,
        "the controller has not observed the change yet",
    )


def test_the_progress_mark_changes_with_every_advance_and_stays_while_nothing_moves(
    deployment: Place,
) -> None:
    deployment.cluster.settles = False
    performed = perform(deployment, Action.ROLLBACK)
    generation = deployment.workload["metadata"]["generation"]
    seen = {"type": "Progressing", "lastUpdateTime": "2026-01-01T00:00:00Z"}
    base = {"observedGeneration": generation, "replicas": 2, "updatedReplicas": 0, "readyReplicas": 1}
    marks = []
    for change in (
        {},
        {"updatedReplicas": 1},
        {"readyReplicas": 2},
        {"conditions": [seen]},
        {"conditions": [{**seen, "lastUpdateTime": "2026-01-01T00:01:00Z"}]},
    ):
        deployment.workload["status"] = {**base, **change}
        marks.append(performed.status().progress_mark)
        assert performed.status().progress_mark == marks[-1]
    assert len(set(marks)) == len(marks)


def sized(place: Place, replicas: int, **spec: object) -> RolloutLimits:
    """Returns the limits of a rollback of a workload of this size and specification."""
    place.workload["spec"].update(spec)
    place.cluster.scale(place.kind, "web", replicas)
    return perform(place, Action.ROLLBACK).limits()


@pytest.mark.parametrize(("own", "deadline"), [({}, 600), ({"progressDeadlineSeconds": 1800}, 1800)])
def test_a_stall_is_longer_than_the_controllers_own_deadline(
    deployment: Place, own: dict[str, int], deadline: int
) -> None:
    assert sized(deployment, 2, **own).stall_seconds == deadline + 120


def test_a_stall_is_as_long_as_one_pod_takes_if_that_is_longer(deployment: Place) -> None:
    template = deployment.workload["spec"]["template"]["spec"]
    template["terminationGracePeriodSeconds"] = 900
    assert sized(deployment, 2, minReadySeconds=60).stall_seconds == 300 + 900 + 60 + 120


@pytest.mark.parametrize(
    ("rolling", "batches"),
    [
        ({}, 2),  # 25 % of 20 more and 25 % fewer: ten at once
        ({"maxSurge": 1, "maxUnavailable": 0}, 20),
        ({"maxSurge": "10%", "maxUnavailable": "10%"}, 5),
        ({"maxSurge": "100%", "maxUnavailable": 0}, 1),
    ],
)
def test_a_deployment_is_replaced_in_batches_of_its_strategy(
    deployment: Place, rolling: dict[str, object], batches: int
) -> None:
    limits = sized(deployment, 20, strategy={"rollingUpdate": rolling})
    assert limits.max_seconds - limits.stall_seconds == batches * 330


def test_a_recreated_deployment_is_one_batch(deployment: Place) -> None:
    limits = sized(deployment, 20, strategy={"type": "Recreate"})
    assert limits.max_seconds - limits.stall_seconds == 330


def test_the_pods_of_a_stateful_set_follow_one_another(stateful_set: Place) -> None:
    limits = sized(stateful_set, 20)
    assert limits.max_seconds - limits.stall_seconds == 20 * 330


def test_a_stateful_set_may_replace_several_pods_at_once(stateful_set: Place) -> None:
    limits = sized(stateful_set, 20, updateStrategy={"rollingUpdate": {"maxUnavailable": 5}})
    assert limits.max_seconds - limits.stall_seconds == 4 * 330


@pytest.mark.parametrize(("policy", "batches"), [("OrderedReady", 5), ("Parallel", 1)])
def test_the_management_policy_of_a_stateful_set_orders_its_scaling_alone(
    stateful_set: Place, policy: str, batches: int
) -> None:
    rollout = sized(stateful_set, 10, podManagementPolicy=policy)
    assert rollout.max_seconds - rollout.stall_seconds == 10 * 330
    scaling = perform(stateful_set, Action.SCALE_SERVICE).limits()
    assert scaling.max_seconds - scaling.stall_seconds == batches * 330


def test_a_deployment_adds_its_pods_at_once(deployment: Place) -> None:
    deployment.cluster.scale(DEPLOYMENT, "web", 20)
    limits = perform(deployment, Action.SCALE_SERVICE).limits()
    assert limits.max_seconds - limits.stall_seconds == 330


@pytest.mark.parametrize("action", [Action.RESTART_PODS, Action.ROLLBACK])
def test_a_partitioned_stateful_set_is_not_rolled_out(stateful_set: Place, action: Action) -> None:
    stateful_set.workload["spec"]["updateStrategy"] = {"rollingUpdate": {"partition": 1}}
    executor: Executor = EXECUTORS[action](lambda _: stateful_set.api)
    observed = executor.observe(stateful_set.target, NOON)
    rejected = executor.plan(stateful_set.target, observed, Limits(), NO_HISTORY)
    assert rejected == PlanRejected(
        reason="its rollout is partitioned: pods below 1 keep the version that they have"
    )
