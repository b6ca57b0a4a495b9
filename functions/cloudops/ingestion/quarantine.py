"""The quarantine of unparsable payloads: its port, item ids and retention."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from cloudops.alerts.alert import UnparsablePayload
from cloudops.core.ids import stable_id
from cloudops.core.time import DAY, EpochMillis


class QuarantineItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A quarantined payload; its id is a digest of the content, so that a retry overwrites it."""

    id: str
    unreadable: UnparsablePayload
    expires_at: EpochMillis


class Quarantine(Protocol):
    """Stores unparsable payloads for inspection and replay."""

    def put(self, items: Sequence[QuarantineItem]) -> None:
        """Stores items; the same item again overwrites the first."""
        ...

    def page(self, cursor: str | None, limit: int) -> tuple[tuple[QuarantineItem, ...], str | None]:
        """Returns items, newest first, and the next cursor or None; raises BadInput for a malformed
        cursor."""
        ...

    def get(self, item_id: str) -> QuarantineItem:
        """Returns an item; raises NotFound for an unknown id."""
        ...

    def remove(self, item_id: str) -> None:
        """Removes an item, if it exists."""
        ...


QUARANTINE_RETENTION = 30 * DAY
"""Time to fix a parser and replay the payload."""


def quarantine_item(unreadable: UnparsablePayload) -> QuarantineItem:
    """Returns the item of an unparsable payload."""
    return QuarantineItem(
        id="qua_" + stable_id(unreadable.source, unreadable.payload),
        unreadable=unreadable,
        expires_at=unreadable.received_at + QUARANTINE_RETENTION,
    )
