"""The inventory as flows see it: cached, resilient, and what a person put against what was deployed."""

import pytest

from cloudops.alerts.alert import Scope
from cloudops.catalog.declaration import Catalog, Limits, parse_catalog
from cloudops.catalog.service import MAX_AGE_SECONDS, CachedInventory, CatalogOrigin, Deployed, view_of
from cloudops.catalog.store import StoredCatalog, StoredCatalogState
from cloudops.core.errors import Unavailable
from tests.fakes.catalog import MemoryCatalogStore

ACCOUNT = "111122223333"


def catalog(*services: str, environment: str = "prod") -> Catalog:
    """Each an ECS service of its own name in the cluster shop, of which at most two tasks move at once."""
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


def put(store: MemoryCatalogStore, kept: Catalog, over: str = "") -> None:
    store.save_catalog(StoredCatalog(catalog=kept, person="jane", at=1, over=over))


def test_the_estate_is_read_once_in_thirty_seconds() -> None:
    store, clock = MemoryCatalogStore(), Clock()
    reader = CachedInventory(store, Deployed(), clock)
    for clock.seconds in (0.0, 1.0, MAX_AGE_SECONDS - 1):
        reader.current()
    assert store.loads == 1
    clock.seconds = MAX_AGE_SECONDS
    reader.current()
    assert store.loads == 2


def test_what_somebody_put_is_seen_once_the_reading_has_aged_or_is_called_stale() -> None:
    store, clock = MemoryCatalogStore(), Clock()
    reader = CachedInventory(store, Deployed(), clock)
    reader.current()
    put(store, catalog("checkout"))
    assert not reader.current().inventory.services
    reader.expire()
    assert list(reader.current().inventory.services) == ["checkout"]


def test_an_estate_that_cannot_be_read_is_believed_as_it_was() -> None:
    store, clock = FailingStore(), Clock()
    put(store, catalog("checkout"))
    reader = CachedInventory(store, Deployed(), clock)
    reader.current()
    store.down, clock.seconds = True, MAX_AGE_SECONDS
    assert list(reader.current().inventory.services) == ["checkout"]


def test_one_that_was_never_read_is_the_deployed_one() -> None:
    store = FailingStore()
    store.down = True
    reader = CachedInventory(store, Deployed(catalog("search"), "mark"), Clock())
    assert list(reader.current().inventory.services) == ["search"]


def test_whoever_asks_for_what_is_true_now_hears_that_it_cannot_be_read() -> None:
    store = FailingStore()
    store.down = True
    with pytest.raises(Unavailable):
        CachedInventory(store, Deployed(), Clock()).fresh()


def test_what_a_person_put_stands_until_another_catalog_is_deployed() -> None:
    kept = StoredCatalog(catalog=catalog("mine"), person="jane", at=1, over="first")
    known = StoredCatalogState(kept)

    same = view_of(known, Deployed(catalog("theirs"), "first"))
    assert (list(same.catalog.services), same.origin) == (["mine"], CatalogOrigin.PERSON)
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
    assert reader.targets("nobody", Scope(ACCOUNT, "prod", "eu-west-1")) == ()


def test_a_scope_that_does_not_tell_its_account_may_be_in_any() -> None:
    store = MemoryCatalogStore()
    put(store, catalog("checkout"))
    reader = CachedInventory(store, Deployed(), Clock())
    assert len(reader.targets("checkout", Scope("", "prod", ""))) == 1
