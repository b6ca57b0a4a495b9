"""Estimators under comparison: the production estimator, and the usual ones."""

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
"""What the rules expect here: nothing. Good rules would only help."""
Z: Final = 1.96
"""Wilson's bound at 95%."""


NOTHING: Final[Chances] = np.zeros(SHAPE)


class Estimate(NamedTuple):
    """The chance to help and its 10th percentile, shaped like the world; rivals have no percentile, so that
    nothing of theirs would be automated."""

    mean: Chances
    low: Chances = NOTHING


KEYS: Final = [
    CellKey(cast(Symptom, f"symptom-{symptom}"), list(Action)[action], f"service-{service}")
    for symptom in range(SYMPTOMS)
    for service in range(SERVICES)
    for action in range(ACTIONS)
]


class Learned(NamedTuple):
    """The cells after every vote, and the log they came from: what each person said in each cell."""

    tallies: dict[int, Counts]
    people: dict[tuple[int, int], PersonSum]
    log: dict[tuple[int, int], list[Observation]]

    def take(self, cell: int, person: int, vote: Vote, previous: Observation | None = None) -> Observation:
        """Counts one vote as production does, and returns what is stored."""
        moved = apply_observation(self.people.get((cell, person), PersonSum()), previous, vote)
        self.people[cell, person] = cast(PersonSum, moved.person)
        self.tallies[cell] = self.tallies.get(cell, Counts()).plus(moved.delta)
        return moved.stored

    @property
    def cells(self) -> list[Cell]:
        return [_cell(index, tally) for index, tally in self.tallies.items()]


def learn(votes: Votes) -> Learned:
    """Every vote moves its cell, one by one."""
    learned = Learned({}, {}, {})
    columns = (column.tolist() for column in votes)
    for cell, person, helped, at in zip(*columns, strict=True):
        stored = learned.take(cell, person, Vote(1 if helped else -1, at, PRIOR))
        learned.log.setdefault((cell, person), []).append(stored)
    return learned


def apart(votes: Votes) -> float:
    """How far the cells that grew a vote at a time are from those recounted from the log: the largest
    difference of any mean or percentile, after half of the people changed a vote in each of their cells."""
    learned = learn(votes)
    end = int(votes.at.max())
    for (cell, person), said in learned.log.items():
        if person % 2:
            said[0] = learned.take(cell, person, Vote(-1, end, PRIOR), said[0])
    by_cell: dict[int, list[list[Observation]]] = {}
    for (cell, _), said in learned.log.items():
        by_cell.setdefault(cell, []).append(said)
    grown = judge(learned.cells)
    recounted = judge([_cell(index, recount(people)) for index, people in by_cell.items()])
    return max(float(np.abs(one - other).max()) for one, other in zip(grown, recounted, strict=True))


def judge(cells: list[Cell]) -> Estimate:
    levels = aggregate(cells)
    found = [estimate(levels, key.symptom, key.action, key.service, PRIOR) for key in KEYS]
    return Estimate(
        *(np.array([getattr(one, name) for one in found]).reshape(SHAPE) for name in Estimate._fields)
    )


def _cell(index: int, tally: Counts) -> Cell:
    key = KEYS[index]
    return Cell(symptom=key.symptom, action=key.action, service=key.service, tally=tally)


def ours(votes: Votes) -> Estimate:
    return judge(learn(votes).cells)


def uncapped(votes: Votes) -> Estimate:
    """Ours, with every vote by a person of its own, so that no cap holds."""
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
    """The lower bound of Wilson's score interval; 0 without votes."""
    helped, n = _counts(votes)
    some = np.maximum(n, 1.0)
    share = helped / some
    width = Z * np.sqrt(share * (1.0 - share) / some + Z * Z / (4.0 * some * some))
    return Estimate(np.where(n > 0, (share + Z * Z / (2.0 * some) - width) / (1.0 + Z * Z / some), 0.0))


def flat_beta(votes: Votes) -> Estimate:
    """One Beta prior of eight votes for every cell, nothing shared."""
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
