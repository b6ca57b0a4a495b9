"""How an unreadable payload is kept: under which name, and for how long."""

from cloudops.domain.alert import Unreadable, digest
from cloudops.domain.ports import QuarantineItem

KEPT_MS = 30 * 24 * 60 * 60 * 1000
"""30 days: long enough that a parser can be corrected and the payload replayed."""


def quarantined(unreadable: Unreadable) -> QuarantineItem:
    """The item to keep. Its id is a digest of the content, so that the same payload again overwrites it."""
    return QuarantineItem(
        id="qua_" + digest(unreadable.source, unreadable.payload),
        unreadable=unreadable,
        expires_at=unreadable.received_at + KEPT_MS,
    )
