"""How sure we are that an action helps, from what people voted and what happened after it.

A crossed, hierarchical Beta posterior: what the rules expect, corrected by what was seen of all actions, of
the action, of the action under this symptom and on this service, and last by the cell's own votes. The
corrections add on the logit scale, each shrunk towards none. A cell's own votes are left out of every
correction but its own, so that they never count twice. Why so, and what else was tried:
docs/decisions/0010-confidence.md.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from cloudops.domain.beta import quantile
from cloudops.domain.evidence import Evidence, evidence, self_recovery
from cloudops.domain.learning import Cell, CellKey, Tally
from cloudops.domain.shrinkage import PRIOR_STRENGTH, Expectation, correction, estimated_strength, shifted
from cloudops.domain.suggestion import Action, Symptom

LOW: Final = 0.1
"""The percentile that automation goes by: nine times in ten the truth is above it, measured 90 to 91% where
nothing changes and 84% after the world did (benchmarks/learning.py)."""


class Levels(msgspec.Struct):
    """What all cells tell together: the evidence of everything, of each action, of each group and of each
    cell, and what the expectation of each of the last three steps is worth in votes."""

    overall: Evidence = msgspec.field(default_factory=Evidence)
    actions: dict[Action, Evidence] = {}
    symptoms: dict[tuple[Action, Symptom], Evidence] = {}
    services: dict[tuple[Action, str], Evidence] = {}
    cells: dict[CellKey, tuple[Tally, Evidence]] = {}
    symptom_strength: float = PRIOR_STRENGTH
    service_strength: float = PRIOR_STRENGTH
    cell_strength: float = PRIOR_STRENGTH

    def take(self, key: CellKey, tally: Tally, own: Evidence) -> None:
        """One more cell."""
        self.cells[key] = (tally, own)
        self.overall.add(own)
        self.actions.setdefault(key.action, Evidence()).add(own)
        self.symptoms.setdefault((key.action, key.symptom), Evidence()).add(own)
        self.services.setdefault((key.action, key.service), Evidence()).add(own)

    def base(self, action: Action, own: Evidence) -> float:
        """By how much the rules are off for this action, on the logit scale, as everything but a cell's own
        evidence tells it."""
        overall = correction(self.overall.without(own), 0.0, PRIOR_STRENGTH)
        seen = self.actions.get(action, own).without(own)
        return overall + correction(seen, overall, PRIOR_STRENGTH)


class Confidence(msgspec.Struct, frozen=True, rename="camel"):
    """The expected chance that an action helps, 0 to 1, its 10th percentile, and what both rest on.

    `votes` and `outcomes` are the cell's raw counts, `effective` what they are worth in fresh votes."""

    mean: float
    low: float
    votes: int
    outcomes: int
    effective: float
    explanation: str


def aggregate(cells: Iterable[Cell]) -> Levels:
    """All levels from all cells; the work is proportional to the cells, however many votes they hold."""
    stored = sorted(cells, key=lambda cell: cell.key)
    usual, recovery = self_recovery(stored)
    levels = Levels()
    for cell in stored:
        levels.take(cell.key, cell.tally, evidence(cell, recovery.get(cell.symptom, usual)))
    levels.symptom_strength = _group_strength(levels, levels.symptoms.items())
    levels.service_strength = _group_strength(levels, levels.services.items())
    levels.cell_strength = estimated_strength(
        (own, _expected(levels, key, own, own.prior)) for key, (_, own) in levels.cells.items()
    )
    return levels


def estimate(levels: Levels, symptom: Symptom, action: Action, service: str, prior_mean: float) -> Confidence:
    """The posterior for one action on one service's symptom, also where nobody voted on just that.

    `prior_mean` is what the rules expect. People see actions ranked by the mean; automation goes by `low`.
    """
    key = CellKey(symptom, action, service)
    tally, own = levels.cells.get(key, (Tally(), Evidence()))
    expected = _expected(levels, key, own, prior_mean)
    strength = max(1.0 / (1.0 / (levels.cell_strength + 1.0) + expected.doubt) - 1.0, 1.0)
    total = own.effective + strength
    mean = (own.effective * own.rate + strength * expected.mean) / total
    return Confidence(
        mean=mean,
        low=quantile(LOW, mean * total, (1.0 - mean) * total),
        votes=tally.votes.count,
        outcomes=tally.outcomes.count,
        effective=own.effective,
        explanation=_explanation(levels, key, prior_mean),
    )


def _group_strength(levels: Levels, groups: Iterable[tuple[tuple[Action, str], Evidence]]) -> float:
    return estimated_strength(
        (seen, Expectation(shifted(seen.prior, levels.base(action, seen)))) for (action, _), seen in groups
    )


def _expected(levels: Levels, key: CellKey, own: Evidence, prior: float) -> Expectation:
    """What everything but the cell's own evidence says of it."""
    base = levels.base(key.action, own)
    others = levels.symptoms.get((key.action, key.symptom), own).without(own)
    elsewhere = levels.services.get((key.action, key.service), own).without(own)
    shift = correction(others, base, levels.symptom_strength)
    shift += correction(elsewhere, base, levels.service_strength)
    doubt = 1.0 / (others.effective + levels.symptom_strength)
    doubt += 1.0 / (elsewhere.effective + levels.service_strength)
    return Expectation(shifted(prior, base + shift), doubt)


def _explanation(levels: Levels, key: CellKey, prior: float) -> str:
    """Such as "12 of 14 helped for oom on checkout; 0.81 across services"."""
    tally, own = levels.cells.get(key, (Tally(), Evidence()))
    votes, outcomes = tally.votes, tally.outcomes
    matter = key.symptom.replace("_", " ") + (f" on {key.service}" if key.service else "")
    said = (
        f"{votes.good} of {votes.count} helped for {matter}" if votes.count else f"no votes yet for {matter}"
    )
    if outcomes.count:
        said += f", {outcomes.good} of {outcomes.count} cleared afterwards"
    if votes.count + outcomes.count - own.effective >= 0.5:
        said += f", worth {own.effective:.1f} fresh votes"
    group = levels.symptoms.get((key.action, key.symptom), Evidence())
    base = levels.base(key.action, own)
    across = shifted(prior, base + correction(group, base, levels.symptom_strength))
    return f"{said}; {across:.2f} " + ("across services" if group.weight else "expected by the rules")
