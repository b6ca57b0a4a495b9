"""What functions that store alerts of one scope at the same time cost each other, in virtual time."""

import pytest

from cloudops.handlers.ingest import RESERVE_SECONDS
from infra.ingest import FUNCTION_TIMEOUT, MAX_CONCURRENCY, TRIES
from tests.fakes.contention import Function, contend

BUDGET = FUNCTION_TIMEOUT.to_seconds() - RESERVE_SECONDS
FORMER_BUDGET = 1.6
"""Seconds that six attempts with the pauses between them took."""


@pytest.mark.parametrize("seconds", [0.005, 0.05, 0.2])
def test_the_functions_of_the_deployment_store_every_batch_at_its_first_delivery(seconds: float) -> None:
    seen = contend([Function(1_500, 1, seconds)] * MAX_CONCURRENCY, BUDGET)
    assert (seen.batches, seen.given_up, seen.deliveries) == (1_500 * MAX_CONCURRENCY, 0, 1)


def test_more_functions_than_deployed_do_not_reach_the_dead_letter_queue_either() -> None:
    seen = contend([Function(300, 1, 0.5)] * 10, BUDGET)
    assert seen.dead == 0
    assert seen.deliveries < TRIES


def test_a_large_batch_beside_endless_small_ones_is_stored_before_its_last_delivery() -> None:
    small, large = Function(6_000, 10, 0.005), Function(3, 1_000, 0.005)
    seen = contend([large, small], BUDGET)
    assert seen.dead == 0
    assert seen.deliveries < TRIES


def test_without_the_time_of_the_function_batches_go_back_to_the_queue() -> None:
    seen = contend([Function(500, 1, 0.2)] * 4, FORMER_BUDGET)
    assert seen.given_up > 10


def test_more_functions_at_once_store_no_more_of_one_scope() -> None:
    two, ten = (contend([Function(1_000 // count, 1, 0.05)] * count, BUDGET) for count in (2, 10))
    assert ten.commits / ten.seconds < 1.2 * two.commits / two.seconds
    assert ten.attempts > 2 * two.attempts
