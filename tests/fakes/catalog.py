"""Stores of the catalog, of changes and of source health in memory."""

from collections.abc import Sequence

from cloudops.catalog.discovered import DiscoverySnapshot
from cloudops.catalog.store import StoredCatalog, StoredCatalogState
from cloudops.changes.change import Change
from cloudops.changes.store import MAX_CHANGES
from cloudops.core.time import EpochMillis
from cloudops.sources.health import SourceHealth


class MemoryChangeStore:
    def __init__(self) -> None:
        self._changes_by_id: dict[tuple[str, str], Change] = {}

    def record(self, changes: Sequence[Change]) -> None:
        self._changes_by_id.update(((change.id, change.state), change) for change in changes)

    def since(self, at: EpochMillis, until: EpochMillis | None = None) -> tuple[Change, ...]:
        found = sorted(
            (
                one
                for one in self._changes_by_id.values()
                if at <= one.at and (until is None or one.at <= until)
            ),
            key=lambda one: (one.at, one.id, one.state),
            reverse=True,
        )
        return tuple(found[:MAX_CHANGES])

    @property
    def reporting(self) -> frozenset[str]:
        return frozenset(one.service for one in self._changes_by_id.values() if one.service)


class MemoryCatalogStore:
    """Stores the catalog; `loads` counts the calls of `load`."""

    def __init__(self, changes: MemoryChangeStore | None = None) -> None:
        self._changes = changes or MemoryChangeStore()
        self._catalog: StoredCatalog | None = None
        self._snapshots: dict[tuple[str, str, str], DiscoverySnapshot] = {}
        self.loads = 0

    def load(self) -> StoredCatalogState:
        self.loads += 1
        return StoredCatalogState(self._catalog, tuple(self._snapshots.values()), self._changes.reporting)

    def save_catalog(self, catalog: StoredCatalog) -> None:
        self._catalog = catalog

    def save_snapshot(self, snapshot: DiscoverySnapshot) -> None:
        self._snapshots[snapshot.place] = snapshot


class MemorySourceStore:
    def __init__(self) -> None:
        self._health: dict[str, SourceHealth] = {}

    def health(self) -> dict[str, SourceHealth]:
        return dict(self._health)

    def keep_health(self, health: SourceHealth) -> None:
        self._health[health.name] = health
