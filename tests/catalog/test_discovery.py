"""Discovery: a snapshot is stored, and a failure leaves the stored one."""

from cloudops.catalog.declaration import Platform, Target
from cloudops.catalog.discovered import DiscoveredResource, DiscoverySnapshot, ServiceDependency
from cloudops.core.errors import Unavailable
from cloudops.core.time import HOUR
from cloudops.sources.health import SourceState
from tests.fakes.application import NOW, Agent
from tests.fakes.sources import FixedDiscovery


def make_snapshot(at: int = NOW, *names: str) -> DiscoverySnapshot:
    return DiscoverySnapshot(
        source="ecs",
        at=at,
        account="111122223333",
        region="eu-central-1",
        lists=(Platform.ECS,),
        resources=tuple(
            DiscoveredResource(
                service=name,
                service_reason="tag service",
                target=Target(platform=Platform.ECS, name=name, cluster="shop"),
            )
            for name in names
        ),
        calls=(ServiceDependency("web", "checkout"),),
    )


def test_discovered_services_are_part_of_the_inventory_and_counted() -> None:
    agent = Agent()
    agent.discovery_sources["ecs"] = FixedDiscovery(make_snapshot(NOW, "checkout", "search"))
    (health,) = agent.sync(("ecs",), NOW).health
    assert (health.state, health.counts) == (SourceState.HEALTHY, {"targets": 2, "calls": 1})
    assert [one.service.name for one in agent.application.services.services()] == ["checkout", "search"]
    assert [one.service.name for one in agent.application.services.graph().services] == [
        "checkout",
        "search",
        "web",
    ]


def test_a_failed_discovery_leaves_the_snapshot_before() -> None:
    agent = Agent()
    agent.discovery_sources["ecs"] = FixedDiscovery(make_snapshot(NOW, "checkout"))
    agent.sync(("ecs",), NOW)
    agent.discovery_sources["ecs"] = FixedDiscovery(
        make_snapshot(), Unavailable("list ECS clusters: Throttling")
    )
    (health,) = agent.sync(("ecs",), NOW + HOUR).health
    assert (health.state, health.counts) == (SourceState.FAILING, {"targets": 1, "calls": 1})
    assert [one.service.name for one in agent.application.services.services()] == ["checkout"]


def test_a_second_discovery_keeps_the_time_of_the_first() -> None:
    agent = Agent()
    for at in (NOW, NOW + HOUR):
        agent.discovery_sources["ecs"] = FixedDiscovery(make_snapshot(at, "checkout"))
        agent.sync(("ecs",), at)
    (target,) = agent.application.catalog.show().inventory.services["checkout"].targets
    (seen,) = target.seen
    assert (seen.first_at, seen.last_at) == (NOW, NOW + HOUR)
