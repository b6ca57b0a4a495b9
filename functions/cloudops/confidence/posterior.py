"""Estimates the confidence that an action helps, from votes and outcomes.

A crossed, hierarchical Beta posterior: the estimate of the rules, corrected by the evidence of all actions,
of the action, of the action under this symptom and on this service, and last by the cell's own votes. The
corrections add on the logit scale, each shrunk towards none. A cell's own votes are left out of every
correction but its own, so that they never count twice. Reasons and
alternatives: docs/decisions/0010-confidence.md.
"""

from collections.abc import Iterable, Mapping
from math import exp, log
from typing import Final, NamedTuple

import msgspec

from cloudops.confidence.beta import quantile
from cloudops.confidence.observations import Cell, CellKey, Counts, WeightedSums
from cloudops.core.taxonomy import Action, Symptom

SENSITIVITY: Final = 0.9
"""Share of helpful actions after which the alerts resolve within the window; the others resolve later or by
hand. Assumed, not measured: lower values trust outcomes less."""
SELF_RECOVERY: Final = 0.3
"""Share of alerts that resolve without an action, assumed until outcomes of no action are known."""
RECOVERY_STRENGTH: Final = 8.0
"""Weight in outcomes of `SELF_RECOVERY` overall, and of the overall share for each symptom."""
ROUNDING: Final = 1e-6
"""Relative weight below which the remainder of a subtraction may be rounding."""


class Evidence(msgspec.Struct):
    """Weighted sums in units of votes: helped, expected by the rules, weight and squared weight."""

    helped: float = 0.0
    expected: float = 0.0
    weight: float = 0.0
    squares: float = 0.0

    @property
    def effective(self) -> float:
        """The effective sample size, (sum w)^2 / sum w^2.

        Source: Kish, 1965, the effective sample size of a weighted sample."""
        return self.weight * self.weight / self.squares if self.squares else 0.0

    @property
    def rate(self) -> float:
        """The share that helped, 0 to 1; debiased outcomes can exceed the range and are clipped."""
        return min(max(self.helped / self.weight, 0.0), 1.0) if self.weight else 0.0

    @property
    def prior(self) -> float:
        """The average estimate of the rules for these observations."""
        return self.expected / self.weight if self.weight else 0.5

    def add(self, other: "Evidence") -> None:
        self.helped += other.helped
        self.expected += other.expected
        self.weight += other.weight
        self.squares += other.squares

    def without(self, part: "Evidence") -> "Evidence":
        """Returns the evidence without a part, or none if the remainder may be rounding."""
        weight = self.weight - part.weight
        squares = self.squares - part.squares
        if weight <= ROUNDING * self.weight or squares <= 0.0:
            return Evidence()
        return Evidence(self.helped - part.helped, self.expected - part.expected, weight, squares)


def evidence(cell: Cell, recovery: float) -> Evidence:
    """Returns the votes and outcomes of a cell together.

    `recovery` is the share of alerts that resolve without an action, 0 to 1.

    An outcome estimates "it helped" without bias as (cleared - recovery) / k, k = sensitivity - recovery,
    and varies 1 / k^2 times as much as a vote, so it weighs k^2 (Rogan and Gladen, Am. J. Epidemiology,
    1978). Stored counts are raw, so a better recovery rate rewrites nothing. Outcomes of no action only
    estimate the rate."""
    votes, outcomes = cell.tally.votes, cell.tally.outcomes
    total = Evidence(votes.positive, votes.expected, votes.weight, votes.squares)
    k = max(SENSITIVITY - recovery, 0.0)
    if cell.action is not Action.NOOP and k and outcomes.weight:
        total.add(
            Evidence(
                k * (outcomes.positive - recovery * outcomes.weight),
                k * k * outcomes.expected,
                k * k * outcomes.weight,
                k * k * outcomes.squares,
            )
        )
    return total


def self_recovery(cells: Iterable[Cell]) -> tuple[float, Mapping[Symptom, float]]:
    """Returns the share of alerts that resolve without an action: overall, and by symptom with data."""
    everything, symptoms = Evidence(), dict[Symptom, Evidence]()
    for cell in cells:
        if cell.action is Action.NOOP and cell.tally.outcomes.weight:
            seen = _outcome_evidence(cell.tally.outcomes)
            everything.add(seen)
            symptoms.setdefault(cell.symptom, Evidence()).add(seen)
    overall = _shrunk(everything, SELF_RECOVERY)
    return overall, {symptom: _shrunk(seen, overall) for symptom, seen in symptoms.items()}


def _outcome_evidence(outcomes: WeightedSums) -> Evidence:
    return Evidence(outcomes.positive, outcomes.expected, outcomes.weight, outcomes.squares)


def _shrunk(seen: Evidence, towards: float) -> float:
    n = seen.effective
    return (n * seen.rate + RECOVERY_STRENGTH * towards) / (n + RECOVERY_STRENGTH)


PRIOR_STRENGTH: Final = 8.0
"""Weight of an expectation in votes, until the cells are enough to estimate it."""
STRENGTH_TRUST: Final = 200.0
"""Votes beyond the first of each group from which the estimate outweighs `PRIOR_STRENGTH`."""
STRENGTH_BOUNDS: Final = (2.0, 200.0)
"""Lowest and highest weight of an expectation in votes, whatever the estimate."""
EDGE: Final = 0.02
"""Smallest distance of an expectation from 0 and 1, so that votes can still move it."""


class Prior(NamedTuple):
    """An expected probability, and its own uncertainty: the variance as a share of p(1 - p)."""

    mean: float
    doubt: float = 0.0


def correction(seen: Evidence, base: float, strength: float) -> float:
    """Returns the distance, on the logit scale, of a group's posterior from the rules shifted by `base`."""
    expected = shifted(seen.prior, base)
    posterior = (seen.effective * seen.rate + strength * expected) / (seen.effective + strength)
    return _logit(posterior) - _logit(expected)


def estimated_strength(groups: Iterable[tuple[Evidence, Prior]]) -> float:
    """Returns the weight of an expectation in votes, from how much groups differ from it beyond chance.

    Moments of the beta-binomial: n (rate - mean)^2 / (mean (1 - mean)) averages 1 + (n - 1) / (strength + 1),
    and n times the expectation's own doubt on top; PRIOR_STRENGTH counts as STRENGTH_TRUST such votes. A
    group counts by (n - 1) / n: a single vote says nothing about how groups differ."""
    spread, trust = STRENGTH_TRUST / (PRIOR_STRENGTH + 1.0), STRENGTH_TRUST
    for seen, (mean, doubt) in groups:
        n = seen.effective
        if n > 1.0:
            share = (n - 1.0) / n
            chance = mean * (1.0 - mean)
            spread += share * (n * (seen.rate - mean) ** 2 / chance - 1.0 - n * doubt)
            trust += share * (n - 1.0)
    least, most = STRENGTH_BOUNDS
    return 1.0 / min(max(spread / trust, 1.0 / (most + 1.0)), 1.0 / (least + 1.0)) - 1.0


def shifted(chance: float, by: float) -> float:
    """Returns a probability moved by `by` on the logit scale, at least `EDGE` away from 0 and 1."""
    return _within(1.0 / (1.0 + exp(-_logit(chance) - by)))


def _logit(chance: float) -> float:
    inside = _within(chance)
    return log(inside / (1.0 - inside))


def _within(chance: float) -> float:
    return min(max(chance, EDGE), 1.0 - EDGE)


LOWER_QUANTILE: Final = 0.1
"""The percentile that automation uses. The true probability is above it in 90 to 91% of cells in a stable
world, and in 84% after a change (benchmarks/learning.py)."""


class Levels(msgspec.Struct):
    """The evidence of all cells, of each action, each symptom and service group, and each cell.

    The strengths are the weights in votes of the expectations for symptoms, services and cells. The cells are
    pooled over all environments, for people to see. `environments` holds levels of the evidence that was
    earned in each environment alone, for automation: what helped in a sandbox opens nothing in production.
    """

    overall: Evidence = msgspec.field(default_factory=Evidence)
    actions: dict[Action, Evidence] = {}
    symptoms: dict[tuple[Action, Symptom], Evidence] = {}
    services: dict[tuple[Action, str], Evidence] = {}
    cells: dict[CellKey, tuple[Counts, Evidence]] = {}
    environments: dict[str, "Levels"] = {}
    symptom_strength: float = PRIOR_STRENGTH
    service_strength: float = PRIOR_STRENGTH
    cell_strength: float = PRIOR_STRENGTH

    @property
    def strengths(self) -> tuple[float, float, float]:
        """Those of symptoms, services and cells."""
        return self.symptom_strength, self.service_strength, self.cell_strength

    def take(self, key: CellKey, tally: Counts, own: Evidence) -> None:
        """Adds a cell to all levels, and to those of its environment."""
        _add_cell(self, key.pooled, tally, own)
        _add_cell(self.environments.setdefault(key.environment, Levels()), key.pooled, tally, own)

    def weigh(self, strengths: tuple[float, float, float]) -> None:
        """Sets the strengths of symptoms, services and cells."""
        self.symptom_strength, self.service_strength, self.cell_strength = strengths

    def base(self, action: Action, own: Evidence) -> float:
        """Returns the correction of the rules for an action, on the logit scale, without the cell's
        evidence."""
        overall = correction(self.overall.without(own), 0.0, PRIOR_STRENGTH)
        seen = self.actions.get(action, own).without(own)
        return overall + correction(seen, overall, PRIOR_STRENGTH)


def _add_cell(levels: Levels, key: CellKey, tally: Counts, own: Evidence) -> None:
    known = levels.cells.get(key)
    pooled = Evidence()
    for part in (known[1], own) if known else (own,):
        pooled.add(part)
    levels.cells[key] = (known[0].plus(tally) if known else tally, pooled)
    levels.overall.add(own)
    levels.actions.setdefault(key.action, Evidence()).add(own)
    levels.symptoms.setdefault((key.action, key.symptom), Evidence()).add(own)
    levels.services.setdefault((key.action, key.service), Evidence()).add(own)


class Confidence(msgspec.Struct, frozen=True, rename="camel"):
    """The estimated probability that an action helps, 0 to 1, its 10th percentile, and the counts behind
    both.

    `votes` and `outcomes` are the cell's raw counts, `effective` their effective number in votes."""

    mean: float
    low: float
    votes: int
    outcomes: int
    effective: float
    explanation: str


def aggregate(cells: Iterable[Cell]) -> Levels:
    """Returns the levels of all cells, in time proportional to the number of cells, not of votes."""
    stored = sorted(cells, key=lambda cell: cell.key)
    usual, recovery = self_recovery(stored)
    levels = Levels()
    for cell in stored:
        levels.take(cell.key, cell.tally, evidence(cell, recovery.get(cell.symptom, usual)))
    for one in (levels, *levels.environments.values()):
        _estimate_strengths(one)
    return levels


def _estimate_strengths(levels: Levels) -> None:
    levels.symptom_strength = _group_strength(levels, levels.symptoms.items())
    levels.service_strength = _group_strength(levels, levels.services.items())
    levels.cell_strength = estimated_strength(
        (own, _expected(levels, key, own, own.prior)) for key, (_, own) in levels.cells.items()
    )


def estimate(levels: Levels, symptom: Symptom, action: Action, service: str, prior_mean: float) -> Confidence:
    """Returns the posterior for an action under a symptom of a service, also without votes on the cell.

    `prior_mean` is the estimate of the rules. People see actions ranked by the mean; automation uses `low`.
    """
    key = CellKey(symptom, action, service)
    tally, own = levels.cells.get(key, (Counts(), Evidence()))
    expected = _expected(levels, key, own, prior_mean)
    strength = max(1.0 / (1.0 / (levels.cell_strength + 1.0) + expected.doubt) - 1.0, 1.0)
    total = own.effective + strength
    mean = (own.effective * own.rate + strength * expected.mean) / total
    return Confidence(
        mean=mean,
        low=quantile(LOWER_QUANTILE, mean * total, (1.0 - mean) * total),
        votes=tally.votes.count,
        outcomes=tally.outcomes.count,
        effective=own.effective,
        explanation=_explanation(levels, key, prior_mean),
    )


def _group_strength(levels: Levels, groups: Iterable[tuple[tuple[Action, str], Evidence]]) -> float:
    return estimated_strength(
        (seen, Prior(shifted(seen.prior, levels.base(action, seen)))) for (action, _), seen in groups
    )


def _expected(levels: Levels, key: CellKey, own: Evidence, prior: float) -> Prior:
    """Returns the expectation from all evidence except the cell's own."""
    base = levels.base(key.action, own)
    others = levels.symptoms.get((key.action, key.symptom), own).without(own)
    elsewhere = levels.services.get((key.action, key.service), own).without(own)
    shift = correction(others, base, levels.symptom_strength)
    shift += correction(elsewhere, base, levels.service_strength)
    doubt = 1.0 / (others.effective + levels.symptom_strength)
    doubt += 1.0 / (elsewhere.effective + levels.service_strength)
    return Prior(shifted(prior, base + shift), doubt)


def _explanation(levels: Levels, key: CellKey, prior: float) -> str:
    """Returns a text such as "12 of 14 helped for oom on checkout; 0.81 across services"."""
    tally, own = levels.cells.get(key, (Counts(), Evidence()))
    votes, outcomes = tally.votes, tally.outcomes
    subject = key.symptom.replace("_", " ") + (f" on {key.service}" if key.service else "")
    text = (
        f"{votes.good} of {votes.count} helped for {subject}"
        if votes.count
        else f"no votes yet for {subject}"
    )
    if outcomes.count:
        text += f", {outcomes.good} of {outcomes.count} resolved afterwards"
    if votes.count + outcomes.count - own.effective >= 0.5:
        text += f", equal to {own.effective:.1f} recent votes"
    group = levels.symptoms.get((key.action, key.symptom), Evidence())
    base = levels.base(key.action, own)
    across = shifted(prior, base + correction(group, base, levels.symptom_strength))
    return f"{text}; {across:.2f} " + ("across services" if group.weight else "from the rules alone")
