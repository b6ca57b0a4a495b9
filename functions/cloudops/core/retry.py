"""Optimistic concurrency: reads, decides and writes again when another writer was first."""

from collections.abc import Callable
from typing import Final, TypeVar

from cloudops.core.errors import RetriesExhausted, WriteConflict

MAX_ATTEMPTS: Final = 6
"""Of one decision; after that a queue redelivers, or a person tries again, later than a pause would."""

Pause = Callable[[int], None]
"""Waits before the n-th further attempt, counted from 0."""

TimeLeft = Callable[[], float]
"""Seconds left for further attempts; the present attempt is the last if it returns zero or less."""

StartTimer = Callable[[], TimeLeft]
"""Starts a time budget of its own, where the caller brings none."""

Result = TypeVar("Result")


def at_once(_attempt: int) -> None:
    """A Pause of no length, for writers that rarely meet."""


def retry_on_conflict(
    attempt: Callable[[], Result], pause: Pause, *, what: str, attempts: int = MAX_ATTEMPTS
) -> Result:
    """Reads, decides and writes until no other writer was first.

    Args:
        attempt: Reads what is stored, decides, and writes conditionally. Only a WriteConflict repeats it;
            a Conflict of the decision itself passes through.
        pause: Waits before each further attempt; its argument counts them from 0.
        what: Names the thing in the error, such as "execution exe_1".
        attempts: Calls of `attempt` at most.

    Returns:
        What the first attempt that was not overtaken returns.

    Raises:
        RetriesExhausted: Every attempt was overtaken; caused by the last WriteConflict.

    Example:
        >>> retry_on_conflict(lambda: "written", at_once, what="row 1")
        'written'
    """
    lost: WriteConflict | None = None
    for number in range(attempts):
        try:
            return attempt()
        except WriteConflict as error:
            lost = error
            if number + 1 < attempts:
                pause(number)
    raise RetriesExhausted(f"{what}: changed by others {attempts} times, try again") from lost
