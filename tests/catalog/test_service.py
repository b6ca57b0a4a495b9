"""The cached inventory: age, failures, and the choice between a person's and the deployed catalog."""

import pytest

from cloudops.alerts.alert import Scope
from cloudops.catalog.declaration import Catalog, Limits, parse_catalog
from cloudops.catalog.service import (
    CATALOG_MAX_AGE_SECONDS,
    CachedInventory,
    CatalogOrigin,
    Deployed,
    view_of,
)
from cloudops.catalog.store import StoredCatalog, StoredCatalogState
from cloudops.core.errors import Unavailable
from tests.fakes.catalog import MemoryCatalogStore

ACCOUNT = "111122223333"


def catalog(*services: str, environment: str = "prod") -> Catalog:
    """Returns a catalog of ECS services, each named after itself, with a step of at most two tasks."""
    defaults = {"account": ACCOUNT, "region": "eu-west-1", "environment": environment}
    return parse_catalog(
        {
            "defaults": defaults,
            "services": {
                name: {
                    "limits": {"maxStep": 2},
                    "targets": [{"platform": "ecs", "name": name, "cluster": "shop"}],
                }
                for name in services
            },
        }
    )


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class FailingStore(MemoryCatalogStore):
    def __init__(self) -> None:
        super().__init__()
        self.down = False

    def load(self) -> StoredCatalogState:
        if self.down:
            raise Unavailable("the table does not answer")
        return super().load()


def put(store: MemoryCatalogStore, stored: Catalog, over: str = "") -> None:
    store.save_catalog(StoredCatalog(catalog=stored, person="jane", at=1, over=over))


def test_the_inventory_is_read_once_in_thirty_seconds() -> None:
    store, clock = MemoryCatalogStore(), Clock()
    reader = CachedInventory(store, Deployed(), clock)
    for clock.seconds in (0.0, 1.0, CATALOG_MAX_AGE_SECONDS - 1):
        reader.current()
    assert store.loads == 1
    clock.seconds = CATALOG_MAX_AGE_SECONDS
    reader.current()
    assert store.loads == 2


def test_a_stored_catalog_is_visible_after_expire() -> None:
    store, clock = MemoryCatalogStore(), Clock()
    reader = CachedInventory(store, Deployed(), clock)
    reader.current()
    put(store, catalog("checkout"))
    assert not reader.current().inventory.services
    reader.expire()
    assert list(reader.current().inventory.services) == ["checkout"]


def test_the_cached_inventory_is_used_while_the_store_is_down() -> None:
    store, clock = FailingStore(), Clock()
    put(store, catalog("checkout"))
    reader = CachedInventory(store, Deployed(), clock)
    reader.current()
    store.down, clock.seconds = True, CATALOG_MAX_AGE_SECONDS
    assert list(reader.current().inventory.services) == ["checkout"]


def test_the_deployed_catalog_is_used_if_the_store_was_never_read() -> None:
    store = FailingStore()
    store.down = True
    reader = CachedInventory(store, Deployed(catalog("search"), "mark"), Clock())
    assert list(reader.current().inventory.services) == ["search"]


def test_a_fresh_read_raises_while_the_store_is_down() -> None:
    store = FailingStore()
    store.down = True
    with pytest.raises(Unavailable):
        CachedInventory(store, Deployed(), Clock()).fresh()


def test_a_persons_catalog_is_used_until_another_is_deployed() -> None:
    stored = StoredCatalog(catalog=catalog("mine"), person="jane", at=1, over="first")
    known = StoredCatalogState(stored)

    unchanged = view_of(known, Deployed(catalog("theirs"), "first"))
    assert (list(unchanged.catalog.services), unchanged.origin) == (["mine"], CatalogOrigin.PERSON)
    other = view_of(known, Deployed(catalog("theirs"), "second"))
    assert (list(other.catalog.services), other.origin) == (["theirs"], CatalogOrigin.DEPLOYMENT)
    without = view_of(known, Deployed())
    assert without.origin is CatalogOrigin.PERSON


def test_the_targets_of_a_service_are_those_of_the_scope_with_their_limits() -> None:
    store = MemoryCatalogStore()
    put(store, catalog("checkout"))
    reader = CachedInventory(store, Deployed(), Clock())

    (here,) = reader.targets("Checkout", Scope(ACCOUNT, "prod", "eu-west-1"))
    assert (here.target.name, here.limits) == ("checkout", Limits(max_step=2))
    assert reader.targets("checkout", Scope(ACCOUNT, "staging", "eu-west-1")) == ()
    assert reader.targets("checkout", Scope("444455556666", "prod", "eu-west-1")) == ()
    assert reader.targets("unknown", Scope(ACCOUNT, "prod", "eu-west-1")) == ()


def test_a_scope_without_an_account_matches_any() -> None:
    store = MemoryCatalogStore()
    put(store, catalog("checkout"))
    reader = CachedInventory(store, Deployed(), Clock())
    assert len(reader.targets("checkout", Scope("", "prod", ""))) == 1
