"""Stores payloads that could not be parsed: by id, listed newest first, deleted when they expire."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from cloudops.adapters.dynamodb import keys, table
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.adapters.dynamodb.scope_commit import MAX_BODY
from cloudops.core.errors import NotFound
from cloudops.core.pagination import encode_cursor
from cloudops.core.time import SECOND
from cloudops.ingestion.quarantine import QuarantineItem

MAX_PAYLOAD: Final = 80_000
"""Characters that are stored of a payload that does not fit an item."""


class DynamoQuarantine:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def put(self, items: Sequence[QuarantineItem]) -> None:
        """Stores the items, 25 a request; an item replaces an earlier one of the same id."""
        by_id = {item.id: item for item in items}
        with store_errors(f"quarantine {len(by_id)} payloads"), self._rows.batch_write() as batch:
            for item in by_id.values():
                batch.save(self._row(item))

    def page(self, cursor: str | None, limit: int) -> tuple[tuple[QuarantineItem, ...], str | None]:
        start = keys.after(cursor, table.FEED_INDEX, keys.QUARANTINE, keys.quarantined)
        with store_errors("list the quarantine"):
            found = self._rows.feed_index.query(
                keys.QUARANTINE, scan_index_forward=False, last_evaluated_key=start, limit=limit + 1
            )
            items = tuple(unpack(QuarantineItem, row.body) for row in found)
        last = items[limit - 1] if len(items) > limit else None
        return items[:limit], encode_cursor((last.unreadable.received_at, last.id)) if last else None

    def get(self, item_id: str) -> QuarantineItem:
        with store_errors(f"read quarantine item {item_id}"):
            row = self._rows.find(keys.quarantined(item_id))
        if row is None:
            raise NotFound(f"quarantine item {item_id}: not found")
        return unpack(QuarantineItem, row.body)

    def remove(self, item_id: str) -> None:
        """Deletes an item; does nothing if there is none."""
        with store_errors(f"remove quarantine item {item_id}"):
            self._rows(*keys.quarantined(item_id)).delete()

    def _row(self, item: QuarantineItem) -> Row:
        body = pack(item)
        if len(body) > MAX_BODY:
            body = pack(_cut(item))
        return self._rows(
            *keys.quarantined(item.id),
            body=body,
            feed=keys.QUARANTINE,
            opened=keys.opened(item.unreadable.received_at, item.id),
            expires=item.expires_at // SECOND,
        )


def _cut(item: QuarantineItem) -> QuarantineItem:
    unreadable = item.unreadable
    reason = f"{unreadable.reason} (kept: {MAX_PAYLOAD} of {len(unreadable.payload)} characters)"
    return replace(
        item, unreadable=replace(unreadable, payload=unreadable.payload[:MAX_PAYLOAD], reason=reason)
    )
