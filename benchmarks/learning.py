"""Measures the confidence estimator in simulated worlds, and exits 1 if it misses a threshold.

    python -m benchmarks.learning [--seeds N] [--plot FILE]

A full run takes about a minute and draws docs/learning.svg. A run with --seeds draws only with --plot.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.confidence_scenarios import BEYOND, DEFAULT, WORLDS, Chances, World, simulate
from benchmarks.confidence_thresholds import BARS, Results
from benchmarks.learning_estimators import ESTIMATORS, apart
from benchmarks.learning_plot import draw
from benchmarks.learning_scores import BINS, Score, average, reliability, score

SEEDS: Final = 40
RECOUNTED: Final = 3
"""Seeds of each world whose cells are also recounted; the difference is only rounding."""
PLOT: Final = Path(__file__).parents[1] / "docs" / "learning.svg"


def measure(worlds: dict[str, World], seeds: int) -> Results:
    """Returns the scores of every estimator in every world, over the same seeds."""
    scores = {
        name: {who: average(found) for who, found in _scores(world, seeds).items()}
        for name, world in worlds.items()
    }
    recounted = range(min(seeds, RECOUNTED))
    voted = (simulate(world, _chance(seed))[1] for world in worlds.values() for seed in recounted)
    return Results(scores, max(map(apart, voted)))


def calibration(seeds: int) -> dict[str, Chances]:
    """Returns each estimator's bins of estimates in the default world, summed over the seeds."""
    bins = {name: np.zeros((3, BINS)) for name in ESTIMATORS}
    for seed in range(seeds):
        truth, votes = simulate(WORLDS[DEFAULT], _chance(seed))
        for name, estimator in ESTIMATORS.items():
            bins[name] += reliability(estimator(votes).mean, truth)
    return bins


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"worlds of each kind ({SEEDS})")
    parser.add_argument("--plot", type=Path, help="where to draw, instead of docs/learning.svg")
    options = parser.parse_args(arguments)
    if options.seeds < 1:
        parser.error("--seeds must be 1 or more")
    results = measure({**WORLDS, **BEYOND}, options.seeds)
    _print_scores(results)
    missed = _print_bars(results)
    plot = options.plot or (PLOT if options.seeds == SEEDS else None)
    if plot:
        plot.write_text(draw(calibration(options.seeds), results))
    return 1 if missed else 0


def _chance(seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, 1])


def _scores(world: World, seeds: int) -> dict[str, list[Score]]:
    found: dict[str, list[Score]] = {name: [] for name in ESTIMATORS}
    for seed in range(seeds):
        truth, votes = simulate(world, _chance(seed))
        for name, estimator in ESTIMATORS.items():
            found[name].append(score(estimator(votes), truth, np.random.default_rng(seed)))
    return found


def _print_scores(results: Results) -> None:
    print(f"{'':28} " + " ".join(f"{name:>7}" for name in Score._fields))
    for world, found in results.scores.items():
        print(world + (" (no bar)" if world in BEYOND else ""))
        for name, got in found.items():
            print(f"  {name:26} " + " ".join(f"{value:7.3f}" for value in got))


def _print_bars(results: Results) -> int:
    """Returns the number of missed thresholds."""
    print(f"\n{'bar':64} {'limit':>8} {'reached':>8}")
    missed = 0
    for bar in BARS:
        reached = bar.reached(results)
        missed += not reached
        limit = f"{'>=' if bar.at_least else '<='} {bar.limit:.3g}"
        print(f"{bar.metric:64} {limit:>8} {bar.read(results):8.2g} {'ok' if reached else 'MISSED'}")
    return missed


if __name__ == "__main__":
    raise SystemExit(main())
