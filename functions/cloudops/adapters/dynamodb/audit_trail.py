"""Stores the audit trail in a partition of its own, by sequence number; indexes list it by target and
actor."""

from collections.abc import Iterator
from typing import NamedTuple

from cloudops.adapters.dynamodb import keys, table
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import FeedIndex, LiveIndex, Row, Rows
from cloudops.audit.trail import EMPTY, AuditEntry, AuditPage, AuditQuery, TrailHead, head_of
from cloudops.core.errors import Conflict
from cloudops.core.pagination import decode_cursor, encode_cursor


class DynamoAuditStore:
    """Appends entries and never changes one: IAM denies updates and deletions in this partition."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def head(self) -> TrailHead:
        with store_errors("read the end of the audit trail"):
            last = self._rows.query(table.AUDIT, scan_index_forward=False, limit=1, consistent_read=True)
            return next((head_of(_entry(row)) for row in last), EMPTY)

    def put(self, entry: AuditEntry) -> None:
        key = keys.audit_entry(entry.sequence)
        row = self._rows(
            *key,
            body=pack(entry),
            feed=keys.audit_target(entry.target),
            live=keys.audit_actor(entry.actor),
            opened=key.sk,
        )
        try:
            with store_errors(f"append audit entry {entry.sequence}"):
                row.save(condition=Row.pk.does_not_exist())
        except Conflict:
            if self._stored(entry.sequence) != entry:
                raise

    def page(self, query: AuditQuery) -> AuditPage:
        """Returns a page, newest first, by one query.

        With a target and an actor, it reads the entries of the target and filters them by actor.
        """
        before = None if query.cursor is None else decode_cursor(query.cursor, tuple[int])[0]
        with store_errors("list the audit trail"):
            entries: list[AuditEntry] = []
            for row in self._newest_first(query, before):
                entry = _entry(row)
                if query.actor not in ("", entry.actor) or query.target not in ("", entry.target):
                    continue
                if len(entries) == query.limit:
                    return AuditPage(tuple(entries), encode_cursor((entries[-1].sequence,)))
                entries.append(entry)
        return AuditPage(tuple(entries), None)

    def entries(self) -> Iterator[AuditEntry]:
        with store_errors("read the audit trail"):
            for row in self._rows.query(table.AUDIT, consistent_read=True):
                yield _entry(row)

    def _stored(self, sequence: int) -> AuditEntry | None:
        with store_errors(f"read audit entry {sequence}"):
            row = self._rows.find(keys.audit_entry(sequence))
        return _entry(row) if row else None

    def _newest_first(self, query: AuditQuery, before: int | None) -> Iterator[Row]:
        """Yields rows older than the cursor, from the index of the target or actor, else of all entries."""
        if query.target:
            index: FeedIndex | LiveIndex = self._rows.feed_index
            index_partition = _IndexPartition(table.FEED_INDEX, keys.audit_target(query.target))
        elif query.actor:
            index = self._rows.live_index
            index_partition = _IndexPartition(table.LIVE_INDEX, keys.audit_actor(query.actor))
        else:
            rows = self._rows.query(
                table.AUDIT,
                scan_index_forward=False,
                last_evaluated_key=_start_key(before),
                page_size=query.limit + 1,
            )
            return iter(rows)
        rows = index.query(
            index_partition.partition,
            scan_index_forward=False,
            last_evaluated_key=_start_key(before, index_partition),
            page_size=query.limit + 1,
        )
        return iter(rows)


class _IndexPartition(NamedTuple):
    """One partition of an index."""

    schema: table.Index
    partition: str


def _start_key(
    before: int | None, index_partition: _IndexPartition | None = None
) -> dict[str, dict[str, str]] | None:
    """Returns the exclusive start key of a query that continues after an entry, or None for the first
    page."""
    if before is None:
        return None
    key = keys.audit_entry(before)
    start = {table.PARTITION_KEY: {"S": key.pk}, table.SORT_KEY: {"S": key.sk}}
    if index_partition:
        schema = index_partition.schema
        start |= {schema.partition_key: {"S": index_partition.partition}, schema.sort_key: {"S": key.sk}}
    return start


def _entry(row: Row) -> AuditEntry:
    return unpack(AuditEntry, row.body)
