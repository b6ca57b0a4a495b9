"""Serves the current inventory: the declared catalog over the discovery snapshots, cached for a while."""

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

CATALOG_MAX_AGE_SECONDS: Final = 30.0
"""Seconds for which one process caches the inventory: one request in that time, whatever arrives."""


class Deployed(NamedTuple):
    """The catalog that was deployed with the code; `mark` identifies its content, and is "" without one."""

    catalog: Catalog = Catalog()
    mark: str = ""


class CatalogOrigin(StrEnum):
    """Whose catalog is in force: that of the deployment, or that of a person."""

    DEPLOYMENT = "deployment"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class InventorySnapshot:
    """The inventory with all that is derived from it.

    `kept` is the catalog that a person put, even if a later deployment replaced it. `reporting` are the
    services that reported a change lately.
    """

    inventory: ServiceInventory
    matcher: ServiceMatcher
    catalog: Catalog
    origin: CatalogOrigin
    kept: StoredCatalog | None
    reporting: frozenset[str]


class CachedInventory:
    """Caches the inventory. `seconds` is a monotonic clock, in seconds."""

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

    def current(self) -> InventorySnapshot:
        """Returns an inventory at most CATALOG_MAX_AGE_SECONDS old, or the last if the store is down."""
        if self._seconds() >= self._until:
            self._until = self._seconds() + CATALOG_MAX_AGE_SECONDS
            try:
                return self.fresh()
            except CloudOpsError:
                return self._view
        return self._view

    def fresh(self) -> InventorySnapshot:
        """Returns the inventory as stored now. Raises CloudOpsError if the store cannot be read."""
        known = self._store.load()
        if known != self._known:
            self._view, self._known = view_of(known, self._deployed), known
        self._until = self._seconds() + CATALOG_MAX_AGE_SECONDS
        return self._view

    def expire(self) -> None:
        """Drops the cache: the next call reads the store."""
        self._until = float("-inf")

    def targets(self, service: str, scope: Scope) -> tuple[ResolvedTarget, ...]:
        """Returns the targets of a service or alias in this scope, the declared ones first.

        Reads the store, not the cache: actions are planned on the answer.
        """
        return self.fresh().inventory.targets(service, scope)


def view_of(known: StoredCatalogState, deployed: Deployed) -> InventorySnapshot:
    """Builds the inventory. A person's catalog is in force until a deployment brings a different one."""
    kept = known.kept
    in_force = kept is not None and (not deployed.mark or kept.over == deployed.mark)
    catalog = kept.catalog if kept is not None and in_force else deployed.catalog
    inventory = ServiceInventory(catalog, known.snapshots)
    origin = CatalogOrigin.PERSON if in_force else CatalogOrigin.DEPLOYMENT
    return InventorySnapshot(inventory, ServiceMatcher(inventory), catalog, origin, kept, known.reporting)


class CatalogService:
    """Shows and replaces the declared catalog."""

    def __init__(self, store: CatalogStore, reader: CachedInventory) -> None:
        self._store = store
        self._reader = reader

    def show(self) -> InventorySnapshot:
        return self._reader.fresh()

    def put(self, tree: object, person: str, now: EpochMillis) -> InventorySnapshot:
        """Replaces the catalog of this deployment.

        Args:
            tree: The parsed document, `{"defaults": {...}, "services": {...}}`.
            person: Name of the caller.

        Raises:
            BadInput: The document is invalid; names each path, and nothing is stored.
        """
        kept = StoredCatalog(
            catalog=parse_catalog(tree), person=person, at=now, over=self._reader.deployed_mark
        )
        self._store.save_catalog(kept)
        return self._reader.fresh()
