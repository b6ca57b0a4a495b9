"""The audit trail, in a partition of its own by sequence number, listed by target and by person too."""

from collections.abc import Iterator
from typing import NamedTuple

from cloudops.adapters.dynamodb import keys, table
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import FeedIndex, LiveIndex, Row, Rows
from cloudops.audit.trail import EMPTY, AuditEntry, AuditPage, AuditQuery, Head, head_of
from cloudops.core.errors import Conflict
from cloudops.core.pagination import decode_cursor, encode_cursor


class DynamoAuditStore:
    """Puts and never changes: what may use the table is denied to update or delete in this partition."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def head(self) -> Head:
        with store_errors("read the end of the audit trail"):
            last = self._rows.query(table.AUDIT, scan_index_forward=False, limit=1, consistent_read=True)
            return next((head_of(_entry(row)) for row in last), EMPTY)

    def put(self, entry: AuditEntry) -> None:
        key = keys.audited(entry.sequence)
        row = self._rows(
            *key,
            body=pack(entry),
            feed=keys.audited_target(entry.target),
            live=keys.audited_actor(entry.actor),
            opened=key.sk,
        )
        try:
            with store_errors(f"append audit entry {entry.sequence}"):
                row.save(condition=Row.pk.does_not_exist())
        except Conflict:
            if self._stored(entry.sequence) != entry:
                raise

    def page(self, query: AuditQuery) -> AuditPage:
        """One query. By target and actor both, it reads what was done to the target and keeps the actor's."""
        before = None if query.cursor is None else decode_cursor(query.cursor, tuple[int])[0]
        with store_errors("list the audit trail"):
            found: list[AuditEntry] = []
            for row in self._newest_first(query, before):
                entry = _entry(row)
                if query.actor not in ("", entry.actor) or query.target not in ("", entry.target):
                    continue
                if len(found) == query.limit:
                    return AuditPage(tuple(found), encode_cursor((found[-1].sequence,)))
                found.append(entry)
        return AuditPage(tuple(found), None)

    def entries(self) -> Iterator[AuditEntry]:
        with store_errors("read the audit trail"):
            for row in self._rows.query(table.AUDIT, consistent_read=True):
                yield _entry(row)

    def _stored(self, sequence: int) -> AuditEntry | None:
        with store_errors(f"read audit entry {sequence}"):
            row = self._rows.find(keys.audited(sequence))
        return _entry(row) if row else None

    def _newest_first(self, query: AuditQuery, before: int | None) -> Iterator[Row]:
        """From the cursor back: what an index holds of a target or an actor, else the whole partition."""
        if query.target:
            index: FeedIndex | LiveIndex = self._rows.feed_index
            where = _Listed(table.FEED_INDEX, keys.audited_target(query.target))
        elif query.actor:
            index, where = self._rows.live_index, _Listed(table.LIVE_INDEX, keys.audited_actor(query.actor))
        else:
            found = self._rows.query(
                table.AUDIT,
                scan_index_forward=False,
                last_evaluated_key=_start(before),
                page_size=query.limit + 1,
            )
            return iter(found)
        listed = index.query(
            where.partition,
            scan_index_forward=False,
            last_evaluated_key=_start(before, where),
            page_size=query.limit + 1,
        )
        return iter(listed)


class _Listed(NamedTuple):
    shape: table.Index
    partition: str


def _start(before: int | None, where: _Listed | None = None) -> dict[str, dict[str, str]] | None:
    """The exclusive start key behind an entry, in the table or in an index; None where the list begins."""
    if before is None:
        return None
    key = keys.audited(before)
    start = {table.PARTITION_KEY: {"S": key.pk}, table.SORT_KEY: {"S": key.sk}}
    if where:
        start |= {where.shape.partition_key: {"S": where.partition}, where.shape.sort_key: {"S": key.sk}}
    return start


def _entry(row: Row) -> AuditEntry:
    return unpack(AuditEntry, row.body)
