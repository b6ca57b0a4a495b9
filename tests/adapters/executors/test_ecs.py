"""Plans and rollbacks of the ECS executors, by the state of the service, on the emulator's ECS."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from cloudops.adapters.executors.ecs_restart import EcsRestart
from cloudops.adapters.executors.ecs_rollback import EcsRollback
from cloudops.adapters.executors.ecs_scale import EcsScale
from cloudops.catalog.declaration import Limits
from cloudops.core.errors import NotFound
from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.remediation.executor import RollbackOutcome
from cloudops.remediation.plan import Plan, PlannedChange, PlanRejected, TargetState
from cloudops.remediation.versions import VersionHistory
from local.emulator import Emulator
from tests.adapters.aws_wire import aws_client
from tests.contracts.executors.benches import EcsPlace, no_client
from tests.fakes.http_server import vendor
from tests.fakes.incident_factory import NOON
from tests.fakes.plan_factory import NO_HISTORY
from tests.fakes.scaling_targets import ScalingTargets

pytestmark = pytest.mark.emulator


@pytest.fixture
def shop(emulator: Emulator) -> EcsPlace:
    return EcsPlace(emulator)


@pytest.fixture
def targets() -> ScalingTargets:
    return ScalingTargets()


@pytest.fixture
def scale(shop: EcsPlace, targets: ScalingTargets) -> Iterator[EcsScale]:
    with vendor(targets.respond) as server:
        scaling = aws_client("application-autoscaling", server)
        yield EcsScale(lambda _: shop.ecs, lambda _: scaling)


def draft_of(scale: EcsScale, shop: EcsPlace, limits: Limits | None = None) -> PlannedChange | PlanRejected:
    return scale.plan(shop.target, scale.observe(shop.target, NOON), limits or Limits(), NO_HISTORY)


def test_scaling_stops_at_the_maximum_of_the_catalog(shop: EcsPlace, scale: EcsScale) -> None:
    rejected = draft_of(scale, shop, Limits(max_count=2))
    assert rejected == PlanRejected(reason="2 is the maximum that the catalog allows")


def test_a_step_is_within_the_guardrails(shop: EcsPlace, scale: EcsScale) -> None:
    shop.update(desiredCount=40)
    default, wide = draft_of(scale, shop), draft_of(scale, shop, Limits(max_step=30))
    assert isinstance(default, PlannedChange)
    assert isinstance(wide, PlannedChange)
    assert (default.count_after, wide.count_after) == (50, 60)


def test_scaling_stops_at_the_maximum_of_auto_scaling(
    shop: EcsPlace, scale: EcsScale, targets: ScalingTargets
) -> None:
    shop.update(desiredCount=4)
    targets.bounds[f"service/{shop.cluster}/web"] = (1, 5)
    draft = draft_of(scale, shop)
    assert isinstance(draft, PlannedChange)
    assert (draft.before, draft.after) == (
        {"desiredCount": 4, "minCapacity": 1},
        {"desiredCount": 5, "minCapacity": 5},
    )
    shop.update(desiredCount=5)
    assert draft_of(scale, shop) == PlanRejected(reason="5 is the maximum of its auto scaling")


def test_a_higher_minimum_of_auto_scaling_is_not_changed(
    shop: EcsPlace, scale: EcsScale, targets: ScalingTargets
) -> None:
    targets.bounds[f"service/{shop.cluster}/web"] = (6, 10)
    draft = draft_of(scale, shop)
    assert isinstance(draft, PlannedChange)
    assert (draft.before, draft.after) == ({"desiredCount": 2}, {"desiredCount": 3})
    assert [one.operation for one in draft.calls] == ["ecs:UpdateService"]


def test_a_rollback_restores_the_minimum_and_keeps_tasks_that_auto_scaling_added(
    shop: EcsPlace, scale: EcsScale, targets: ScalingTargets
) -> None:
    name = f"service/{shop.cluster}/web"
    targets.bounds[name] = (2, 10)
    snapshot = scale.observe(shop.target, NOON)
    draft = draft_of(scale, shop)
    assert isinstance(draft, PlannedChange)
    plan = Plan(
        suggestion_id=SuggestionId("inc_1.scale_service"),
        incident_id=IncidentId("inc_1"),
        action=Action.SCALE_SERVICE,
        service="web",
        target=shop.target,
        draft=draft,
        observed_mark=snapshot.mark,
    )
    scale.act(plan, snapshot, "inc_1.x1")
    assert targets.bounds[name] == (3, 10)
    shop.update(desiredCount=7)
    rollback = scale.roll_back(plan, snapshot, "inc_1.x1")
    assert rollback.undoing is RollbackOutcome.CHANGED_BY_OTHERS
    assert rollback.reason.startswith("the minimum is restored")
    assert targets.bounds[name] == (2, 10)


def test_an_endpoint_without_the_scaling_api_has_no_auto_scaling(emulator: Emulator, shop: EcsPlace) -> None:
    scaling = emulator.client("application-autoscaling")
    draft = draft_of(EcsScale(lambda _: shop.ecs, lambda _: scaling), shop)
    assert isinstance(draft, PlannedChange)
    assert draft.after == {"desiredCount": 3}


def test_a_first_version_has_no_rollback(shop: EcsPlace) -> None:
    rollback = EcsRollback(lambda _: shop.ecs, no_client)
    shop.ecs.delete_service(cluster=shop.cluster, service="web", force=True)
    shop.ecs.create_service(
        cluster=shop.cluster, serviceName="web", taskDefinition=shop.versions[0], desiredCount=1
    )
    rejected = rollback.plan(shop.target, rollback.observe(shop.target, NOON), Limits(), NO_HISTORY)
    assert rejected == PlanRejected(reason=f"the platform stores no version before {shop.cluster}:1")


def rollback_of(
    shop: EcsPlace, history: VersionHistory = NO_HISTORY
) -> tuple[PlannedChange | PlanRejected, TargetState]:
    rollback = EcsRollback(lambda _: shop.ecs, no_client)
    observed = rollback.observe(shop.target, NOON)
    return rollback.plan(shop.target, observed, Limits(), history), observed


def test_a_rollback_skips_a_version_that_an_execution_left(shop: EcsPlace) -> None:
    latest = shop.register()
    shop.update(taskDefinition=latest)
    left = VersionHistory(abandoned={shop.versions[1]: ExecutionId("inc_1.x1")}, good={})
    draft, _ = rollback_of(shop, left)
    assert isinstance(draft, PlannedChange)
    assert (draft.version_before, draft.version_after) == (latest, shop.versions[0])
    name = shop.cluster
    assert draft.summary == (
        f"from {name}:3 back to {name}:1: previous by the platform's order; inc_1.x1 left {name}:2"
    )


def test_without_a_version_that_is_not_abandoned_a_rollback_is_rejected(shop: EcsPlace) -> None:
    left = VersionHistory(abandoned={shop.versions[0]: ExecutionId("inc_1.x1")}, good={})
    rejected, _ = rollback_of(shop, left)
    assert rejected == PlanRejected(
        reason=f"no earlier version is left to return to: inc_1.x1 left {shop.cluster}:1"
    )


def test_a_service_without_tasks_is_not_restarted(shop: EcsPlace) -> None:
    shop.update(desiredCount=0)
    restart = EcsRestart(lambda _: shop.ecs)
    rejected = restart.plan(shop.target, restart.observe(shop.target, NOON), Limits(), NO_HISTORY)
    assert rejected == PlanRejected(reason="the desired count is 0, so there is no task to restart")


def test_a_missing_service_is_not_found(shop: EcsPlace, scale: EcsScale) -> None:
    with pytest.raises(NotFound, match="no such active service"):
        scale.observe(replace(shop.target, name="missing"), NOON)


def test_a_missing_cluster_is_not_found(shop: EcsPlace, scale: EcsScale) -> None:
    with pytest.raises(NotFound, match="ClusterNotFoundException"):
        scale.observe(replace(shop.target, cluster="missing"), NOON)
