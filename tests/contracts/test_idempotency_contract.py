"""Contract of idempotency guards: the first claim wins."""

from concurrent.futures import ThreadPoolExecutor

from cloudops.chatops.ports import IdempotencyGuard
from tests.fakes.incident_factory import NOON

LATER = NOON + 600_000


def test_only_the_first_claim_succeeds(once: IdempotencyGuard) -> None:
    assert once.take("v0=abc", "delivery 1", LATER)
    assert not once.take("v0=abc", "delivery 2", LATER)


def test_the_owner_may_claim_again(once: IdempotencyGuard) -> None:
    assert once.take("v0=abc", "delivery 1", LATER)
    assert once.take("v0=abc", "delivery 1", LATER)


def test_another_key_is_claimed_separately(once: IdempotencyGuard) -> None:
    assert once.take("v0=abc", "delivery 1", LATER)
    assert once.take("v0=abd", "delivery 2", LATER)


def test_of_concurrent_claims_one_succeeds(once: IdempotencyGuard) -> None:
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda number: once.take("v0=abc", f"delivery {number}", LATER), range(16)))
    assert sum(won) == 1
