"""How what is declared and what was found become one inventory."""

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


def a_sighting(
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


def test_a_found_service_needs_no_declaration() -> None:
    service = ServiceInventory(Catalog(), [a_snapshot(a_sighting(owner="web"))]).services["checkout"]

    assert (service.declared, service.owner, service.conflicts) == (False, "web", ())
    assert [(placed.declared, placed.target) for placed in service.targets] == [(False, a_target())]


def test_a_target_that_is_declared_and_found_is_one() -> None:
    found = merge_snapshot(None, a_snapshot(a_sighting(), at=5_000))

    (placed,) = ServiceInventory(declared(checkout=CHECKOUT), [found]).services["checkout"].targets

    assert placed.declared
    assert [(seen.source, seen.first_at, seen.last_at) for seen in placed.seen] == [("ecs", 5_000, 5_000)]


def test_what_is_declared_wins_and_the_conflict_is_shown() -> None:
    found = a_snapshot(a_sighting("basket", a_target(environment="staging"), owner="web"))

    inventory = ServiceInventory(declared(checkout=CHECKOUT), [found])

    service = inventory.services["checkout"]
    assert (service.owner, service.targets[0].target.environment) == ("payments", "prod")
    assert "basket" not in inventory.services
    where = "ecs shop/checkout-prod in 111122223333 eu-west-1"
    assert service.conflicts == (
        DeclarationConflict("owner", "payments", "web", "ecs"),
        DeclarationConflict(f"service of {where}", "checkout", "basket", "ecs"),
        DeclarationConflict(f"environment of {where}", "prod", "staging", "ecs"),
    )


def test_a_declared_target_that_a_full_listing_does_not_name_is_a_conflict() -> None:
    inventory = ServiceInventory(declared(checkout=CHECKOUT), [a_snapshot()])

    assert inventory.services["checkout"].conflicts == (
        DeclarationConflict(
            "target ecs shop/checkout-prod in 111122223333 eu-west-1", "exists", "was not found", "ecs"
        ),
    )


def test_a_declared_target_where_nobody_looked_is_no_conflict() -> None:
    elsewhere = DiscoverySnapshot(
        source="ecs", at=1, account=ACCOUNT, region="us-east-1", lists=(Platform.ECS,)
    )

    assert ServiceInventory(declared(checkout=CHECKOUT), [elsewhere]).services["checkout"].conflicts == ()


def test_limits_of_a_target_go_before_those_of_its_service() -> None:
    target = {"platform": "ecs", "cluster": "shop", "name": "a"}
    own = {**target, "name": "b", "limits": {"maxStep": 1}}

    service = ServiceInventory(
        declared(checkout={"limits": {"maxStep": 5}, "targets": [target, own]})
    ).services["checkout"]

    assert [placed.limits.max_step for placed in service.targets] == [5, 1]


def test_the_graph_holds_declared_and_found_calls_under_canonical_names() -> None:
    catalog = declared(checkout={"calls": ["pay"]}, payments={"aliases": ["pay"]})
    found = a_snapshot(
        calls=(ServiceDependency("Checkout", "pay"), ServiceDependency("web", "checkout")), source="xray"
    )

    inventory = ServiceInventory(catalog, [found])

    assert [(one.caller, one.callee, one.declared, len(one.seen)) for one in inventory.dependencies] == [
        ("checkout", "payments", True, 1),
        ("web", "checkout", False, 1),
    ]
    assert inventory.topology.hops("web", "payments") == 2


def test_a_service_does_not_call_itself() -> None:
    found = a_snapshot(calls=(ServiceDependency("pay", "payments"),))

    assert ServiceInventory(declared(payments={"aliases": ["pay"]}), [found]).dependencies == ()


def test_a_later_survey_keeps_since_when_a_thing_is_known() -> None:
    first = merge_snapshot(None, a_snapshot(a_sighting(), calls=(ServiceDependency("a", "b"),), at=1_000))

    later = merge_snapshot(first, a_snapshot(a_sighting(), calls=(ServiceDependency("a", "b"),), at=9_000))

    assert [(one.first_at, one.last_at) for one in later.resources] == [(1_000, 9_000)]
    assert later.calls == (ServiceDependency("a", "b", "", 1_000, 9_000),)


def test_a_target_that_is_not_found_any_more_is_gone() -> None:
    first = merge_snapshot(None, a_snapshot(a_sighting(), at=1_000))

    assert merge_snapshot(first, a_snapshot(at=2_000)).resources == ()


def test_a_call_that_rests_is_kept_for_two_weeks() -> None:
    first = merge_snapshot(None, a_snapshot(calls=(ServiceDependency("a", "b"),), at=1_000))

    assert merge_snapshot(first, a_snapshot(at=1_000 + 14 * DAY)).calls == (
        ServiceDependency("a", "b", "", 1_000, 1_000),
    )
    assert merge_snapshot(first, a_snapshot(at=1_001 + 14 * DAY)).calls == ()


def test_a_thing_that_a_shifting_listing_names_twice_is_one() -> None:
    assert len(merge_snapshot(None, a_snapshot(a_sighting(), a_sighting())).resources) == 1
