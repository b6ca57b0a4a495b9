"""Scores estimates against the truth: calibration, ranking, and cells above the floor of automation."""

from typing import Final, NamedTuple

import numpy as np

from benchmarks.confidence_scenarios import Chances
from benchmarks.learning_estimators import Estimate

BINS: Final = 10
PASSES: Final = 0.8
"""Automation's floor for the 10th percentile."""
FAILS: Final = 0.6
"""A cell that passes although its true probability is below this passes wrongly."""


class Score(NamedTuple):
    """Metrics of one world, shares unless stated.

    `brier` is the excess over knowing the truth, E (estimate - truth)^2. `over` is the top suggestion's
    estimate minus its truth. `below` is the share of cells whose truth is below the 10th percentile.
    `passed` and `wrong` are numbers of cells.
    """

    brier: float
    ece: float
    ece_top: float
    over: float
    top1: float
    regret: float
    below: float
    passed: float
    wrong: float


def score(estimate: Estimate, truth: Chances, rng: np.random.Generator) -> Score:
    """Returns the metrics of an estimate; ties for the top suggestion are broken at random."""
    mean = estimate.mean
    top = (mean + rng.uniform(0.0, 1e-9, mean.shape)).argmax(axis=-1)
    shown, real = (np.take_along_axis(each, top[..., None], axis=-1)[..., 0] for each in (mean, truth))
    passed = estimate.low >= PASSES
    return Score(
        brier=float(((mean - truth) ** 2).mean()),
        ece=calibration_error(mean, truth),
        ece_top=calibration_error(shown, real),
        over=float((shown - real).mean()),
        top1=float((top == truth.argmax(axis=-1)).mean()),
        regret=float((truth.max(axis=-1) - real).mean()),
        below=float((truth < estimate.low).mean()),
        passed=float(passed.sum()),
        wrong=float((truth[passed] < FAILS).sum()),
    )


def calibration_error(mean: Chances, truth: Chances) -> float:
    """Returns the expected calibration error over ten equal bins of the estimate."""
    _, estimated, real = reliability(mean, truth)
    return float(np.abs(estimated - real).sum() / mean.size)


def reliability(mean: Chances, truth: Chances) -> Chances:
    """Returns for each bin of the estimate: the number, the sum of estimates and the sum of truths."""
    into = np.minimum((mean.ravel() * BINS).astype(int), BINS - 1)
    return np.stack([np.bincount(into, what.ravel(), BINS) for what in (np.ones(mean.shape), mean, truth)])


def average(scores: list[Score]) -> Score:
    return Score(*np.mean(scores, axis=0).tolist())
