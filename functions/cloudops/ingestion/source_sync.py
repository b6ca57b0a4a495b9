"""Shows how the sources do that are asked, and asks one of them now."""

from collections.abc import Sequence
from dataclasses import dataclass

from cloudops.catalog.discovery import DiscoverServices
from cloudops.catalog.service import CachedInventory
from cloudops.core.errors import BadInput, NotFound
from cloudops.core.ids import IncidentId
from cloudops.core.time import EpochMillis
from cloudops.ingestion.polling import PollSources
from cloudops.sources.health import SOURCES, SourceHealth, SourceKind, SourceStore, SourceSync, SyncResult


@dataclass(frozen=True, slots=True)
class Source:
    kind: SourceKind
    health: SourceHealth


@dataclass(frozen=True, slots=True)
class Asked:
    """`finished` is False where it goes on longer than the caller could wait."""

    source: Source
    finished: bool
    incident_ids: tuple[IncidentId, ...] = ()


class SourceService:
    def __init__(self, store: SourceStore, source_sync: SourceSync, inventory: CachedInventory) -> None:
        self._store = store
        self._source_sync = source_sync
        self._estate = inventory

    def all(self) -> tuple[Source, ...]:
        """Every source that there is, asked before or not."""
        held = self._store.health()
        return tuple(Source(kind, held.get(name, SourceHealth(name=name))) for name, kind in SOURCES.items())

    def sync(self, name: str, now: EpochMillis) -> Asked:
        """Its health after it was asked; NotFound names a source that there is not."""
        if name not in SOURCES:
            raise NotFound(f"source {name[:100]!r}: not found; there are {', '.join(SOURCES)}")
        done = self._source_sync.sync((name,), now)
        self._estate.expire()
        if done is None:
            health = self._store.health().get(name, SourceHealth(name=name))
            return Asked(Source(SOURCES[name], health), finished=False)
        return Asked(Source(SOURCES[name], done.health[0]), finished=True, incident_ids=done.incident_ids)


class SyncSources:
    def __init__(self, pull: PollSources, discover: DiscoverServices) -> None:
        self._pull = pull
        self._discover = discover

    def sync(self, names: Sequence[str], now: EpochMillis) -> SyncResult:
        """What there is to know comes first, so that the alerts are placed by it. BadInput names a source
        that there is not."""
        for name in names:
            if name not in SOURCES:
                raise BadInput(f"source {name!r}: there is none; there are {', '.join(SOURCES)}")
        listed_by = self._discover.refresh(
            [name for name in names if SOURCES[name] is SourceKind.DISCOVERY], now
        )
        pulled = self._pull.poll([name for name in names if SOURCES[name] is SourceKind.ALERTS], now)
        ids = dict.fromkeys(one for result in pulled for one in result.incident_ids)
        return SyncResult(
            health=(*(result.health for result in pulled), *listed_by),
            incident_ids=tuple(ids),
            accepted=sum(result.accepted for result in pulled),
        )
