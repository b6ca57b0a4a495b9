"""Counts of the benchmarks and their limits."""

from benchmarks.counts import LIMITS, excesses, limits
from benchmarks.imports import HANDLERS


def test_a_count_at_its_limit_passes() -> None:
    assert excesses({"one vote: requests": 3}, {"one vote: requests": 3}) == []


def test_a_count_above_its_limit_fails_by_name() -> None:
    assert excesses(
        {"one vote: requests": 4, "new: requests": 2}, {"one vote: requests": 3, "new: requests": 2}
    ) == ["one vote: requests: 4 is above the limit of 3"]


def test_a_count_without_a_limit_and_a_limit_without_a_count_fail() -> None:
    assert excesses({"new": 1}, {"old": 2}) == ["new: 1 has no limit", "old: the limit of 2 has no count"]


def test_every_function_has_a_limit_of_modules() -> None:
    allowed = limits(LIMITS.read_text())
    assert all(f"import of {name}: modules" in allowed for name in HANDLERS)
