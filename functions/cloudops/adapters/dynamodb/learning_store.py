"""What recompute publishes: the learned levels in as many rows as they fill, and one row a day for charts."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.learning_cells import read_cells
from cloudops.adapters.dynamodb.learning_log import carry, read_log
from cloudops.adapters.dynamodb.outcomes import due, read_reports, record
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.confidence.observations import Cell
from cloudops.confidence.snapshot import ConfidenceSnapshot
from cloudops.core.errors import Conflict, Unavailable
from cloudops.core.ids import IncidentId
from cloudops.core.time import DAY, SECOND, EpochMillis
from cloudops.incidents.incident import TimelineEntry
from cloudops.learning.outcomes import Reports
from cloudops.learning.store import Day, ImportedCell, Logged

CHUNK: Final = 380 * 1024
"""Bytes of the levels a row: DynamoDB takes 400 KB, some 9,000 cells."""
KEPT_SECONDS: Final = 400 * DAY // SECOND
"""Seconds that a day of the chart is kept: a year and some."""


class _Head(msgspec.Struct, frozen=True):
    """The first chunk, and the mark under which the others lie."""

    mark: str
    parts: int
    chunk: bytes


def read_learned(rows: Rows) -> ConfidenceSnapshot | None:
    """One request where the levels fill one row, else two."""
    with store_errors("read the learned levels"):
        row = rows.find(keys.confidence())
        if row is None:
            return None
        head = unpack(_Head, row.body)
        wanted = [tuple(keys.confidence(head.mark, part)) for part in range(1, head.parts)]
        parts = {one.sk: one.body for one in rows.batch_get(wanted, consistent_read=True)} if wanted else {}
    if len(parts) != len(wanted):
        raise Unavailable("read the learned levels: they were replaced meanwhile")
    return unpack(ConfidenceSnapshot, head.chunk + b"".join(parts[sk] for _, sk in wanted))


def publish(rows: Rows, learned: ConfidenceSnapshot, at: EpochMillis) -> bool:
    """The other parts first, under a mark of their own, and then the head that leads to them."""
    mark = learned.mark
    with store_errors("read the learned levels"):
        row = rows.find(keys.confidence())
    if row is not None and unpack(_Head, row.body).mark == mark:
        return False
    body = pack(learned)
    chunks = [body[start : start + CHUNK] for start in range(0, len(body), CHUNK)]
    if row is not None:
        _expire(rows, unpack(_Head, row.body), at)
    with store_errors("publish the learned levels"):
        for part, chunk in enumerate(chunks[1:], start=1):
            rows(*keys.confidence(mark, part), body=chunk).save()
    head = rows(*keys.confidence(), body=pack(_Head(mark, len(chunks), chunks[0])), version=at)
    try:
        with store_errors("publish the learned levels"):
            head.save(condition=Row.pk.does_not_exist() | (Row.version <= at))
    except Conflict:
        return False
    return True


def _expire(rows: Rows, head: _Head, at: EpochMillis) -> None:
    """Parts that nobody is led to any more go after a day, when nobody reads them any more either."""
    with store_errors("expire the former levels"):
        for part in range(1, head.parts):
            former = rows(*keys.confidence(head.mark, part))
            former.update(actions=[Row.expires.set((at + DAY) // SECOND)], condition=Row.pk.exists())


def keep_day(rows: Rows, day: Day) -> None:
    ends = int(datetime.fromisoformat(day.date).replace(tzinfo=UTC).timestamp()) + KEPT_SECONDS
    with store_errors(f"keep {day.date}"):
        rows(*keys.day(day.date), body=pack(day), expires=ends).save()


def read_days(rows: Rows, since: str) -> tuple[Day, ...]:
    """One request a megabyte."""
    with store_errors(f"read the days since {since}"):
        start = keys.day(since)
        return tuple(unpack(Day, row.body) for row in rows.query(start.pk, Row.sk >= start.sk))


class DynamoLearningStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def cells(self) -> list[Cell]:
        return read_cells(self._rows)

    def learned(self) -> ConfidenceSnapshot | None:
        return read_learned(self._rows)

    def publish(self, learned: ConfidenceSnapshot, at: EpochMillis) -> bool:
        return publish(self._rows, learned, at)

    def keep_day(self, day: Day) -> None:
        keep_day(self._rows, day)

    def days(self, since: str) -> tuple[Day, ...]:
        return read_days(self._rows, since)

    def reports(self, incident_ids: Collection[IncidentId]) -> dict[IncidentId, Reports]:
        return read_reports(self._rows, incident_ids)

    def record(self, before: Reports, after: Reports, entry: TimelineEntry | None = None) -> None:
        record(self._rows, before, after, entry)

    def due(self, now: EpochMillis) -> list[IncidentId]:
        return due(self._rows, now)

    def log(self) -> tuple[Sequence[Logged], Sequence[ImportedCell]]:
        return read_log(self._rows)

    def carry(self, batch: str, carried: Sequence[ImportedCell], at: EpochMillis) -> int:
        return carry(self._rows, batch, carried, at)
