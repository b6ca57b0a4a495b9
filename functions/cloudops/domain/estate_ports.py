"""What the flows around the estate ask of the store."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from cloudops.domain.alert import Instant
from cloudops.domain.catalogue import Catalogue
from cloudops.domain.changes import Change
from cloudops.domain.sources import SourceHealth
from cloudops.domain.survey import Survey


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


class ChangeStore(Protocol):
    def record(self, changes: Sequence[Change]) -> None:
        """Keep these states of changes; one told again overwrites itself."""
        ...

    def since(self, at: Instant, until: Instant | None = None) -> tuple[Change, ...]:
        """The states that began then or later, and by `until` where it is given, newest first, and at most
        MAX_CHANGES."""
        ...


class SourceStore(Protocol):
    def health(self) -> dict[str, SourceHealth]:
        """By name, of the sources that were asked at least once."""
        ...

    def keep_health(self, health: SourceHealth) -> None: ...


MAX_CHANGES = 500
"""States of changes that are looked at together: an hour of a busy company."""
