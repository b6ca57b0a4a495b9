"""Functions that concurrently store alerts of one scope, in virtual time: every batch is stored."""

import pytest

from cloudops.handlers.ingest import RESERVE_SECONDS
from infra.ingest import FUNCTION_TIMEOUT, MAX_CONCURRENCY, TRIES
from tests.fakes.contention import Function, contend

BUDGET = FUNCTION_TIMEOUT.to_seconds() - RESERVE_SECONDS
FORMER_BUDGET = 1.6
"""The duration of six attempts with the pauses between them, in seconds."""


@pytest.mark.parametrize("seconds", [0.005, 0.05, 0.2])
def test_the_functions_of_the_deployment_store_every_batch_at_its_first_delivery(seconds: float) -> None:
    result = contend([Function(1_500, 1, seconds)] * MAX_CONCURRENCY, BUDGET)
    assert (result.batches, result.given_up, result.deliveries) == (1_500 * MAX_CONCURRENCY, 0, 1)


def test_more_functions_than_deployed_do_not_reach_the_dead_letter_queue_either() -> None:
    result = contend([Function(300, 1, 0.5)] * 10, BUDGET)
    assert result.dead == 0
    assert result.deliveries < TRIES


def test_a_large_batch_beside_endless_small_ones_is_stored_before_its_last_delivery() -> None:
    small, large = Function(6_000, 10, 0.005), Function(3, 1_000, 0.005)
    result = contend([large, small], BUDGET)
    assert result.dead == 0
    assert result.deliveries < TRIES


def test_with_a_small_time_budget_batches_return_to_the_queue() -> None:
    result = contend([Function(500, 1, 0.2)] * 4, FORMER_BUDGET)
    assert result.given_up > 10


def test_more_functions_do_not_increase_the_throughput_of_one_scope() -> None:
    two, ten = (contend([Function(1_000 // count, 1, 0.05)] * count, BUDGET) for count in (2, 10))
    assert ten.commits / ten.seconds < 1.2 * two.commits / two.seconds
    assert ten.attempts > 2 * two.attempts
