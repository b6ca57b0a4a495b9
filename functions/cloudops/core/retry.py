"""Says how often a decision that somebody else overtook is made again, and who waits between."""

from collections.abc import Callable
from typing import Final

MAX_ATTEMPTS: Final = 6
"""Decisions on one chunk before its messages go back to the queue, which waits longer than we would."""

Pause = Callable[[int], None]
"""Waits before the n-th further attempt, counted from 0."""
