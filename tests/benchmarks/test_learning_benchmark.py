"""The benchmark of the confidence estimator: deterministic, and each threshold can be missed."""

import numpy as np
import pytest

from benchmarks.confidence_scenarios import DEFAULT, WORLDS, simulate
from benchmarks.confidence_thresholds import BARS, Bar, Results
from benchmarks.learning import main, measure
from benchmarks.learning_estimators import ESTIMATORS, LAPLACE, OURS


@pytest.fixture(scope="module")
def results() -> Results:
    return measure(WORLDS, 1)


def test_the_same_seed_makes_the_same_world() -> None:
    (truth, votes), (again, same) = (
        simulate(WORLDS[DEFAULT], np.random.default_rng([7, 1])) for _ in range(2)
    )
    assert np.array_equal(truth, again)
    assert all(np.array_equal(one, other) for one, other in zip(votes, same, strict=True))


def test_the_production_estimator_beats_laplace_on_one_seed(results: Results) -> None:
    ours, laplace = results.scores[DEFAULT][OURS], results.scores[DEFAULT][LAPLACE]
    assert ours.brier < laplace.brier
    assert ours.regret < laplace.regret


def test_updated_cells_equal_a_recount(results: Results) -> None:
    assert results.apart < 1e-9


@pytest.mark.parametrize("bar", BARS, ids=lambda bar: bar.metric)
def test_each_threshold_can_be_missed(bar: Bar, results: Results) -> None:
    bad = results.scores[DEFAULT][OURS]._replace(
        brier=1.0, ece=1.0, ece_top=1.0, over=1.0, top1=0.0, regret=1.0, passed=10.0, wrong=10.0
    )
    worst = {world: {**found, OURS: bad} for world, found in results.scores.items()}
    assert not bar.reached(Results(worst, apart=1.0))


def test_every_estimator_is_scored_in_every_world(results: Results) -> None:
    assert set(results.scores) == set(WORLDS)
    assert all(set(found) == set(ESTIMATORS) for found in results.scores.values())


def test_an_invalid_number_of_seeds_is_rejected(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--seeds", "0"])
    assert left.value.code == 2
    assert "--seeds must be 1 or more" in capsys.readouterr().err
