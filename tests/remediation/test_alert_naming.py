"""CloudOps acts by itself only where an alert names the service, the account and the environment itself."""

from typing import Any

import pytest
from msgspec.structs import replace

from cloudops.alerts.alert import AlertStatus, Scope
from cloudops.catalog.declaration import Catalog, Limits, Platform, ServiceDeclaration
from cloudops.catalog.discovered import DiscoveredResource, DiscoverySnapshot
from cloudops.catalog.inventory import ServiceInventory
from cloudops.catalog.matching import FROM_CATALOG
from cloudops.remediation.alert_naming import is_named_by_alert
from cloudops.remediation.autonomy import Autonomy
from cloudops.remediation.execution import ExecutionStatus
from cloudops.remediation.workflow import WorkflowStep
from tests.fakes.incident_factory import NOON, an_alert
from tests.fakes.plan_factory import PLAN, TARGET
from tests.fakes.remediation import CHECKOUT, INCIDENT, Remediation

INVENTORY = ServiceInventory(Catalog({"checkout": ServiceDeclaration(aliases=("till",))}))
NAMED: dict[str, Any] = {
    "service": "checkout",
    "service_reason": "tag service",
    "account": TARGET.account,
    "environment": "prod",
    "environment_reason": "tag env",
}
NOT_NAMED = "no firing alert itself names the service, the account and the environment of the target"


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, True),
        ({"service": "Till"}, True),
        ({"environment": "production"}, True),
        ({"environment_reason": "name prefix prod-"}, True),
        ({"service": "cart"}, False),
        ({"service": ""}, False),
        ({"service_reason": FROM_CATALOG}, False),
        ({"account": ""}, False),
        ({"account": "999999999999"}, False),
        ({"account_reason": FROM_CATALOG}, False),
        ({"environment": ""}, False),
        ({"environment": "staging"}, False),
        ({"environment_reason": FROM_CATALOG}, False),
        ({"status": AlertStatus.RESOLVED}, False),
        ({"status": AlertStatus.NO_DATA}, False),
    ],
)
def test_an_alert_names_a_target_by_service_account_and_environment(
    fields: dict[str, Any], names: bool
) -> None:
    alert = an_alert("latency", **NAMED | fields)
    assert is_named_by_alert((alert,), PLAN, INVENTORY.canonical) is names
    assert is_named_by_alert((an_alert("other"), alert), PLAN, INVENTORY.canonical) is names


@pytest.mark.parametrize("field", ["account", "environment"])
def test_a_target_without_a_known_place_is_named_by_no_alert(field: str) -> None:
    plan = replace(PLAN, target=replace(TARGET, **{field: ""}))
    assert not is_named_by_alert((an_alert("latency", **NAMED),), plan, INVENTORY.canonical)
    assert not is_named_by_alert((an_alert("latency", **NAMED | {field: ""}),), plan, INVENTORY.canonical)


def test_one_alert_has_to_name_all_three() -> None:
    account = an_alert("one", **NAMED | {"environment": ""})
    environment = an_alert("two", **NAMED | {"account": ""})
    assert not is_named_by_alert((account, environment), PLAN, INVENTORY.canonical)


def a_world() -> Remediation:
    world = Remediation()
    world.allow_automatic()
    return world


def test_nothing_starts_by_itself_if_the_alert_names_no_place() -> None:
    world = a_world()
    assert world.plan().autonomy.autonomy is Autonomy.AUTOMATIC
    world.scope = Scope()
    nameless = tuple(world.named(name, account="", environment="") for name in ("latency", "errors"))
    world.put_incident(nameless, scope=world.scope)
    review = world.plan()
    assert (review.autonomy.autonomy, review.autonomy.reason) == (Autonomy.APPROVE, NOT_NAMED)
    assert review.denial == "", "people may approve it"
    assert world.watchdog.run(world.now).begun == 0


def test_an_execution_stops_if_the_alert_that_named_its_target_resolved_before_the_action() -> None:
    world = a_world()
    assert world.watchdog.run(world.now).begun == 1
    (execution,) = world.executions.of_incident(INCIDENT)

    def resolve(step: WorkflowStep) -> None:
        if step is WorkflowStep.ACT:
            resolved = tuple(
                world.named(name, status=AlertStatus.RESOLVED, occurred_at=NOON + 1)
                for name in ("latency", "errors")
            )
            world.put_incident((*resolved, an_alert("other")))

    ended = world.run(execution, resolve)
    assert (ended.status, ended.result) == (ExecutionStatus.DENIED, f"no longer automatic: {NOT_NAMED}")
    assert world.executor.service.changes == []


@pytest.mark.parametrize("is_declared", [False, True])
def test_a_target_that_is_not_declared_in_the_catalog_is_left_to_people(is_declared: bool) -> None:
    world = a_world()
    seen = DiscoverySnapshot(
        source="ecs",
        account=CHECKOUT.account,
        region=CHECKOUT.region,
        at=NOON,
        resources=(DiscoveredResource(service="checkout", service_reason="tag service", target=CHECKOUT),),
        lists=(Platform.ECS,),
    )
    declared = ServiceDeclaration(limits=Limits(), targets=(CHECKOUT,) if is_declared else ())
    world.inventory = ServiceInventory(Catalog({"checkout": declared}), [seen])
    review = world.plan()
    assert (review.autonomy.autonomy is Autonomy.AUTOMATIC) is is_declared
    assert world.watchdog.run(world.now).begun == is_declared
    if not is_declared:
        reason = "the target was found by its tags or its name; declare it in the catalog"
        assert review.autonomy.reason == reason
        assert review.denial == ""
