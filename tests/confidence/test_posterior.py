"""Confidence: evidence of cells, groups and rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.confidence.observations import LANDMARK, Cell, Counts, Outcome, Vote, observed
from cloudops.confidence.posterior import Confidence, Levels, aggregate, estimate
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import DAY

OOM, LATENCY = Symptom.OOM, Symptom.LATENCY
RESTART, ROLLBACK, NOOP = Action.RESTART_PODS, Action.ROLLBACK, Action.NOOP
YEAR = 365 * DAY


def cell(
    good: int,
    bad: int,
    *,
    symptom: Symptom = OOM,
    action: Action = RESTART,
    service: str = "checkout",
    at: int = 0,
) -> Cell:
    """Votes of as many people, cast `at` milliseconds after the landmark."""
    tally = Counts()
    for value in [1] * good + [-1] * bad:
        tally = tally.plus(observed(Vote(value, LANDMARK + at)))
    return Cell(symptom=symptom, action=action, service=service, tally=tally)


def with_outcomes(found: Cell, cleared: int, not_cleared: int) -> Cell:
    tally = found.tally
    for one in [True] * cleared + [False] * not_cleared:
        tally = tally.plus(observed(Outcome(one, LANDMARK)))
    return Cell(symptom=found.symptom, action=found.action, service=found.service, tally=tally)


def estimated(
    levels: Levels, *, prior: float = 0.5, service: str = "checkout", symptom: Symptom = OOM
) -> Confidence:
    return estimate(levels, symptom, RESTART, service, prior)


def test_without_votes_the_confidence_is_the_estimate_of_the_rules() -> None:
    confidence = estimated(aggregate([]), prior=0.7)
    assert confidence.mean == pytest.approx(0.7)
    assert (confidence.votes, confidence.outcomes, confidence.effective) == (0, 0, 0.0)
    assert confidence.explanation == "no votes yet for oom on checkout; 0.70 from the rules alone"


def test_the_tenth_percentile_of_eight_votes_worth_of_a_coin_is_that_of_beta_4_4() -> None:
    levels = Levels()
    levels.symptom_strength = levels.service_strength = 1e12
    assert estimated(levels).low == pytest.approx(0.2786, abs=1e-3)


def test_votes_on_the_cell_raise_its_confidence_and_are_stated() -> None:
    confidence = estimated(aggregate([cell(12, 2)]))
    assert 0.6 < confidence.mean < 12 / 14
    assert confidence.low < confidence.mean
    assert confidence.explanation.startswith("12 of 14 helped for oom on checkout; ")


def test_votes_on_other_services_raise_a_cell_without_votes() -> None:
    levels = aggregate([cell(10, 0, service=f"service-{n}") for n in range(5)])
    assert estimated(levels).mean > 0.7
    assert estimated(levels).explanation.endswith("across services")


def test_a_cells_own_votes_count_once() -> None:
    alone = aggregate([cell(3, 0)])
    assert estimated(alone).effective == pytest.approx(3.0)
    assert estimated(alone).mean < 0.85
    assert estimated(alone).low < 0.6


def test_old_votes_weigh_little_beside_new_ones() -> None:
    old, new = cell(10, 0), cell(0, 5, at=YEAR)
    both = Cell(symptom=OOM, action=RESTART, service="checkout", tally=old.tally.plus(new.tally))
    assert estimated(aggregate([both])).mean < 0.45


def test_outcomes_count_less_if_alerts_resolve_by_themselves() -> None:
    restarted = with_outcomes(cell(0, 0), 10, 0)
    nothing_done = with_outcomes(cell(0, 0, action=NOOP), 8, 2)
    by_itself = estimated(aggregate([restarted, nothing_done])).mean
    assert by_itself < estimated(aggregate([restarted])).mean


@given(st.integers(0, 30), st.integers(0, 30))
def test_one_more_helpful_vote_never_lowers_the_confidence(good: int, bad: int) -> None:
    before, after = estimated(aggregate([cell(good, bad)])), estimated(aggregate([cell(good + 1, bad)]))
    assert after.mean >= before.mean - 1e-9


@given(st.integers(0, 200), st.integers(0, 200), st.floats(0.05, 0.95))
def test_the_confidence_is_a_probability_above_its_percentile(good: int, bad: int, prior: float) -> None:
    confidence = estimated(aggregate([cell(good, bad)]), prior=prior)
    assert 0.0 < confidence.low < confidence.mean < 1.0


def test_the_order_of_cells_makes_no_difference() -> None:
    cells = [cell(5, 1), cell(1, 5, symptom=LATENCY), cell(3, 3, service="cart"), cell(2, 0, action=ROLLBACK)]
    first, second = estimated(aggregate(cells)), estimated(aggregate(cells[::-1]))
    assert first.mean == pytest.approx(second.mean, rel=1e-12)


def test_votes_against_one_action_leave_the_others() -> None:
    levels = aggregate([cell(0, 20), cell(20, 0, action=ROLLBACK)])
    assert estimate(levels, OOM, ROLLBACK, "checkout", 0.5).mean > 0.7
    assert estimated(levels).mean < 0.3
