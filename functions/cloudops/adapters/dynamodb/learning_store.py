"""Stores the confidence snapshot that recompute publishes, in one or more rows, and one row per day for
charts."""

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

CHUNK_BYTES: Final = 380 * 1024
"""Bytes of the snapshot in one row, about 9,000 cells; DynamoDB takes 400 KB."""
DAY_RETENTION_SECONDS: Final = 400 * DAY // SECOND
"""How long a day of the chart is stored: a little more than a year."""


class _Head(msgspec.Struct, frozen=True):
    """The first chunk of the snapshot, and the digest that is part of the other chunks' keys."""

    mark: str
    parts: int
    chunk: bytes


def read_learned(rows: Rows) -> ConfidenceSnapshot | None:
    """Returns the published snapshot or None; one request if it fits one row, else two.

    Raises:
        Unavailable: The snapshot was replaced between the two requests.
    """
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
    """Publishes a snapshot unless it is stored already or is older; returns whether it did.

    Writes the head last, so that readers see either the former snapshot or the whole new one.
    """
    mark = learned.mark
    with store_errors("read the learned levels"):
        row = rows.find(keys.confidence())
    if row is not None and unpack(_Head, row.body).mark == mark:
        return False
    body = pack(learned)
    chunks = [body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES)]
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
    """Lets the parts of the former snapshot expire after a day: readers of its head still need them."""
    with store_errors("expire the former levels"):
        for part in range(1, head.parts):
            former = rows(*keys.confidence(head.mark, part))
            former.update(actions=[Row.expires.set((at + DAY) // SECOND)], condition=Row.pk.exists())


def keep_day(rows: Rows, day: Day) -> None:
    """Stores a day of the chart, in the place of an earlier version."""
    expires = int(datetime.fromisoformat(day.date).replace(tzinfo=UTC).timestamp()) + DAY_RETENTION_SECONDS
    with store_errors(f"save the day {day.date}"):
        rows(*keys.day(day.date), body=pack(day), expires=expires).save()


def read_days(rows: Rows, since: str) -> tuple[Day, ...]:
    """Returns the days from `since` (YYYY-MM-DD) on, oldest first; one request per megabyte."""
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
