"""The delay of redeliveries after a lost race, and the requests to the queue."""

from collections.abc import Mapping

import pytest

from cloudops.core.errors import Unavailable
from cloudops.ingestion.redelivery import Delivery, EarlyRedelivery, EarlyReturn, redelivery_delay


class FakeQueue:
    """Accepts `calls_until_down` calls and then fails; `refused` handles are never changed."""

    def __init__(self, calls_until_down: int = 1_000, refused: frozenset[str] = frozenset()) -> None:
        self.calls: list[dict[str, int]] = []
        self._calls_until_down = calls_until_down
        self._refused = refused

    def change(self, delays: Mapping[str, int]) -> int:
        if len(self.calls) == self._calls_until_down:
            raise Unavailable("no answer")
        self.calls.append(dict(delays))
        return len(delays.keys() - self._refused)


def deliveries(count: int, receive_count: int = 1) -> list[Delivery]:
    return [Delivery(f"handle-{index}", receive_count) for index in range(count)]


@pytest.mark.parametrize(
    ("receive_count", "shortest", "longest"), [(1, 1, 5), (2, 3, 15), (3, 9, 45), (4, 27, 135), (9, 300, 300)]
)
def test_the_first_delay_is_seconds_and_each_further_one_three_times_as_long(
    receive_count: int, shortest: int, longest: int
) -> None:
    assert redelivery_delay(receive_count, 0.0) == shortest
    assert redelivery_delay(receive_count, 1.0) == longest


def test_messages_of_one_race_are_spread() -> None:
    queue, chances = FakeQueue(), iter([0.0, 0.25, 0.5, 0.75, 1.0])
    redelivery = EarlyRedelivery(queue, lambda: next(chances))
    redelivery.schedule(deliveries(5), lambda: 10.0)
    assert [list(call.values()) for call in queue.calls] == [[1, 2, 3, 4, 5]]


def test_a_request_has_at_most_ten_messages() -> None:
    queue = FakeQueue()
    result = EarlyRedelivery(queue, lambda: 0.5).schedule(deliveries(23), lambda: 10.0)
    assert [len(call) for call in queue.calls] == [10, 10, 3]
    assert result == EarlyReturn(23)


def test_messages_that_the_queue_refuses_are_not_counted() -> None:
    queue = FakeQueue(refused=frozenset({"handle-3", "handle-4"}))
    assert EarlyRedelivery(queue, lambda: 0.5).schedule(deliveries(12), lambda: 10.0).count == 10


def test_after_a_failed_call_the_other_messages_keep_the_visibility_timeout() -> None:
    queue = FakeQueue(calls_until_down=1)
    result = EarlyRedelivery(queue, lambda: 0.5).schedule(deliveries(40), lambda: 10.0)
    assert len(queue.calls) == 1
    assert result.count == 10
    assert isinstance(result.error, Unavailable)


def test_no_call_is_made_after_the_time_is_used_up() -> None:
    queue = FakeQueue()
    seconds = iter([2.0, 1.0, 0.0])
    result = EarlyRedelivery(queue, lambda: 0.5).schedule(deliveries(40), lambda: next(seconds))
    assert len(queue.calls) == 2
    assert result == EarlyReturn(20)
