"""Time and chance for the flows, which take both as arguments."""

import random
import time

from cloudops.core.time import EpochMillis

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.0
"""Seconds."""


def now() -> EpochMillis:
    return time.time_ns() // 1_000_000


def pause(attempt: int) -> None:
    """Full jitter: those who lost the same race do not meet again."""
    longest = min(FIRST_PAUSE_SECONDS * 2**attempt, LONGEST_PAUSE_SECONDS)
    time.sleep(random.uniform(0, longest))  # noqa: S311 spreads load, guards nothing
