"""Thresholds of the confidence estimator."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from benchmarks.confidence_scenarios import DEFAULT, FEW, HOSTILE, WORLDS
from benchmarks.learning_estimators import LAPLACE, OURS
from benchmarks.learning_scores import Score


class Results(NamedTuple):
    """Average scores by world and estimator, and the difference of updated cells from a recount."""

    scores: Mapping[str, Mapping[str, Score]]
    apart: float

    def ours(self, world: str) -> Score:
        """Returns the score of the production estimator."""
        return self.scores[world][OURS]


class Bar(NamedTuple):
    """A threshold and the metric that it limits: an upper limit, or a lower one if `at_least`."""

    metric: str
    limit: float
    read: Callable[[Results], float]
    at_least: bool = False

    def reached(self, results: Results) -> bool:
        """Returns whether the metric is within the threshold."""
        value = self.read(results)
        return value >= self.limit if self.at_least else value <= self.limit


def _above_laplace(results: Results) -> float:
    """Returns the excess in the worst world; negative means better in every world."""
    return max(results.ours(world).brier - results.scores[world][LAPLACE].brier for world in WORLDS)


def _wrongly_passed(results: Results) -> float:
    """Returns the share over all worlds together; in most, too few cells pass for a share of their own."""
    passed = sum(results.ours(world).passed for world in WORLDS)
    return sum(results.ours(world).wrong for world in WORLDS) / passed if passed else 0.0


BARS: Final = (
    Bar("excess Brier, default world", 0.025, lambda results: results.ours(DEFAULT).brier),
    Bar(
        "excess Brier, worst world", 0.040, lambda results: max(results.ours(world).brier for world in WORLDS)
    ),
    Bar("excess Brier above Laplace's, worst world", 0.0, _above_laplace),
    Bar("expected calibration error", 0.03, lambda results: results.ours(DEFAULT).ece),
    Bar(
        "expected calibration error of the top suggestion",
        0.05,
        lambda results: results.ours(DEFAULT).ece_top,
    ),
    Bar("overconfidence of the top suggestion", 0.02, lambda results: results.ours(DEFAULT).over),
    Bar("top-1 accuracy", 0.62, lambda results: results.ours(DEFAULT).top1, at_least=True),
    Bar("regret", 0.055, lambda results: results.ours(DEFAULT).regret),
    Bar("regret after 4 votes a context", 0.075, lambda results: results.ours(FEW).regret),
    Bar("share of cells that pass automation's floor wrongly, all worlds", 0.03, _wrongly_passed),
    Bar("regret under a hostile voter", 0.075, lambda results: results.ours(HOSTILE).regret),
    Bar("incremental against recounted", 1e-9, lambda results: results.apart),
)
"""A threshold that names no world is for the default world."""
