"""What the ECS executors do, on the emulator's ECS."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from cloudops.adapters.executors.ecs import EcsRestart, EcsRollback, EcsScale
from cloudops.domain.catalogue import Limits, Platform, Target
from cloudops.domain.errors import Conflict, NotFound
from cloudops.domain.remediation import Draft, Executor, Observed, Plan, Refusal, Undoing
from cloudops.domain.suggestion import Action
from local.emulator import REGION, Emulator
from tests.fakes.records import NOON

pytestmark = pytest.mark.emulator

KEY = "inc_1.x1"


class Shop:
    """A service on its second version, in a cluster of its own. `calls` are the operations sent to ECS."""

    def __init__(self, ecs: Any) -> None:
        self.ecs = ecs
        self.calls: list[str] = []
        name = f"shop-{uuid4().hex[:8]}"
        self.target = Target(
            platform=Platform.ECS, name="checkout", region=REGION, environment="prod", cluster=name
        )
        ecs.create_cluster(clusterName=name)
        self.versions = [self.register() for _ in range(2)]
        ecs.create_service(
            cluster=name, serviceName="checkout", taskDefinition=self.versions[1], desiredCount=2
        )
        ecs.meta.events.register("before-call.ecs", self._note)

    def register(self) -> str:
        container = {"name": "web", "image": "web", "memory": 64}
        answer = self.ecs.register_task_definition(
            family=self.target.cluster, containerDefinitions=[container]
        )
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def service(self) -> Any:
        (found,) = self.ecs.describe_services(cluster=self.target.cluster, services=["checkout"])["services"]
        return found

    def update(self, **changes: object) -> None:
        self.ecs.update_service(cluster=self.target.cluster, service="checkout", **changes)

    def updates(self) -> int:
        return self.calls.count("UpdateService")

    def _note(self, model: Any, **_: object) -> None:
        self.calls.append(model.name)


@pytest.fixture
def shop(emulator: Emulator) -> Iterator[Shop]:
    made = Shop(emulator.client("ecs"))
    yield made
    made.ecs.update_service(cluster=made.target.cluster, service="checkout", desiredCount=0)


def planned(
    executor: Executor, shop: Shop, action: Action, limits: Limits | None = None
) -> tuple[Plan, Observed]:
    observed = executor.observe(shop.target, NOON)
    draft = executor.plan(shop.target, observed, limits or Limits())
    assert isinstance(draft, Draft)
    plan = Plan(
        suggestion_id=f"inc_1.{action}",
        incident_id="inc_1",
        action=action,
        service="checkout",
        target=shop.target,
        draft=draft,
        observed_mark=observed.mark,
    )
    return plan, observed


def test_scaling_adds_half_as_much_again_once_and_takes_it_back(shop: Shop) -> None:
    scale = EcsScale(lambda _: shop.ecs)
    plan, snapshot = planned(scale, shop, Action.SCALE_SERVICE)
    assert (plan.draft.summary, plan.draft.count_after) == ("from 2 to 3 tasks", 3)
    for _ in range(3):
        scale.act(plan, snapshot, KEY)
    assert shop.service()["desiredCount"] == 3
    assert shop.updates() == 1
    assert [scale.undo(plan, snapshot, KEY).undoing for _ in range(2)] == [
        Undoing.UNDONE,
        Undoing.NOTHING_TO_UNDO,
    ]
    assert shop.service()["desiredCount"] == 2
    assert shop.updates() == 2


def test_scaling_stops_at_the_ceiling(shop: Shop) -> None:
    scale = EcsScale(lambda _: shop.ecs)
    observed = scale.observe(shop.target, NOON)
    refused = scale.plan(shop.target, observed, Limits(max_count=2))
    assert refused == Refusal(reason="2 is as far as the catalogue lets it go")


def test_scaling_leaves_alone_what_somebody_else_scaled(shop: Shop) -> None:
    scale = EcsScale(lambda _: shop.ecs)
    plan, snapshot = planned(scale, shop, Action.SCALE_SERVICE)
    shop.update(desiredCount=7)
    with pytest.raises(Conflict):
        scale.act(plan, snapshot, KEY)
    assert scale.undo(plan, snapshot, KEY).undoing is Undoing.CHANGED_BY_OTHERS
    assert shop.service()["desiredCount"] == 7
    assert scale.observe(shop.target, NOON).mark != snapshot.mark


def test_rolling_back_goes_to_the_version_before_once_and_forward_again(shop: Shop) -> None:
    rollback = EcsRollback(lambda _: shop.ecs)
    plan, snapshot = planned(rollback, shop, Action.ROLLBACK)
    assert plan.draft.after == {"taskDefinition": shop.versions[0]}
    for _ in range(3):
        rollback.act(plan, snapshot, KEY)
    assert shop.service()["taskDefinition"] == shop.versions[0]
    assert shop.updates() == 1
    assert rollback.undo(plan, snapshot, KEY).undoing is Undoing.UNDONE
    assert shop.service()["taskDefinition"] == shop.versions[1]
    assert rollback.undo(plan, snapshot, KEY).undoing is Undoing.NOTHING_TO_UNDO


def test_a_first_version_has_nothing_to_go_back_to(shop: Shop) -> None:
    rollback = EcsRollback(lambda _: shop.ecs)
    shop.update(taskDefinition=shop.versions[0], forceNewDeployment=False)
    shop.ecs.delete_service(cluster=shop.target.cluster, service="checkout", force=True)
    shop.ecs.create_service(
        cluster=shop.target.cluster, serviceName="checkout", taskDefinition=shop.versions[0], desiredCount=1
    )
    observed = rollback.observe(shop.target, NOON)
    refused = rollback.plan(shop.target, observed, Limits())
    assert refused == Refusal(reason="there is no version before this one")


def test_rolling_back_leaves_alone_what_somebody_else_deployed(shop: Shop) -> None:
    rollback = EcsRollback(lambda _: shop.ecs)
    plan, snapshot = planned(rollback, shop, Action.ROLLBACK)
    third = shop.register()
    shop.update(taskDefinition=third)
    with pytest.raises(Conflict):
        rollback.act(plan, snapshot, KEY)
    assert rollback.undo(plan, snapshot, KEY).undoing is Undoing.CHANGED_BY_OTHERS
    assert shop.service()["taskDefinition"] == third


def test_restarting_makes_one_new_deployment_and_cannot_be_taken_back(shop: Shop) -> None:
    restart = EcsRestart(lambda _: shop.ecs)
    plan, snapshot = planned(restart, shop, Action.RESTART_PODS)
    assert not plan.draft.reversible
    assert restart.undo(plan, snapshot, KEY).undoing is Undoing.NOTHING_TO_UNDO
    for _ in range(3):
        restart.act(plan, snapshot, KEY)
    assert shop.updates() == 1
    primary = next(one for one in shop.service()["deployments"] if one["status"] == "PRIMARY")
    assert primary["id"] != snapshot.facts["deployment"]
    assert primary["taskDefinition"] == shop.versions[1]
    assert restart.undo(plan, snapshot, KEY).undoing is Undoing.IRREVERSIBLE


def test_a_service_that_is_not_there_is_not_found(shop: Shop) -> None:
    gone = Target(platform=Platform.ECS, name="nobody", region=REGION, cluster=shop.target.cluster)
    with pytest.raises(NotFound, match="no such service"):
        EcsScale(lambda _: shop.ecs).observe(gone, NOON)


def test_a_cluster_that_is_not_there_is_not_found(shop: Shop) -> None:
    nowhere = Target(platform=Platform.ECS, name="checkout", region=REGION, cluster="nowhere")
    with pytest.raises(NotFound, match="ClusterNotFoundException"):
        EcsScale(lambda _: shop.ecs).observe(nowhere, NOON)


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        (EcsScale, Action.SCALE_SERVICE),
        (EcsRestart, Action.RESTART_PODS),
        (EcsRollback, Action.ROLLBACK),
    ],
)
def test_an_executor_calls_what_it_declares_and_nothing_else(
    shop: Shop, kind: type[EcsScale] | type[EcsRestart] | type[EcsRollback], action: Action
) -> None:
    executor = kind(lambda _: shop.ecs)
    plan, snapshot = planned(executor, shop, action)
    executor.act(plan, snapshot, KEY)
    executor.look(plan, snapshot, KEY, NOON)
    executor.undo(plan, snapshot, KEY)
    assert {f"ecs:{name}" for name in shop.calls} == set(kind.permissions)
