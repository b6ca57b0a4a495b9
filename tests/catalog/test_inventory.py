"""The inventory merges declared and discovered services."""

from cloudops.catalog.declaration import Catalog, Platform, Target, parse_catalog
from cloudops.catalog.discovered import (
    DiscoveredResource,
    DiscoverySnapshot,
    ServiceDependency,
    merge_snapshot,
)
from cloudops.catalog.inventory import DeclarationConflict, ServiceInventory
from cloudops.core.time import DAY

ACCOUNT, REGION = "111122223333", "eu-west-1"


def a_target(name: str = "checkout-prod", environment: str = "prod") -> Target:
    return Target(
        platform=Platform.ECS,
        name=name,
        account=ACCOUNT,
        region=REGION,
        environment=environment,
        cluster="shop",
    )


def a_resource(
    service: str = "checkout", target: Target | None = None, owner: str = "", tier: int | None = None
) -> DiscoveredResource:
    return DiscoveredResource(
        service=service, service_reason="tag service", target=target or a_target(), owner=owner, tier=tier
    )


def a_snapshot(
    *resources: DiscoveredResource,
    calls: tuple[ServiceDependency, ...] = (),
    at: int = 1_000,
    source: str = "ecs",
) -> DiscoverySnapshot:
    return DiscoverySnapshot(
        source=source,
        at=at,
        account=ACCOUNT,
        region=REGION,
        lists=(Platform.ECS,),
        resources=resources,
        calls=calls,
    )


def declared(**services: object) -> Catalog:
    defaults = {"account": ACCOUNT, "region": REGION, "environment": "prod"}
    return parse_catalog({"defaults": defaults, "services": services})


CHECKOUT = {"owner": "payments", "targets": [{"platform": "ecs", "cluster": "shop", "name": "checkout-prod"}]}


def test_a_discovered_service_needs_no_declaration() -> None:
    service = ServiceInventory(Catalog(), [a_snapshot(a_resource(owner="web"))]).services["checkout"]

    assert (service.declared, service.owner, service.conflicts) == (False, "web", ())
    assert [(placed.declared, placed.target) for placed in service.targets] == [(False, a_target())]


def test_a_target_that_is_declared_and_discovered_is_one() -> None:
    snapshot = merge_snapshot(None, a_snapshot(a_resource(), at=5_000))

    (placed,) = ServiceInventory(declared(checkout=CHECKOUT), [snapshot]).services["checkout"].targets

    assert placed.declared
    assert [(seen.source, seen.first_at, seen.last_at) for seen in placed.seen] == [("ecs", 5_000, 5_000)]


def test_the_declaration_wins_and_the_conflict_is_shown() -> None:
    snapshot = a_snapshot(a_resource("basket", a_target(environment="staging"), owner="web"))

    inventory = ServiceInventory(declared(checkout=CHECKOUT), [snapshot])

    service = inventory.services["checkout"]
    assert (service.owner, service.targets[0].target.environment) == ("payments", "prod")
    assert "basket" not in inventory.services
    where = "ecs shop/checkout-prod in 111122223333 eu-west-1"
    assert service.conflicts == (
        DeclarationConflict("owner", "payments", "web", "ecs"),
        DeclarationConflict(f"service of {where}", "checkout", "basket", "ecs"),
        DeclarationConflict(f"environment of {where}", "prod", "staging", "ecs"),
    )


def test_a_declared_target_that_a_complete_listing_lacks_is_a_conflict() -> None:
    inventory = ServiceInventory(declared(checkout=CHECKOUT), [a_snapshot()])

    assert inventory.services["checkout"].conflicts == (
        DeclarationConflict(
            "target ecs shop/checkout-prod in 111122223333 eu-west-1", "exists", "was not found", "ecs"
        ),
    )


def test_a_declared_target_in_an_undiscovered_region_is_not_a_conflict() -> None:
    elsewhere = DiscoverySnapshot(
        source="ecs", at=1, account=ACCOUNT, region="us-east-1", lists=(Platform.ECS,)
    )

    assert ServiceInventory(declared(checkout=CHECKOUT), [elsewhere]).services["checkout"].conflicts == ()


def test_limits_of_a_target_override_those_of_its_service() -> None:
    target = {"platform": "ecs", "cluster": "shop", "name": "a"}
    own = {**target, "name": "b", "limits": {"maxStep": 1}}

    service = ServiceInventory(
        declared(checkout={"limits": {"maxStep": 5}, "targets": [target, own]})
    ).services["checkout"]

    assert [placed.limits.max_step for placed in service.targets] == [5, 1]


def test_the_graph_holds_declared_and_discovered_dependencies_by_canonical_name() -> None:
    catalog = declared(checkout={"calls": ["pay"]}, payments={"aliases": ["pay"]})
    snapshot = a_snapshot(
        calls=(ServiceDependency("Checkout", "pay"), ServiceDependency("web", "checkout")), source="xray"
    )

    inventory = ServiceInventory(catalog, [snapshot])

    assert [(one.caller, one.callee, one.declared, len(one.seen)) for one in inventory.dependencies] == [
        ("checkout", "payments", True, 1),
        ("web", "checkout", False, 1),
    ]
    assert inventory.topology.hops("web", "payments") == 2


def test_a_service_does_not_call_itself() -> None:
    snapshot = a_snapshot(calls=(ServiceDependency("pay", "payments"),))

    assert ServiceInventory(declared(payments={"aliases": ["pay"]}), [snapshot]).dependencies == ()


def test_a_later_snapshot_keeps_the_time_of_the_first() -> None:
    first = merge_snapshot(None, a_snapshot(a_resource(), calls=(ServiceDependency("a", "b"),), at=1_000))

    later = merge_snapshot(first, a_snapshot(a_resource(), calls=(ServiceDependency("a", "b"),), at=9_000))

    assert [(one.first_at, one.last_at) for one in later.resources] == [(1_000, 9_000)]
    assert later.calls == (ServiceDependency("a", "b", "", 1_000, 9_000),)


def test_a_target_that_is_no_longer_discovered_is_dropped() -> None:
    first = merge_snapshot(None, a_snapshot(a_resource(), at=1_000))

    assert merge_snapshot(first, a_snapshot(at=2_000)).resources == ()


def test_a_dependency_without_calls_is_kept_for_two_weeks() -> None:
    first = merge_snapshot(None, a_snapshot(calls=(ServiceDependency("a", "b"),), at=1_000))

    assert merge_snapshot(first, a_snapshot(at=1_000 + 14 * DAY)).calls == (
        ServiceDependency("a", "b", "", 1_000, 1_000),
    )
    assert merge_snapshot(first, a_snapshot(at=1_001 + 14 * DAY)).calls == ()


def test_a_resource_that_a_listing_names_twice_is_one() -> None:
    assert len(merge_snapshot(None, a_snapshot(a_resource(), a_resource())).resources) == 1
