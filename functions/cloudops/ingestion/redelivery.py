"""Schedules the redelivery of messages that lost a race for their scope: within seconds, not minutes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from cloudops.core.errors import CloudOpsError
from cloudops.core.retry import TimeLeft

SHORTEST_DELAY_SECONDS: Final = 1.0
LONGEST_FIRST_DELAY_SECONDS: Final = 5.0
"""Bounds of the first delay. It is random between them, so that the messages of one race are spread."""
GROWTH: Final = 3.0
"""Factor between two delays. The queue gives up after five deliveries, which must not all happen in one alert
storm: the four delays between them take at least 40 s, and 2 minutes on average."""
MAX_REDELIVERY_SECONDS: Final = 300.0
"""Below the visibility timeout of the queue (360 s), which a scheduled redelivery must not exceed."""
MAX_BATCH: Final = 10
"""Messages of one batch request to SQS."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery of a message; `receive_count` is 1 for the first."""

    receipt_handle: str
    receive_count: int


@dataclass(frozen=True, slots=True)
class EarlyReturn:
    """The number of messages that are redelivered early, and the error that stopped the others, or None."""

    count: int = 0
    error: CloudOpsError | None = None


class MessageVisibility(Protocol):
    """Port: changes when messages of the queue become visible."""

    def change(self, delays: Mapping[str, int]) -> int:
        """Makes messages visible after a delay; returns how many the queue changed.

        Args:
            delays: Delays in seconds by receipt handle, at most MAX_BATCH.

        Raises:
            Unavailable: The queue did not respond.
            Refused: The call is not permitted.
        """
        ...


def redelivery_delay(receive_count: int, chance: float) -> int:
    """Returns the seconds until the next delivery: 1 to 5 after the first, later three times as long.

    Args:
        receive_count: Deliveries so far, from 1.
        chance: A random number from 0 to 1 that spreads the delay.
    """
    first = SHORTEST_DELAY_SECONDS + chance * (LONGEST_FIRST_DELAY_SECONDS - SHORTEST_DELAY_SECONDS)
    return round(min(first * GROWTH ** (receive_count - 1), MAX_REDELIVERY_SECONDS))


class EarlyRedelivery:
    """Redelivers messages early that failed only because another function changed their scope first."""

    def __init__(self, visibility: MessageVisibility, chance: Callable[[], float]) -> None:
        """`chance` returns a random number from 0 to 1."""
        self._visibility = visibility
        self._chance = chance

    def schedule(self, deliveries: Sequence[Delivery], time_left: TimeLeft) -> EarlyReturn:
        """Schedules the next delivery of each message while `time_left` (seconds) is positive.

        A message that is not scheduled is redelivered after the visibility timeout of the queue. Raises
        nothing: an error is part of the result.
        """
        count = 0
        for start in range(0, len(deliveries), MAX_BATCH):
            if time_left() <= 0:
                break
            batch = deliveries[start : start + MAX_BATCH]
            delays = {
                one.receipt_handle: redelivery_delay(one.receive_count, self._chance()) for one in batch
            }
            try:
                count += self._visibility.change(delays)
            except CloudOpsError as error:
                return EarlyReturn(count, error)
        return EarlyReturn(count)
