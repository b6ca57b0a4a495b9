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


class ConfidenceSnapshot(msgspec.Struct, frozen=True, array_like=True):
    """Published levels. `strengths` are those of symptoms, services and cells; cells are sorted, so that
    equal levels are equal bytes."""

    strengths: tuple[float, float, float] | None = None
    cells: tuple[LearnedCell, ...] = ()

    @property
    def mark(self) -> str:
        """Names the content: equal marks are equal levels."""
        return blake2b(msgspec.msgpack.encode(self), digest_size=16).hexdigest()


def learned_of(levels: Levels) -> ConfidenceSnapshot:
    """Returns the snapshot of the levels; it only changes with votes and outcomes, because evidence does
    not age."""
    return ConfidenceSnapshot(
        (levels.symptom_strength, levels.service_strength, levels.cell_strength),
        tuple(_cell(key, *levels.cells[key]) for key in sorted(levels.cells)),
    )


def levels_of(learned: ConfidenceSnapshot) -> Levels:
    """Returns the levels of a snapshot; the evidence of a group is the sum of its cells."""
    levels = Levels()
    if learned.strengths:
        levels.symptom_strength, levels.service_strength, levels.cell_strength = learned.strengths
    for cell in learned.cells:
        counts = Counts(WeightedSums(cell.votes, cell.helped), WeightedSums(cell.outcomes, cell.cleared))
        levels.take(CellKey(cell.symptom, cell.action, cell.service), counts, Evidence(*cell.evidence))
    return levels


def _cell(key: CellKey, tally: Counts, own: Evidence) -> LearnedCell:
    votes, outcomes = tally.votes, tally.outcomes
    evidence = (own.helped, own.expected, own.weight, own.squares)
    return LearnedCell(*key, votes.count, votes.good, outcomes.count, outcomes.good, evidence)
