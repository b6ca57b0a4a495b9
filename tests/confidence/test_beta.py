"""Quantiles of the Beta distribution, against values that closed forms give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.confidence.beta import cumulative, quantile

SHAPES = st.floats(min_value=0.2, max_value=5_000)
CHANCES = st.floats(min_value=0.001, max_value=0.999)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1.0, 1.0, 0.1),  # uniform: x
        (3.0, 1.0, 0.1 ** (1 / 3)),  # x^3
        (1.0, 2.0, 1 - 0.9**0.5),  # 1 - (1 - x)^2
        (2.0, 2.0, 0.1958000),  # 3x^2 - 2x^3 = 0.1
    ],
)
def test_the_tenth_percentile_is_that_of_the_closed_form(a: float, b: float, expected: float) -> None:
    assert quantile(0.1, a, b) == pytest.approx(expected, abs=1e-6)


def test_a_symmetric_distribution_has_its_median_in_the_middle() -> None:
    assert quantile(0.5, 40.0, 40.0) == pytest.approx(0.5, abs=1e-9)


@given(SHAPES, SHAPES, CHANCES)
def test_the_quantile_is_where_the_distribution_reaches_the_probability(
    a: float, b: float, chance: float
) -> None:
    x = quantile(chance, a, b)
    assert 0.0 <= x <= 1.0
    below, above = cumulative(max(x - 1e-8, 0.0), a, b), cumulative(min(x + 1e-8, 1.0), a, b)
    assert below <= chance + 1e-6
    assert above >= chance - 1e-6


@given(SHAPES, SHAPES, CHANCES, CHANCES)
def test_the_distribution_never_falls(a: float, b: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert cumulative(low, a, b) <= cumulative(high, a, b) + 1e-12


def test_outside_of_zero_and_one_nothing_is_left() -> None:
    assert (cumulative(-1.0, 2.0, 3.0), cumulative(2.0, 2.0, 3.0)) == (0.0, 1.0)
