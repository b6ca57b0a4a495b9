"""What may be done once is done by the first that asks, however often it asks."""

from concurrent.futures import ThreadPoolExecutor

from cloudops.chatops.ports import IdempotencyGuard
from tests.fakes.incident_factory import NOON

LATER = NOON + 600_000


def test_the_first_takes_it_and_others_do_not(once: IdempotencyGuard) -> None:
    assert once.take("v0=abc", "delivery 1", LATER)
    assert not once.take("v0=abc", "delivery 2", LATER)


def test_who_took_it_may_go_on_when_it_comes_again(once: IdempotencyGuard) -> None:
    assert once.take("v0=abc", "delivery 1", LATER)
    assert once.take("v0=abc", "delivery 1", LATER)


def test_another_thing_is_another_turn(once: IdempotencyGuard) -> None:
    assert once.take("v0=abc", "delivery 1", LATER)
    assert once.take("v0=abd", "delivery 2", LATER)


def test_of_many_at_once_one_wins(once: IdempotencyGuard) -> None:
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda number: once.take("v0=abc", f"delivery {number}", LATER), range(16)))
    assert sum(won) == 1
