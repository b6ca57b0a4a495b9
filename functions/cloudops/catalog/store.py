"""What is stored of the catalog: a person's declaration, and one snapshot a discovery source and place."""

from typing import Protocol

import msgspec

from cloudops.catalog.declaration import Catalog
from cloudops.catalog.discovered import DiscoverySnapshot
from cloudops.core.time import EpochMillis


class StoredCatalog(msgspec.Struct, frozen=True, kw_only=True):
    """A catalog that a person put; `over` is the mark of the deployed catalog that it replaced."""

    catalog: Catalog
    person: str
    at: EpochMillis
    over: str = ""


class StoredCatalogState(msgspec.Struct, frozen=True):
    """Everything that is stored of the catalog; `reporting` are services that reported a change lately."""

    kept: StoredCatalog | None = None
    snapshots: tuple[DiscoverySnapshot, ...] = ()
    reporting: frozenset[str] = frozenset()


class CatalogStore(Protocol):
    def load(self) -> StoredCatalogState:
        """Returns everything that is stored; one request a megabyte."""
        ...

    def save_catalog(self, kept: StoredCatalog) -> None:
        """Replaces the stored catalog. Raises TooLarge if it does not fit into an item."""
        ...

    def save_snapshot(self, snapshot: DiscoverySnapshot) -> None:
        """Replaces the snapshot of the same place, atomically."""
        ...
