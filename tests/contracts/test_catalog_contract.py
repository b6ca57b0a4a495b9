"""Contract of the stores of catalog, changes and sources."""

from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from cloudops.adapters.dynamodb.catalog import DynamoCatalogStore, DynamoSourceStore
from cloudops.adapters.dynamodb.changes import DynamoChangeStore
from cloudops.adapters.dynamodb.row import Rows
from cloudops.catalog.declaration import Platform, Target, parse_catalog
from cloudops.catalog.discovered import DiscoveredResource, DiscoverySnapshot, ServiceDependency
from cloudops.catalog.store import CatalogStore, StoredCatalog, StoredCatalogState
from cloudops.changes.change import Change, ChangeKind, ChangeState
from cloudops.changes.store import MAX_CHANGES, ChangeStore
from cloudops.core.errors import NotFound, TooLarge, Unavailable
from cloudops.core.ids import stable_id
from cloudops.core.time import MINUTE
from cloudops.sources.health import SourceHealth, SourceState, SourceStore, after_failure, after_success
from tests.fakes.backends import BACKENDS
from tests.fakes.catalog import MemoryCatalogStore, MemoryChangeStore, MemorySourceStore

NOON = 1_763_899_200_000


class Stores(NamedTuple):
    inventory: CatalogStore
    changes: ChangeStore
    sources: SourceStore


@pytest.fixture(params=BACKENDS)
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        changes = MemoryChangeStore()
        return Stores(MemoryCatalogStore(changes), changes, MemorySourceStore())
    rows: Rows = request.getfixturevalue(f"{request.param}_table")
    return Stores(DynamoCatalogStore(rows), DynamoChangeStore(rows), DynamoSourceStore(rows))


def a_snapshot(
    count: int = 1, source: str = "ecs", region: str = "eu-west-1", at: int = NOON
) -> DiscoverySnapshot:
    return DiscoverySnapshot(
        source=source,
        at=at,
        account="111122223333",
        region=region,
        lists=(Platform.ECS,),
        resources=tuple(_resource(number) for number in range(count)),
        calls=(ServiceDependency("web", "checkout", "prod", NOON, NOON),),
    )


def _resource(number: int) -> DiscoveredResource:
    target = Target(platform=Platform.ECS, name=f"svc-{number}", account="111122223333", cluster="shop")
    return DiscoveredResource(
        service=f"svc-{number}", service_reason="tag service", target=target, first_at=NOON
    )


def a_change(number: int = 0, **fields: Any) -> Change:
    defaults: dict[str, Any] = {
        "id": f"d-{number}",
        "source": "codedeploy",
        "kind": ChangeKind.DEPLOYMENT,
        "state": ChangeState.SUCCEEDED,
        "at": NOON + number * MINUTE,
        "title": "t",
        "service": "checkout",
    }
    return Change(**defaults | fields)


def test_an_empty_store_has_no_catalog(stores: Stores) -> None:
    assert stores.inventory.load() == StoredCatalogState()


def test_the_last_stored_catalog_is_loaded(stores: Stores) -> None:
    tree = {"services": {"checkout": {"owner": "a", "tier": 1, "limits": {"maxStep": 2}}}}
    first = StoredCatalog(catalog=parse_catalog(tree), person="ada", at=NOON)
    second = StoredCatalog(catalog=parse_catalog({"services": {}}), person="bob", at=NOON, over="m")

    stores.inventory.save_catalog(first)
    assert stores.inventory.load().kept == first
    stores.inventory.save_catalog(second)
    assert stores.inventory.load().kept == second


def test_a_snapshot_replaces_the_one_of_the_same_place(stores: Stores) -> None:
    elsewhere = a_snapshot(1, region="us-east-1")
    for snapshot in (a_snapshot(2), elsewhere, a_snapshot(3, at=NOON + 1)):
        stores.inventory.save_snapshot(snapshot)

    found = {snapshot.region: snapshot for snapshot in stores.inventory.load().snapshots}

    assert found == {"eu-west-1": a_snapshot(3, at=NOON + 1), "us-east-1": elsewhere}


def test_a_service_with_a_change_is_reporting(stores: Stores) -> None:
    stores.changes.record([a_change(), a_change(1, service="web"), a_change(2, service="")])

    assert stores.inventory.load().reporting == {"checkout", "web"}


def test_changes_since_a_time_are_newest_first(stores: Stores) -> None:
    stores.changes.record([a_change(0), a_change(2), a_change(1)])

    assert stores.changes.since(NOON + MINUTE) == (a_change(2), a_change(1))


def test_a_change_is_stored_once_per_state(stores: Stores) -> None:
    started = a_change(state=ChangeState.STARTED, at=NOON - MINUTE)

    for _ in range(2):
        stores.changes.record([started, a_change()])

    assert stores.changes.since(0) == (a_change(), started)


def test_recording_no_changes_has_no_effect(stores: Stores) -> None:
    stores.changes.record([])

    assert stores.changes.since(0) == ()


def test_an_id_of_any_form_is_accepted(stores: Stores) -> None:
    change = a_change(id="refs/heads/main\n" * 500)

    stores.changes.record([change])

    assert stores.changes.since(0) == (change,)


def test_the_number_of_changes_is_bounded(stores: Stores) -> None:
    stores.changes.record([a_change(number) for number in range(MAX_CHANGES + 5)])

    found = stores.changes.since(0)

    assert len(found) == MAX_CHANGES
    assert found[0].id == f"d-{MAX_CHANGES + 4}"


def test_the_last_stored_health_of_a_source_is_read(stores: Stores) -> None:
    first = after_success(SourceHealth(name="datadog"), NOON, {"listed": 3})
    second = after_failure(first, NOON + 1, Unavailable("list monitors: status 500"))
    for health in (first, second, SourceHealth(name="cloudwatch")):
        stores.sources.keep_health(health)

    found = stores.sources.health()

    assert found.keys() == {"datadog", "cloudwatch"}
    assert found["datadog"] == second
    assert (second.state, second.succeeded_at, second.failures) == (SourceState.FAILING, NOON, 1)


def test_a_snapshot_too_large_for_a_row_is_stored_in_parts(rows: Rows) -> None:
    store = DynamoCatalogStore(rows)
    large = _incompressible(6_000)

    store.save_snapshot(large)
    parts = _row_count(rows)
    (found,) = store.load().snapshots
    assert parts > 1
    assert set(found.resources) == set(large.resources)
    assert found.calls == large.calls

    small = replace(large, resources=large.resources[:1])
    store.save_snapshot(small)
    assert (_row_count(rows), store.load().snapshots) == (1, (small,))


def test_a_snapshot_larger_than_a_transaction_is_rejected(rows: Rows) -> None:
    with pytest.raises(TooLarge, match="30000 resources"):
        DynamoCatalogStore(rows).save_snapshot(_incompressible(30_000))


def test_a_source_with_an_invalid_name_is_not_found(rows: Rows) -> None:
    with pytest.raises(NotFound):
        DynamoSourceStore(rows).keep_health(SourceHealth(name="ü"))


def _incompressible(count: int) -> DiscoverySnapshot:
    """Returns resources of about 300 bytes that do not compress."""
    words = [" ".join(stable_id(str(number), str(word)) for word in range(18)) for number in range(count)]
    found = (replace(_resource(number), owner=text) for number, text in enumerate(words))
    return replace(a_snapshot(), resources=tuple(found))


def _row_count(rows: Rows) -> int:
    return sum(1 for _ in rows.query("CATALOG"))
