"""The unit of time, milliseconds since 1970, and its multiples."""

from typing import Final, TypeAlias

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE


EpochMillis: TypeAlias = int
"""Milliseconds since 1970-01-01T00:00:00Z. An int, because decisions compare and subtract it by the
ten thousand a second; people see ISO 8601, which the edges render."""
