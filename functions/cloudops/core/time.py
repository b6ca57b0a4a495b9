"""Time and durations in milliseconds. A constant in another unit says so in its name."""

from typing import Final, TypeAlias

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

EpochMillis: TypeAlias = int
"""Milliseconds since 1970-01-01T00:00:00Z. An int, because decisions compare and subtract it by the
ten thousand a second; people see ISO 8601, which the edges render."""
