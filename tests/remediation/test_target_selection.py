"""Which target a plan acts on: the only one in the incident's scope, on a platform that has the action."""

import pytest
from msgspec.structs import replace

from cloudops.alerts.alert import Scope
from cloudops.catalog.declaration import Limits, Platform, Target
from cloudops.catalog.inventory import ResolvedTarget, Service
from cloudops.core.errors import Conflict, NotFound
from cloudops.remediation.planner import select_target
from tests.fakes.plan_factory import TARGET

HERE = Scope(TARGET.account, TARGET.environment, TARGET.region)
ECS = {Platform.ECS}


def a_service(*targets: Target) -> Service:
    resolved = (ResolvedTarget(one, Limits(), declared=True, seen=()) for one in targets)
    return Service(name="checkout", declared=True, targets=tuple(resolved))


@pytest.mark.parametrize(
    "scope",
    [
        Scope("999999999999", TARGET.environment, TARGET.region),
        Scope(TARGET.account, "staging", TARGET.region),
        Scope(TARGET.account, TARGET.environment, "us-east-1"),
    ],
)
def test_account_environment_and_region_each_restrict_the_targets(scope: Scope) -> None:
    with pytest.raises(NotFound, match="no target in"):
        select_target(a_service(TARGET), scope, ECS)


@pytest.mark.parametrize(
    "scope",
    [
        HERE,
        Scope("", TARGET.environment, TARGET.region),
        Scope(TARGET.account, "", TARGET.region),
        Scope(TARGET.account, TARGET.environment, ""),
        Scope(TARGET.account, "Production", TARGET.region),
    ],
)
def test_what_the_incident_does_not_name_restricts_nothing(scope: Scope) -> None:
    assert select_target(a_service(TARGET), scope, ECS).target == TARGET


def test_a_platform_without_the_action_is_named() -> None:
    with pytest.raises(NotFound, match="runs on ecs, where this action is not supported"):
        select_target(a_service(TARGET), HERE, {Platform.EKS})


def test_of_several_targets_one_has_to_be_chosen() -> None:
    both = a_service(TARGET, replace(TARGET, name="checkout-2"))
    with pytest.raises(Conflict) as refused:
        select_target(both, HERE, ECS)
    assert refused.value.field == "target"
    assert select_target(both, HERE, ECS, str(TARGET)).target == TARGET
    with pytest.raises(NotFound):
        select_target(both, HERE, ECS, "another")
