"""Cursors: the position at which a page ends, as an opaque string that leads to the next page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, TypeVar

import msgspec

from cloudops.core.errors import BadInput

Position = TypeVar("Position")

MAX_CURSOR: Final = 4_000
"""In characters; the positions of our lists encode to a few hundred."""


def encode_cursor(position: tuple[object, ...]) -> str:
    """Encodes a position as URL-safe text."""
    return urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def decode_cursor(cursor: str, kind: type[Position]) -> Position:
    """Returns the position that `encode_cursor` encoded. Raises BadInput, field `cursor`, for any other
    string."""
    try:
        if len(cursor) > MAX_CURSOR:
            raise ValueError("too long")
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=kind)
    except ValueError as error:
        raise BadInput("cursor: not a cursor of this list", field="cursor") from error
