"""A compact snapshot of the confidence levels, which recompute publishes for all functions."""

from hashlib import blake2b

import msgspec

from cloudops.confidence.observations import CellKey, Counts, WeightedSums
from cloudops.confidence.posterior import Evidence, Levels
from cloudops.core.taxonomy import Action, Symptom


class LearnedCell(msgspec.Struct, frozen=True, array_like=True):
    """A cell as the estimator reads it: raw counts, and its evidence in landmark weight."""

    symptom: Symptom
    action: Action
    service: str
    votes: int
    helped: int
    outcomes: int
    cleared: int
    evidence: tuple[float, float, float, float]
    environment: str = ""


class ConfidenceSnapshot(msgspec.Struct, frozen=True, array_like=True):
    """Published levels. `strengths` are those of symptoms, services and cells over all environments,
    `environments` those of each; everything is sorted, so that equal levels are equal bytes."""

    strengths: tuple[float, float, float] | None = None
    cells: tuple[LearnedCell, ...] = ()
    environments: dict[str, tuple[float, float, float]] = {}

    @property
    def mark(self) -> str:
        """Names the content: equal marks are equal levels."""
        return blake2b(msgspec.msgpack.encode(self), digest_size=16).hexdigest()


def learned_of(levels: Levels) -> ConfidenceSnapshot:
    """Returns the snapshot of the levels; it only changes with votes and outcomes, because evidence does
    not age."""
    by_environment = sorted(levels.environments.items())
    return ConfidenceSnapshot(
        levels.strengths,
        tuple(
            _cell(key, environment, *one.cells[key])
            for environment, one in by_environment
            for key in sorted(one.cells)
        ),
        {environment: one.strengths for environment, one in by_environment},
    )


def levels_of(learned: ConfidenceSnapshot) -> Levels:
    """Returns the levels of a snapshot; the evidence of a group is the sum of its cells."""
    levels = Levels()
    if learned.strengths:
        levels.weigh(learned.strengths)
    for cell in learned.cells:
        counts = Counts(WeightedSums(cell.votes, cell.helped), WeightedSums(cell.outcomes, cell.cleared))
        key = CellKey(cell.symptom, cell.action, cell.service, cell.environment)
        levels.take(key, counts, Evidence(*cell.evidence))
    for environment, strengths in learned.environments.items():
        levels.environments[environment].weigh(strengths)
    return levels


def _cell(key: CellKey, environment: str, tally: Counts, own: Evidence) -> LearnedCell:
    votes, outcomes = tally.votes, tally.outcomes
    evidence = (own.helped, own.expected, own.weight, own.squares)
    return LearnedCell(
        key.symptom,
        key.action,
        key.service,
        votes.count,
        votes.good,
        outcomes.count,
        outcomes.good,
        evidence,
        environment,
    )
