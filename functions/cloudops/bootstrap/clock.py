"""Time and randomness for the use cases, which take both as arguments."""

import random
import time

from cloudops.core.retry import TimeLeft
from cloudops.core.time import EpochMillis

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.0
"""Bounds of the backoff: it doubles from the first to the longest pause."""


def now() -> EpochMillis:
    """Returns the present time."""
    return time.time_ns() // 1_000_000


def start_timer(seconds: float) -> TimeLeft:
    """Starts a countdown of `seconds`; the result returns the seconds left, negative after the end."""
    end = time.monotonic() + seconds
    return lambda: end - time.monotonic()


def chance() -> float:
    """Returns a random number from 0 to 1."""
    return random.random()  # noqa: S311 spreads load, protects nothing


def pause(attempt: int) -> None:
    """Sleeps with full jitter, so that writers in conflict do not retry at the same time."""
    longest_seconds = min(FIRST_PAUSE_SECONDS * 2**attempt, LONGEST_PAUSE_SECONDS)
    time.sleep(random.uniform(0, longest_seconds))  # noqa: S311 spreads load, protects nothing
