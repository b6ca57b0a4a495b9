"""Stores the catalog: its declaration, the discovery snapshots and the services that report changes.

All of these are in one partition, so that one query reads the inventory.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.changes import ReportingService
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.adapters.dynamodb.scope_commit import MAX_BODY
from cloudops.catalog.discovered import DiscoverySnapshot
from cloudops.catalog.store import StoredCatalog, StoredCatalogState
from cloudops.core.errors import TooLarge
from cloudops.sources.health import SourceHealth

MAX_SNAPSHOT_ROWS: Final = 50
"""Rows of one snapshot: half of the 100 of a transaction, since the same one deletes the former rows."""
MAX_SNAPSHOT_BYTES: Final = 3_500_000
"""Packed bytes of one snapshot; a transaction takes 4 MB."""


class DynamoCatalogStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def load(self) -> StoredCatalogState:
        catalog: StoredCatalog | None = None
        snapshots: list[DiscoverySnapshot] = []
        reporting: set[str] = set()
        with store_errors("read the catalog"):
            for row in self._rows.query(keys.CATALOG, consistent_read=True):
                if row.sk == keys.DECLARATION:
                    catalog = unpack(StoredCatalog, row.body)
                elif row.sk.startswith(keys.DISCOVERY):
                    snapshots.append(unpack(DiscoverySnapshot, row.body))
                else:
                    reporting.add(unpack(ReportingService, row.body).service)
        return StoredCatalogState(catalog, tuple(_join(snapshots)), frozenset(reporting))

    def save_catalog(self, catalog: StoredCatalog) -> None:
        body = pack(catalog)
        if len(body) > MAX_BODY:
            raise TooLarge(f"catalog: {len(body)} bytes packed are more than {MAX_BODY}", field="services")
        with store_errors("save the catalog"):
            self._rows(*keys.declaration(), body=body).save()

    def save_snapshot(self, snapshot: DiscoverySnapshot) -> None:
        """Replaces the snapshot of one source, account and region in one transaction.

        Raises:
            TooLarge: The snapshot exceeds MAX_SNAPSHOT_ROWS or MAX_SNAPSHOT_BYTES.
        """
        bodies = list(_bodies(snapshot))
        if len(bodies) > MAX_SNAPSHOT_ROWS or sum(map(len, bodies)) > MAX_SNAPSHOT_BYTES:
            raise TooLarge(
                f"snapshot of {snapshot.source}: {len(snapshot.resources)} resources do not fit one write"
            )
        operation = f"save the snapshot of {snapshot.source}"
        with store_errors(operation):
            start = keys.discovery(snapshot.place).sk
            stored = {row.sk for row in self._rows.query(keys.CATALOG, Row.sk.startswith(start[:-2]))}
        rows = [
            self._rows(*keys.discovery(snapshot.place, part), body=body) for part, body in enumerate(bodies)
        ]
        with store_errors(operation), self._rows.transaction() as write:
            for row in rows:
                write.save(row)
            for former in stored - {row.sk for row in rows}:
                write.delete(self._rows(keys.CATALOG, former))


def _bodies(snapshot: DiscoverySnapshot) -> Iterator[bytes]:
    """Yields the packed snapshot, halved until each part fits a row."""
    body = pack(snapshot)
    if len(body) <= MAX_BODY or len(snapshot.resources) + len(snapshot.calls) < 2:
        yield body
        return
    half, calls = len(snapshot.resources) // 2, len(snapshot.calls) // 2
    yield from _bodies(replace(snapshot, resources=snapshot.resources[:half], calls=snapshot.calls[:calls]))
    yield from _bodies(replace(snapshot, resources=snapshot.resources[half:], calls=snapshot.calls[calls:]))


def _join(parts: list[DiscoverySnapshot]) -> Iterator[DiscoverySnapshot]:
    """Yields the snapshots, each joined from its parts."""
    by_place: dict[tuple[str, str, str], DiscoverySnapshot] = {}
    for part in parts:
        joined = by_place.get(part.place)
        by_place[part.place] = (
            part
            if joined is None
            else replace(joined, resources=joined.resources + part.resources, calls=joined.calls + part.calls)
        )
    yield from by_place.values()


class DynamoSourceStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def health(self) -> dict[str, SourceHealth]:
        with store_errors("read the sources"):
            sources = [unpack(SourceHealth, row.body) for row in self._rows.query(keys.SOURCES_PARTITION)]
        return {source.name: source for source in sources}

    def keep_health(self, health: SourceHealth) -> None:
        with store_errors(f"save the health of {health.name}"):
            self._rows(*keys.source(health.name), body=pack(health)).save()
