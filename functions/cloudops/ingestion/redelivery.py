"""Decides when the queue delivers a message again that lost a race for its scope: in seconds, not minutes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from cloudops.core.errors import CloudOpsError
from cloudops.core.retry import TimeLeft

SHORTEST_DELAY: Final = 1.0
SPREAD: Final = 5.0
"""Seconds of the first delay, and the factor up to which it is spread, so that messages of one race part."""
GROWTH: Final = 3.0
"""Each further delivery waits this many times as long. A queue gives up after a number of deliveries, so
they must not all fall into one storm: four waits take 40 s at least, 2 minutes on average."""
LONGEST_DELAY: Final = 300.0
"""Seconds; below the visibility timeout of the queue, which an early return must not extend."""
MAX_A_CALL: Final = 10
"""Messages of one batch request to SQS."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery of a message; `receive_count` counts from 1."""

    receipt_handle: str
    receive_count: int


@dataclass(frozen=True, slots=True)
class EarlyReturn:
    """How many messages come back early, and the error that kept the rest waiting, if there was one."""

    count: int = 0
    error: CloudOpsError | None = None


class MessageVisibility(Protocol):
    def change(self, delays: Mapping[str, int]) -> int:
        """Makes at most MAX_A_CALL messages visible after so many seconds, by receipt handle.

        Returns how many the queue changed. Unavailable or Refused if the call fails.
        """
        ...


def redelivery_delay(receive_count: int, chance: float) -> int:
    """Returns the seconds until the next delivery: 1 to 5 after the first, later three times as long.

    Args:
        receive_count: Deliveries so far, from 1.
        chance: A random number from 0 to 1 that spreads the delay.
    """
    first = SHORTEST_DELAY + chance * (SPREAD - SHORTEST_DELAY)
    return round(min(first * GROWTH ** (receive_count - 1), LONGEST_DELAY))


class EarlyRedelivery:
    """Shortens the wait of messages that failed only because another function changed their scope first."""

    def __init__(self, visibility: MessageVisibility, chance: Callable[[], float]) -> None:
        """`chance` returns a random number from 0 to 1."""
        self._visibility = visibility
        self._chance = chance

    def schedule(self, deliveries: Sequence[Delivery], time_left: TimeLeft) -> EarlyReturn:
        """Schedules the next delivery of each message, as long as there is time.

        A message that the queue does not change waits for the visibility timeout of the queue instead;
        nothing is lost. Raises nothing.
        """
        count = 0
        for start in range(0, len(deliveries), MAX_A_CALL):
            if time_left() <= 0:
                break
            some = deliveries[start : start + MAX_A_CALL]
            delays = {one.receipt_handle: redelivery_delay(one.receive_count, self._chance()) for one in some}
            try:
                count += self._visibility.change(delays)
            except CloudOpsError as error:
                return EarlyReturn(count, error)
        return EarlyReturn(count)
