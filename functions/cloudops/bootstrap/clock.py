"""Time and randomness for the use cases, which take both as arguments."""

import random
import time

from cloudops.core.retry import TimeLeft
from cloudops.core.time import EpochMillis

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.0
"""Seconds."""


def now() -> EpochMillis:
    return time.time_ns() // 1_000_000


def start_timer(seconds: float) -> TimeLeft:
    """Returns a countdown from now on."""
    end = time.monotonic() + seconds
    return lambda: end - time.monotonic()


def chance() -> float:
    """Returns a random number from 0 to 1."""
    return random.random()  # noqa: S311 spreads load, guards nothing


def pause(attempt: int) -> None:
    """Sleeps with full jitter, so that writers in conflict do not retry at the same time."""
    longest = min(FIRST_PAUSE_SECONDS * 2**attempt, LONGEST_PAUSE_SECONDS)
    time.sleep(random.uniform(0, longest))  # noqa: S311 spreads load, guards nothing
