"""What the flows around the inventory ask of the store."""

from typing import Protocol

import msgspec

from cloudops.catalog.declaration import Catalog
from cloudops.catalog.discovered import DiscoverySnapshot
from cloudops.core.time import EpochMillis


class StoredCatalog(msgspec.Struct, frozen=True, kw_only=True):
    """A catalog that a person put here; `over` is the mark of the deployed one that it stands before."""

    catalog: Catalog
    person: str
    at: EpochMillis
    over: str = ""


class StoredCatalogState(msgspec.Struct, frozen=True):
    """All that the store keeps of the inventory; `telling` are the services that told of a change lately."""

    kept: StoredCatalog | None = None
    snapshots: tuple[DiscoverySnapshot, ...] = ()
    telling: frozenset[str] = frozenset()


class CatalogStore(Protocol):
    def load(self) -> StoredCatalogState:
        """One request a megabyte."""
        ...

    def save_catalog(self, kept: StoredCatalog) -> None:
        """In the place of the one before; TooLarge where it does not fit."""
        ...

    def save_snapshot(self, snapshot: DiscoverySnapshot) -> None:
        """In the place of the one of the same source and place, at once or not at all."""
        ...
