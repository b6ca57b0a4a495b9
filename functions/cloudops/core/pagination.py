"""Where a page of a list ends, as an opaque word that leads to the next one."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, TypeVar

import msgspec

from cloudops.core.errors import BadInput

Position = TypeVar("Position")

MAX_CURSOR: Final = 4_000
"""Characters."""


def encode_cursor(position: tuple[object, ...]) -> str:
    return urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def decode_cursor(cursor: str, kind: type[Position]) -> Position:
    """What `cursor_at` was given; BadInput names `cursor` where it is not one of this kind."""
    try:
        if len(cursor) > MAX_CURSOR:
            raise ValueError("too long")
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=kind)
    except ValueError as error:
        raise BadInput("cursor: not one of ours", field="cursor") from error
