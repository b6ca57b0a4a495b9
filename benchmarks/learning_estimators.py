"""The production estimator of the confidence, and common ones for comparison."""

from collections.abc import Callable
from typing import Final, NamedTuple, cast

import numpy as np

from benchmarks.confidence_scenarios import ACTIONS, SERVICES, SHAPE, SYMPTOMS, Chances, Votes
from cloudops.confidence.observations import (
    Cell,
    CellKey,
    Counts,
    Observation,
    PersonSum,
    Vote,
    apply_observation,
    recount,
)
from cloudops.confidence.posterior import aggregate, estimate
from cloudops.core.taxonomy import Action, Symptom

PRIOR: Final = 0.5
"""The prior of the rules in every simulation, which is uninformative."""
Z: Final = 1.96
"""Quantile of the normal distribution for Wilson's bound at 95%."""


NOTHING: Final[Chances] = np.zeros(SHAPE)


class Estimate(NamedTuple):
    """The probability to help and its 10th percentile, shaped like the world.

    The estimators for comparison have no percentile; it is 0, so that none of their cells passes.
    """

    mean: Chances
    low: Chances = NOTHING


KEYS: Final = [
    CellKey(cast(Symptom, f"symptom-{symptom}"), list(Action)[action], f"service-{service}")
    for symptom in range(SYMPTOMS)
    for service in range(SERVICES)
    for action in range(ACTIONS)
]


class Learned(NamedTuple):
    """The cells after all votes, and the log of votes by cell and person."""

    tallies: dict[int, Counts]
    people: dict[tuple[int, int], PersonSum]
    log: dict[tuple[int, int], list[Observation]]

    def take(self, cell: int, person: int, vote: Vote, previous: Observation | None = None) -> Observation:
        """Counts one vote as production does, and returns the stored vote."""
        moved = apply_observation(self.people.get((cell, person), PersonSum()), previous, vote)
        self.people[cell, person] = cast(PersonSum, moved.person)
        self.tallies[cell] = self.tallies.get(cell, Counts()).plus(moved.delta)
        return moved.stored

    @property
    def cells(self) -> list[Cell]:
        return [_cell(index, tally) for index, tally in self.tallies.items()]


def learn(votes: Votes) -> Learned:
    """Returns the cells after one update per vote."""
    learned = Learned({}, {}, {})
    columns = (column.tolist() for column in votes)
    for cell, person, helped, at in zip(*columns, strict=True):
        stored = learned.take(cell, person, Vote(1 if helped else -1, at, PRIOR))
        learned.log.setdefault((cell, person), []).append(stored)
    return learned


def apart(votes: Votes) -> float:
    """Returns the largest difference of any mean or percentile between updated and recounted cells.

    Half of the people change a vote in each of their cells first.
    """
    learned = learn(votes)
    end = int(votes.at.max())
    for (cell, person), votes_cast in learned.log.items():
        if person % 2:
            votes_cast[0] = learned.take(cell, person, Vote(-1, end, PRIOR), votes_cast[0])
    by_cell: dict[int, list[list[Observation]]] = {}
    for (cell, _), votes_cast in learned.log.items():
        by_cell.setdefault(cell, []).append(votes_cast)
    updated = estimate_cells(learned.cells)
    recounted = estimate_cells([_cell(index, recount(people)) for index, people in by_cell.items()])
    return max(float(np.abs(one - other).max()) for one, other in zip(updated, recounted, strict=True))


def estimate_cells(cells: list[Cell]) -> Estimate:
    levels = aggregate(cells)
    estimates = [estimate(levels, key.symptom, key.action, key.service, PRIOR) for key in KEYS]
    return Estimate(
        *(np.array([getattr(item, name) for item in estimates]).reshape(SHAPE) for name in Estimate._fields)
    )


def _cell(index: int, tally: Counts) -> Cell:
    key = KEYS[index]
    return Cell(symptom=key.symptom, action=key.action, service=key.service, tally=tally)


def ours(votes: Votes) -> Estimate:
    return estimate_cells(learn(votes).cells)


def uncapped(votes: Votes) -> Estimate:
    """Returns the production estimate with each vote by another person, so that no cap applies."""
    return ours(votes._replace(person=np.arange(votes.person.size)))


def _counts(votes: Votes) -> tuple[Chances, Chances]:
    size = int(np.prod(SHAPE))
    helped = np.bincount(votes.cell, votes.helped, size).reshape(SHAPE)
    n = np.bincount(votes.cell, np.ones(votes.cell.size), size).reshape(SHAPE)
    return np.asarray(helped, float), np.asarray(n, float)


def constant(_: Votes) -> Estimate:
    return Estimate(np.full(SHAPE, PRIOR))


def raw_mean(votes: Votes) -> Estimate:
    helped, n = _counts(votes)
    return Estimate(np.where(n > 0, helped / np.maximum(n, 1.0), PRIOR))


def laplace(votes: Votes) -> Estimate:
    helped, n = _counts(votes)
    return Estimate((helped + 1.0) / (n + 2.0))


def wilson(votes: Votes) -> Estimate:
    """Returns the lower bound of Wilson's score interval; 0 without votes."""
    helped, n = _counts(votes)
    some = np.maximum(n, 1.0)
    share = helped / some
    width = Z * np.sqrt(share * (1.0 - share) / some + Z * Z / (4.0 * some * some))
    return Estimate(np.where(n > 0, (share + Z * Z / (2.0 * some) - width) / (1.0 + Z * Z / some), 0.0))


def flat_beta(votes: Votes) -> Estimate:
    """Returns the estimate with one Beta prior of eight votes for every cell, without pooling."""
    helped, n = _counts(votes)
    return Estimate((helped + 8.0 * PRIOR) / (n + 8.0))


OURS: Final = "ours"
LAPLACE: Final = "Laplace"
ESTIMATORS: Final[dict[str, Callable[[Votes], Estimate]]] = {
    OURS: ours,
    "uncapped": uncapped,
    "constant": constant,
    "raw mean": raw_mean,
    LAPLACE: laplace,
    "Wilson": wilson,
    "flat Beta": flat_beta,
}
