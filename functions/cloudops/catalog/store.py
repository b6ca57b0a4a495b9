"""What the flows around the estate ask of the store."""

from typing import Protocol

import msgspec

from cloudops.catalog.declaration import Catalogue
from cloudops.catalog.discovered import Survey
from cloudops.core.time import Instant


class KeptCatalogue(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue that a person put here; `over` is the mark of the deployed one that it stands before."""

    catalogue: Catalogue
    person: str
    at: Instant
    over: str = ""


class KnownEstate(msgspec.Struct, frozen=True):
    """All that the store keeps of the estate; `telling` are the services that told of a change lately."""

    kept: KeptCatalogue | None = None
    surveys: tuple[Survey, ...] = ()
    telling: frozenset[str] = frozenset()


class EstateStore(Protocol):
    def load(self) -> KnownEstate:
        """One request a megabyte."""
        ...

    def keep_catalogue(self, kept: KeptCatalogue) -> None:
        """In the place of the one before; TooLarge where it does not fit."""
        ...

    def keep_survey(self, survey: Survey) -> None:
        """In the place of the one of the same source and place, at once or not at all."""
        ...
