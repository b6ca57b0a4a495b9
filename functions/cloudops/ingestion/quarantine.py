"""How an unreadable payload is kept: under which name, and for how long."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from cloudops.alerts.alert import UnparsablePayload
from cloudops.core.ids import stable_id
from cloudops.core.time import DAY, EpochMillis


class QuarantineItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An unreadable payload as it is kept: the id is a digest of its content, so a retry overwrites."""

    id: str
    unreadable: UnparsablePayload
    expires_at: EpochMillis


class Quarantine(Protocol):
    def put(self, items: Sequence[QuarantineItem]) -> None:
        """Keep them; an item put again overwrites the first."""
        ...

    def page(self, cursor: str | None, limit: int) -> tuple[tuple[QuarantineItem, ...], str | None]:
        """Newest first, and the cursor of the next page; BadInput names `cursor` where it is not ours."""
        ...

    def get(self, item_id: str) -> QuarantineItem:
        """NotFound names the id."""
        ...

    def remove(self, item_id: str) -> None:
        """Quiet where it is gone already."""
        ...


KEPT = 30 * DAY
"""Long enough that a parser can be corrected and the payload replayed."""


def quarantine_item(unreadable: UnparsablePayload) -> QuarantineItem:
    """The item to keep. Its id is a digest of the content, so that the same payload again overwrites it."""
    return QuarantineItem(
        id="qua_" + stable_id(unreadable.source, unreadable.payload),
        unreadable=unreadable,
        expires_at=unreadable.received_at + KEPT,
    )
