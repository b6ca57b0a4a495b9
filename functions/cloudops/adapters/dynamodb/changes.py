"""Stores changes and lists them by time.

Each state of a change is a row of its own, so that a report is written without a read.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Final

import msgspec

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.changes.change import Change
from cloudops.changes.store import MAX_CHANGES
from cloudops.core.ids import stable_id
from cloudops.core.time import DAY, SECOND, EpochMillis

CHANGE_RETENTION_SECONDS: Final = 30 * DAY // SECOND
"""How long a change is stored, and how long a service counts as one that reports its changes."""


class ReportingService(msgspec.Struct, frozen=True):
    """A service that has reported a change."""

    service: str


class DynamoChangeStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def record(self, changes: Sequence[Change]) -> None:
        """Stores the changes, and each of their services as one that reports changes; 25 rows a request."""
        rows = {(row.pk, row.sk): row for change in changes for row in self._rows_of(change)}
        if not rows:
            return
        with store_errors(f"record {len(changes)} changes"), self._rows.batch_write() as batch:
            for row in rows.values():
                batch.save(row)

    def since(self, at: EpochMillis, until: EpochMillis | None = None) -> tuple[Change, ...]:
        start = keys.opened(at, "")
        period = (
            Row.opened >= start if until is None else Row.opened.between(start, keys.opened(until + 1, ""))
        )
        with store_errors("read the changes"):
            rows = self._rows.feed_index.query(
                keys.CHANGES,
                period,
                scan_index_forward=False,
                page_size=MAX_CHANGES,
            )
            return tuple(unpack(Change, row.body) for row in islice(rows, MAX_CHANGES))

    def _rows_of(self, change: Change) -> list[Row]:
        expires = change.at // SECOND + CHANGE_RETENTION_SECONDS
        state = self._rows(
            *keys.change(change.id, change.state),
            body=pack(change),
            feed=keys.CHANGES,
            opened=keys.opened(change.at, stable_id(change.id, change.state)),
            expires=expires,
        )
        if not change.service:
            return [state]
        return [
            state,
            self._rows(
                *keys.change_source(change.service),
                body=pack(ReportingService(change.service)),
                expires=expires,
            ),
        ]
