"""Shows how the sources do that are asked, and asks one of them now."""

from dataclasses import dataclass

from cloudops.domain.alert import Instant
from cloudops.domain.errors import NotFound
from cloudops.domain.estate_ports import SourceStore
from cloudops.domain.sources import SOURCES, SourceHealth, SourceKind, Synchroniser
from cloudops.flows.estate import EstateReader


@dataclass(frozen=True, slots=True)
class Source:
    kind: SourceKind
    health: SourceHealth


@dataclass(frozen=True, slots=True)
class Asked:
    """`finished` is False where it goes on longer than the caller could wait."""

    source: Source
    finished: bool
    incident_ids: tuple[str, ...] = ()


class SourceDesk:
    def __init__(self, store: SourceStore, synchronise: Synchroniser, estate: EstateReader) -> None:
        self._store = store
        self._synchronise = synchronise
        self._estate = estate

    def all(self) -> tuple[Source, ...]:
        """Every source that there is, asked before or not."""
        held = self._store.health()
        return tuple(Source(kind, held.get(name, SourceHealth(name=name))) for name, kind in SOURCES.items())

    def sync(self, name: str, now: Instant) -> Asked:
        """Its health after it was asked; NotFound names a source that there is not."""
        if name not in SOURCES:
            raise NotFound(f"source {name[:100]!r}: not found; there are {', '.join(SOURCES)}")
        done = self._synchronise((name,), now)
        self._estate.expire()
        if done is None:
            health = self._store.health().get(name, SourceHealth(name=name))
            return Asked(Source(SOURCES[name], health), finished=False)
        return Asked(Source(SOURCES[name], done.health[0]), finished=True, incident_ids=done.incident_ids)
