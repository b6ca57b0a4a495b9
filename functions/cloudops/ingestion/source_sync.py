"""Syncs sources: discovery first, then polling of alerts; and shows the health of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from cloudops.catalog.discovery import DiscoverServices
from cloudops.catalog.service import CachedInventory
from cloudops.core.errors import BadInput, NotFound
from cloudops.core.ids import IncidentId
from cloudops.core.time import EpochMillis
from cloudops.ingestion.polling import PollSources
from cloudops.sources.health import (
    SOURCES,
    SourceHealth,
    SourceKind,
    SourceStore,
    SourceSync,
    SyncResult,
    health_at,
)


@dataclass(frozen=True, slots=True)
class Source:
    kind: SourceKind
    health: SourceHealth


@dataclass(frozen=True, slots=True)
class Asked:
    """A source after a sync; `finished` is False if the sync continues after the caller's time is up."""

    source: Source
    finished: bool
    incident_ids: tuple[IncidentId, ...] = ()


class SourceService:
    """The sources as an operator sees and syncs them."""

    def __init__(self, store: SourceStore, source_sync: SourceSync, inventory: CachedInventory) -> None:
        self._store = store
        self._source_sync = source_sync
        self._inventory = inventory

    def all(self, now: EpochMillis) -> tuple[Source, ...]:
        """Returns all sources with their health now, also those that were never polled."""
        stored = self._store.health()
        return tuple(
            Source(kind, health_at(stored.get(name, SourceHealth(name=name)), kind, now))
            for name, kind in SOURCES.items()
        )

    def sync(self, name: str, now: EpochMillis) -> Asked:
        """Syncs one source and returns its health; raises NotFound for an unknown name."""
        if name not in SOURCES:
            raise NotFound(f"source {name[:100]!r}: not found; there are {', '.join(SOURCES)}")
        done = self._source_sync.sync((name,), now)
        self._inventory.expire()
        if done is None:
            health = self._store.health().get(name, SourceHealth(name=name))
            return Asked(Source(SOURCES[name], health), finished=False)
        return Asked(Source(SOURCES[name], done.health[0]), finished=True, incident_ids=done.incident_ids)


class SyncSources:
    """Syncs sources by name."""

    def __init__(self, pull: PollSources, discover: DiscoverServices) -> None:
        self._pull = pull
        self._discover = discover

    def sync(self, names: Sequence[str], now: EpochMillis) -> SyncResult:
        """Discovers services first, so that polled alerts are attributed by them; raises BadInput for an
        unknown name."""
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
            parked_incidents=self._pull.parked_incidents(),
        )
