"""Asks each discovery source which services run where and call whom, and stores the answers."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from cloudops.catalog.discovered import DiscoverySnapshot, merge_snapshot
from cloudops.catalog.store import CatalogStore
from cloudops.core.errors import CloudOpsError
from cloudops.core.time import EpochMillis
from cloudops.sources.health import SourceHealth, SourceStore, after_failure, after_success


class DiscoverySource(Protocol):
    @property
    def name(self) -> str: ...

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        """Returns all of one place. Raises CloudOpsError if any part could not be read."""
        ...


class DiscoverServices:
    def __init__(
        self, discovery_sources: Sequence[DiscoverySource], inventory: CatalogStore, health: SourceStore
    ) -> None:
        self._discovery_sources: Mapping[str, DiscoverySource] = {
            discovery_source.name: discovery_source for discovery_source in discovery_sources
        }
        self._inventory = inventory
        self._health = health

    def refresh(self, names: Sequence[str], now: EpochMillis) -> list[SourceHealth]:
        """Returns the health of each named source, in order. A failed source keeps its former snapshot."""
        if not names:
            return []
        before = self._health.health()
        snapshots = {stored.place: stored for stored in self._inventory.load().snapshots}
        return [
            self._sync(
                self._discovery_sources[name], before.get(name, SourceHealth(name=name)), snapshots, now
            )
            for name in names
        ]

    def _sync(
        self,
        discovery_source: DiscoverySource,
        before: SourceHealth,
        snapshots: Mapping[tuple[str, str, str], DiscoverySnapshot],
        now: EpochMillis,
    ) -> SourceHealth:
        try:
            snapshot = discovery_source.discover(now)
            self._inventory.save_snapshot(merge_snapshot(snapshots.get(snapshot.place), snapshot))
        except CloudOpsError as error:
            health = after_failure(before, now, error)
        else:
            counts = {"targets": len(snapshot.resources), "calls": len(snapshot.calls)}
            health = after_success(before, now, counts)
        self._health.keep_health(health)
        return health
