"""The inventory as it is now: what people declared, over what was found; read again once it has aged."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from cloudops.alerts.alert import Scope
from cloudops.catalog.declaration import Catalog, parse_catalog
from cloudops.catalog.inventory import ResolvedTarget, ServiceInventory
from cloudops.catalog.matching import ServiceMatcher
from cloudops.catalog.store import CatalogStore, StoredCatalog, StoredCatalogState
from cloudops.core.errors import CloudOpsError
from cloudops.core.time import EpochMillis

MAX_AGE_SECONDS: Final = 30.0
"""Seconds that a container believes what it has read: one request in that time, whatever comes in."""


class Deployed(NamedTuple):
    """The catalog that came with the deployment; `mark` names its content, and is empty without one."""

    catalog: Catalog = Catalog()
    mark: str = ""


class CatalogOrigin(StrEnum):
    """Who had the last word on the catalog."""

    DEPLOYMENT = "deployment"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class InventorySnapshot:
    """`kept` is what a person put, whether it stands or a later deployment does."""

    inventory: ServiceInventory
    recognition: ServiceMatcher
    catalog: Catalog
    origin: CatalogOrigin
    kept: StoredCatalog | None
    telling: frozenset[str]


class CachedInventory:
    """`seconds` is a monotonic clock."""

    def __init__(self, store: CatalogStore, deployed: Deployed, seconds: Callable[[], float]) -> None:
        self._store = store
        self._deployed = deployed
        self._seconds = seconds
        self._known = StoredCatalogState()
        self._view = view_of(self._known, deployed)
        self._until = float("-inf")

    @property
    def deployed_mark(self) -> str:
        return self._deployed.mark

    def __call__(self) -> InventorySnapshot:
        """MAX_AGE_SECONDS old at most, or the last one read: an alert does not wait for the catalog."""
        if self._seconds() >= self._until:
            self._until = self._seconds() + MAX_AGE_SECONDS
            try:
                return self.fresh()
            except CloudOpsError:
                return self._view
        return self._view

    def fresh(self) -> InventorySnapshot:
        """As it is now, for whoever has just changed it."""
        known = self._store.load()
        if known != self._known:
            self._view, self._known = view_of(known, self._deployed), known
        self._until = self._seconds() + MAX_AGE_SECONDS
        return self._view

    def expire(self) -> None:
        """Somebody knows that it has changed: the next look reads it."""
        self._until = float("-inf")

    def targets(self, service: str, scope: Scope) -> tuple[ResolvedTarget, ...]:
        """What runs a service, or the service of this alias, in one account, environment and region, each
        with what may be done to it: those that people declared first. Read now: what is decided on them is
        carried out."""
        return self.fresh().inventory.targets(service, scope)


def view_of(known: StoredCatalogState, deployed: Deployed) -> InventorySnapshot:
    """What a person put stands until a deployment brings another catalog than it stood before."""
    kept = known.kept
    stands = kept is not None and (not deployed.mark or kept.over == deployed.mark)
    catalog = kept.catalog if kept is not None and stands else deployed.catalog
    inventory = ServiceInventory(catalog, known.snapshots)
    origin = CatalogOrigin.PERSON if stands else CatalogOrigin.DEPLOYMENT
    return InventorySnapshot(inventory, ServiceMatcher(inventory), catalog, origin, kept, known.telling)


class CatalogService:
    def __init__(self, store: CatalogStore, reader: CachedInventory) -> None:
        self._store = store
        self._reader = reader

    def show(self) -> InventorySnapshot:
        return self._reader.fresh()

    def put(self, tree: object, person: str, now: EpochMillis) -> InventorySnapshot:
        """BadInput tells the paths of what is wrong, and then nothing is kept."""
        kept = StoredCatalog(
            catalog=parse_catalog(tree), person=person, at=now, over=self._reader.deployed_mark
        )
        self._store.save_catalog(kept)
        return self._reader.fresh()
