"""Scores of mutation tests, and the floors below which they fail."""

import pytest

from tools.mutants import ROOT, Score, report, scores, settings

RESULTS = """
    cloudops.remediation.autonomy.x_checked__mutmut_1: killed
    cloudops.remediation.autonomy.x_checked__mutmut_2: survived
    cloudops.remediation.autonomy.xǁAutonomyPoliciesǁkeep__mutmut_1: no tests
    cloudops.remediation.autonomy.x_level__mutmut_1: timeout
    cloudops.correlation.transitions.x_merge__mutmut_1: not checked
"""


def test_a_mutant_that_no_test_reaches_counts_as_a_survivor() -> None:
    assert scores(RESULTS) == {
        "remediation/autonomy": Score(killed=2, survived=2, other=0),
        "correlation/transitions": Score(killed=0, survived=0, other=1),
    }


def test_a_score_at_its_floor_passes() -> None:
    assert report({"remediation/autonomy": Score(2, 2, 0)}, {"remediation/autonomy": 50}) == []


@pytest.mark.parametrize(
    ("score", "problem"),
    [
        (Score(1, 2, 0), "33.3 % killed, the floor is 50 %"),
        (Score(0, 0, 0), "0 mutants have a verdict"),
        (Score(9, 0, 1), "and 1 have none"),
    ],
)
def test_a_score_below_its_floor_or_without_verdicts_fails(score: Score, problem: str) -> None:
    (wrong,) = report({"remediation/autonomy": score}, {"remediation/autonomy": 50})
    assert problem in wrong


def test_every_module_with_a_floor_exists() -> None:
    floors, tests = settings()
    assert floors
    assert all(0 < floor <= 100 for floor in floors.values())
    assert all((ROOT / "functions" / "cloudops" / f"{module}.py").is_file() for module in floors)
    assert all((ROOT / folder).exists() for folder in tests)
