"""Simulated worlds with known truth: which actions help, and votes over time."""

from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cloudops.confidence.observations import HALF_LIFE, LANDMARK

SYMPTOMS: Final = 20
SERVICES: Final = 10
ACTIONS: Final = 4
SHAPE: Final = (SYMPTOMS, SERVICES, ACTIONS)
MOST_VOTES: Final = 30
"""A context gets 1 to 30 votes, log-uniform, so that most get few: 8.5 on average over its four actions."""
SPAN: Final = 2 * HALF_LIFE
"""The votes are spread evenly over half a year; the truth is that at its end."""
PEOPLE: Final = 8
STUFFED: Final = 30
"""Votes that a hostile person, number PEOPLE, casts in each cell they attack."""

Chances: TypeAlias = NDArray[np.float64]


class Spread(NamedTuple):
    """Standard deviations, on the logit scale, of the effects on the probability that an action helps."""

    action: float = 0.5
    symptom: float = 0.8
    service: float = 0.6
    cell: float = 0.5


class World(NamedTuple):
    """Parameters of a simulation.

    `spread` determines the probabilities; `votes` is the number per context, 0 for 1 to 30. `drift` is the
    share of the effects' variance that is redrawn at half time; `slump` is what the first action loses then,
    in logits. `attacked` is the share of cells in which a hostile person votes against what happened.
    """

    spread: Spread = Spread()
    votes: int = 0
    drift: float = 0.0
    slump: float = 0.0
    attacked: float = 0.0
    people: int = PEOPLE


class Votes(NamedTuple):
    """Votes in order of time: the flat index of the cell, the person, whether it helped, and when (ms)."""

    cell: NDArray[np.int64]
    person: NDArray[np.int64]
    helped: NDArray[np.bool_]
    at: NDArray[np.int64]


DEFAULT: Final = "default"
FEW: Final = "four votes a context"
HOSTILE: Final = "hostile voter"
WORLDS: Final = {
    DEFAULT: World(),
    "all alike": World(Spread(symptom=0.0, service=0.0, cell=0.0)),
    "symptom only": World(Spread(symptom=1.0, service=0.0, cell=0.0)),
    "service only": World(Spread(symptom=0.0, service=1.0, cell=0.0)),
    "strong interaction": World(Spread(cell=1.0)),
    "drift at midpoint": World(drift=0.75),
    "one action goes bad": World(slump=2.5),
    FEW: World(votes=4),
    HOSTILE: World(attacked=0.1),
}
"""The worlds of the thresholds."""
BEYOND: Final = {
    "interaction over all": World(Spread(0.3, 0.4, 0.4, 1.2)),
    "one person alone votes": World(people=1),
    "hostile in one cell of five": World(attacked=0.2),
}
"""Harder worlds, shown without a threshold."""


def simulate(world: World, rng: np.random.Generator) -> tuple[Chances, Votes]:
    """Returns the probabilities at the end, shaped (symptom, service, action), and the votes until then."""
    early, late = _chances(world, rng)
    counts = np.exp(rng.uniform(0.0, np.log(MOST_VOTES + 1), SHAPE[:2])).astype(int).ravel()
    context = np.repeat(np.arange(counts.size), world.votes or counts)
    cell = context * ACTIONS + rng.integers(0, ACTIONS, context.size)
    person = rng.integers(0, world.people, cell.size)
    attacked = rng.permutation(late.size)[: round(world.attacked * late.size)]
    cell = np.append(cell, np.repeat(attacked, STUFFED))
    person = np.append(person, np.full(attacked.size * STUFFED, PEOPLE))
    at = LANDMARK + rng.integers(0, SPAN, cell.size)
    truth = np.where(at < LANDMARK + SPAN // 2, early.ravel()[cell], late.ravel()[cell])
    helped = (rng.random(cell.size) < truth) ^ (person == PEOPLE)
    order = np.argsort(at, kind="stable")
    return late, Votes(cell[order], person[order], helped[order], at[order])


def _chances(world: World, rng: np.random.Generator) -> tuple[Chances, Chances]:
    before = list(_effects(world.spread, rng))
    redrawn = list(_effects(world.spread, rng))
    kept, changed = np.sqrt(1.0 - world.drift), np.sqrt(world.drift)
    after = [kept * old + changed * new for old, new in zip(before, redrawn, strict=True)]
    slump = np.array([world.slump] + [0.0] * (ACTIONS - 1))
    return _logistic(sum(before, np.zeros(SHAPE))), _logistic(sum(after, np.zeros(SHAPE)) - slump)


def _effects(spread: Spread, rng: np.random.Generator) -> Iterator[Chances]:
    yield rng.normal(0.0, spread.action, ACTIONS)
    yield rng.normal(0.0, spread.symptom, (SYMPTOMS, 1, ACTIONS))
    yield rng.normal(0.0, spread.service, (SERVICES, ACTIONS))
    yield rng.normal(0.0, spread.cell, SHAPE)


def _logistic(logits: Chances) -> Chances:
    return np.asarray(1.0 / (1.0 + np.exp(-logits)))
