"""What the flows around the estate ask of the store."""

from typing import Protocol

import msgspec

from cloudops.catalog.declaration import Catalog
from cloudops.catalog.discovered import DiscoverySnapshot
from cloudops.core.time import EpochMillis


class StoredCatalog(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue that a person put here; `over` is the mark of the deployed one that it stands before."""

    catalogue: Catalog
    person: str
    at: EpochMillis
    over: str = ""


class StoredInventory(msgspec.Struct, frozen=True):
    """All that the store keeps of the estate; `telling` are the services that told of a change lately."""

    kept: StoredCatalog | None = None
    surveys: tuple[DiscoverySnapshot, ...] = ()
    telling: frozenset[str] = frozenset()


class EstateStore(Protocol):
    def load(self) -> StoredInventory:
        """One request a megabyte."""
        ...

    def keep_catalogue(self, kept: StoredCatalog) -> None:
        """In the place of the one before; TooLarge where it does not fit."""
        ...

    def keep_survey(self, survey: DiscoverySnapshot) -> None:
        """In the place of the one of the same source and place, at once or not at all."""
        ...
