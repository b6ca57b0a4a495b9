"""The units of time have one definition."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudops.core.time import DAY, HOUR, MINUTE, SECOND

ROOT = Path(__file__).parents[2]
UNITS = {"SECOND", "MINUTE", "HOUR", "DAY"}
PRODUCTS = {60 * 1_000, 3_600 * 1_000, 86_400 * 1_000}
"""Literal minutes, hours and days in milliseconds."""
HOME = ROOT / "functions/cloudops/core/time.py"


def modules() -> Iterator[Path]:
    for folder in ("functions/cloudops", "benchmarks", "infra", "local", "tests"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def assigned(source: str) -> set[str]:
    """Returns the names that a module, class or function of this source assigns."""
    return {
        node.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def literals(source: str) -> set[object]:
    return {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}


def test_the_units_are_milliseconds() -> None:
    assert (SECOND, MINUTE, HOUR, DAY) == (1_000, 60_000, 3_600_000, 86_400_000)


def test_only_core_time_defines_the_units() -> None:
    definers = [path for path in modules() if UNITS & assigned(path.read_text("utf-8"))]
    assert definers == [HOME]


@pytest.mark.parametrize("line", ["MINUTE = 60_000", "DAY: int = 24 * 3600", "SECOND, HOUR = 1, 2"])
def test_any_kind_of_assignment_counts_as_a_definition(line: str) -> None:
    assert UNITS & assigned(line)


def test_the_package_writes_no_unit_as_a_number() -> None:
    package = sorted((ROOT / "functions/cloudops").rglob("*.py"))
    writers = [path for path in package if PRODUCTS & literals(path.read_text("utf-8"))]
    assert not writers
