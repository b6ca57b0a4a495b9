"""The inventory: one partition of the catalog, the snapshots, and the services that tell of their changes."""

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

MAX_PARTS: Final = 50
"""Rows of one snapshot, 390 KB each: of the 100 and 4 MB of a transaction, half is for former parts."""
MAX_SURVEY: Final = 3_500_000
"""Bytes."""


class DynamoCatalogStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def load(self) -> StoredCatalogState:
        kept: StoredCatalog | None = None
        snapshots: list[DiscoverySnapshot] = []
        reporting: set[str] = set()
        with store_errors("read the catalog"):
            for row in self._rows.query(keys.CATALOG, consistent_read=True):
                if row.sk == keys.DECLARATION:
                    kept = unpack(StoredCatalog, row.body)
                elif row.sk.startswith(keys.DISCOVERY):
                    snapshots.append(unpack(DiscoverySnapshot, row.body))
                else:
                    reporting.add(unpack(ReportingService, row.body).service)
        return StoredCatalogState(kept, tuple(_whole(snapshots)), frozenset(reporting))

    def save_catalog(self, kept: StoredCatalog) -> None:
        body = pack(kept)
        if len(body) > MAX_BODY:
            raise TooLarge(f"catalog: {len(body)} bytes packed are more than {MAX_BODY}", field="services")
        with store_errors("keep the catalog"):
            self._rows(*keys.declaration(), body=body).save()

    def save_snapshot(self, snapshot: DiscoverySnapshot) -> None:
        bodies = list(_bodies(snapshot))
        if len(bodies) > MAX_PARTS or sum(map(len, bodies)) > MAX_SURVEY:
            raise TooLarge(
                f"snapshot of {snapshot.source}: {len(snapshot.resources)} things do not fit one write"
            )
        doing = f"keep the snapshot of {snapshot.source}"
        with store_errors(doing):
            start = keys.discovery(snapshot.place).sk
            held = {row.sk for row in self._rows.query(keys.CATALOG, Row.sk.startswith(start[:-2]))}
        rows = [
            self._rows(*keys.discovery(snapshot.place, part), body=body) for part, body in enumerate(bodies)
        ]
        with store_errors(doing), self._rows.transaction() as write:
            for row in rows:
                write.save(row)
            for former in held - {row.sk for row in rows}:
                write.delete(self._rows(keys.CATALOG, former))


def _bodies(snapshot: DiscoverySnapshot) -> Iterator[bytes]:
    """The snapshot packed, halved as often as it takes for each part to fit a row."""
    body = pack(snapshot)
    if len(body) <= MAX_BODY or len(snapshot.resources) + len(snapshot.calls) < 2:
        yield body
        return
    half, calls = len(snapshot.resources) // 2, len(snapshot.calls) // 2
    yield from _bodies(replace(snapshot, resources=snapshot.resources[:half], calls=snapshot.calls[:calls]))
    yield from _bodies(replace(snapshot, resources=snapshot.resources[half:], calls=snapshot.calls[calls:]))


def _whole(parts: list[DiscoverySnapshot]) -> Iterator[DiscoverySnapshot]:
    """The snapshots, each put together from its parts."""
    by_place: dict[tuple[str, str, str], DiscoverySnapshot] = {}
    for part in parts:
        held = by_place.get(part.place)
        by_place[part.place] = (
            part
            if held is None
            else replace(held, resources=held.resources + part.resources, calls=held.calls + part.calls)
        )
    yield from by_place.values()


class DynamoSourceStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def health(self) -> dict[str, SourceHealth]:
        with store_errors("read the sources"):
            found = [unpack(SourceHealth, row.body) for row in self._rows.query(keys.SOURCES)]
        return {one.name: one for one in found}

    def keep_health(self, health: SourceHealth) -> None:
        with store_errors(f"keep the health of {health.name}"):
            self._rows(*keys.source(health.name), body=pack(health)).save()
