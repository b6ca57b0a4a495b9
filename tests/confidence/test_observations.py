"""Observations: sums under forward decay, the cap for one person, and independence of the order."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.confidence.observations import (
    CAP,
    HALF_LIFE,
    LANDMARK,
    Counts,
    Observation,
    Outcome,
    PersonSum,
    Vote,
    apply_observation,
    contribution,
    decay,
    observed,
    recount,
    weight,
)
from cloudops.core.time import DAY

YEAR = 365 * DAY
VOTES = st.builds(
    Vote,
    st.sampled_from([1, -1]),
    st.integers(min_value=LANDMARK, max_value=LANDMARK + YEAR),
    st.sampled_from([0.25, 0.5, 0.75]),
)
OUTCOMES = st.builds(
    Outcome, st.booleans(), st.integers(min_value=LANDMARK, max_value=LANDMARK + YEAR), st.just(0.5)
)


def apply_all(observations: list[Observation]) -> tuple[PersonSum, Counts]:
    """Applies the observations of one person in order; returns the person's sum and the cell."""
    person, cell = PersonSum(), Counts()
    for observation in observations:
        moved = apply_observation(person, None, observation)
        assert moved.person is not None
        person, cell = moved.person, cell.plus(moved.delta)
    return person, cell


def is_close(first: Counts, other: Counts, tolerance: float = 1e-9) -> bool:
    pairs = ((first.votes, other.votes), (first.outcomes, other.outcomes))
    return all(
        getattr(a, name) == pytest.approx(getattr(b, name), rel=tolerance, abs=tolerance)
        for a, b in pairs
        for name in ("count", "good", "weight", "squares", "positive", "expected")
    )


def test_a_vote_weighs_twice_as_much_a_half_life_later() -> None:
    assert weight(LANDMARK) == 1.0
    assert weight(LANDMARK + HALF_LIFE) == 2.0
    assert weight(LANDMARK + 4 * HALF_LIFE) == 16.0
    assert HALF_LIFE == 90 * DAY


def test_a_later_landmark_does_not_change_the_ratios() -> None:
    cell = observed(Vote(1, LANDMARK)).plus(observed(Vote(-1, LANDMARK + HALF_LIFE)))
    later = decay(cell, LANDMARK + 2 * HALF_LIFE)
    assert (later.votes.weight, later.votes.positive) == (0.75, 0.25)
    assert cell.votes.positive / cell.votes.weight == later.votes.positive / later.votes.weight
    assert later.votes.weight**2 / later.votes.squares == cell.votes.weight**2 / cell.votes.squares


def test_forty_votes_of_one_person_weigh_as_much_as_the_cap() -> None:
    _, cell = apply_all([Vote(1, LANDMARK + n) for n in range(40)])
    assert cell.votes.weight == pytest.approx(CAP, rel=1e-6)
    assert cell.votes.weight**2 / cell.votes.squares == pytest.approx(CAP, rel=1e-6)
    assert cell.votes.count == 40


def test_forty_people_weigh_forty() -> None:
    cell = Counts()
    for _ in range(40):
        cell = cell.plus(apply_all([Vote(1, LANDMARK)])[1])
    assert cell.votes.weight == 40.0


def test_a_changed_vote_counts_once_with_its_new_value() -> None:
    first = apply_observation(PersonSum(), None, Vote(1, LANDMARK))
    assert first.person is not None
    second = apply_observation(first.person, first.stored, Vote(-1, LANDMARK + DAY))
    cell = Counts().plus(first.delta).plus(second.delta)
    assert (cell.votes.count, cell.votes.good) == (1, 0)
    assert cell.votes.weight == pytest.approx(weight(LANDMARK + DAY))


def test_a_change_that_arrives_late_does_not_go_back_in_time() -> None:
    stored = Vote(1, LANDMARK + DAY)
    person = apply_observation(PersonSum(), None, stored).person
    assert apply_observation(person, stored, Vote(-1, LANDMARK)).stored == Vote(-1, LANDMARK + DAY)


def test_the_outcomes_of_the_system_have_no_cap() -> None:
    cell = Counts()
    for _ in range(10):
        cell = cell.plus(apply_observation(None, None, Outcome(True, LANDMARK)).delta)
    assert (cell.outcomes.count, cell.outcomes.weight) == (10, 10.0)


@given(st.lists(VOTES | OUTCOMES, max_size=12))
def test_updates_of_a_cell_equal_its_recount(observations: list[Observation]) -> None:
    assert is_close(apply_all(observations)[1], recount([observations]))


@given(st.lists(VOTES, min_size=2, max_size=4))
def test_the_order_of_votes_makes_no_difference(observations: list[Observation]) -> None:
    first = apply_all(observations)[1]
    assert all(is_close(apply_all(list(other))[1], first) for other in permutations(observations))


@given(st.lists(VOTES | OUTCOMES, min_size=1, max_size=12))
def test_no_person_weighs_more_than_the_cap_at_their_latest_observation(
    observations: list[Observation],
) -> None:
    person, cell = apply_all(observations)
    assert cell.votes.weight + cell.outcomes.weight <= CAP * weight(person.latest) * (1 + 1e-9)
    assert is_close(cell, contribution(person))
