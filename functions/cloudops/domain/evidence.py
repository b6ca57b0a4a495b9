"""What a cell's sums say in votes' worth: votes as they are, outcomes freed of what clears by itself."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from cloudops.domain.learning import Cell, Sums
from cloudops.domain.suggestion import Action, Symptom

SENSITIVITY: Final = 0.9
"""Share of actions that helped after which the alerts clear within their window; the others clear later or
are closed by hand. Assumed, not measured: lower values trust outcomes less."""
SELF_RECOVERY: Final = 0.3
"""Share of alerts that clear with nothing done, assumed until outcomes of doing nothing tell."""
RECOVERY_STRENGTH: Final = 8.0
"""Outcomes that SELF_RECOVERY is worth overall, and the overall share for each symptom."""
GONE: Final = 1e-6
"""Relative weight below which what a subtraction leaves over may be rounding, the squares' above all."""


class Evidence(msgspec.Struct):
    """Weighted sums in votes' worth: what helped, what the rules expected, weight and squared weight."""

    helped: float = 0.0
    expected: float = 0.0
    weight: float = 0.0
    squares: float = 0.0

    @property
    def effective(self) -> float:
        """The effective sample size, (sum w)^2 / sum w^2: as many votes of one weight tell as much.

        Source: Kish, Survey Sampling, 1965."""
        return self.weight * self.weight / self.squares if self.squares else 0.0

    @property
    def rate(self) -> float:
        """The share that helped, 0 to 1; debiased outcomes alone can go beyond, and are cut there."""
        return min(max(self.helped / self.weight, 0.0), 1.0) if self.weight else 0.0

    @property
    def prior(self) -> float:
        """What the rules expected of these on average."""
        return self.expected / self.weight if self.weight else 0.5

    def add(self, other: "Evidence") -> None:
        self.helped += other.helped
        self.expected += other.expected
        self.weight += other.weight
        self.squares += other.squares

    def without(self, part: "Evidence") -> "Evidence":
        """What is left when a part is taken out; nothing where that may be mere rounding."""
        weight = self.weight - part.weight
        squares = self.squares - part.squares
        if weight <= GONE * self.weight or squares <= 0.0:
            return Evidence()
        return Evidence(self.helped - part.helped, self.expected - part.expected, weight, squares)


def evidence(cell: Cell, recovery: float) -> Evidence:
    """A cell's votes and outcomes together; `recovery` is the share that clears with nothing done.

    An outcome estimates "it helped" without bias as (cleared - recovery) / k, k = sensitivity - recovery,
    and varies 1 / k^2 times as much as a vote, so it weighs k^2 (Rogan and Gladen, Am. J. Epidemiology,
    1978). What is kept is raw, so a better recovery rate rewrites nothing. Outcomes of doing nothing only
    make the rate."""
    votes, outcomes = cell.tally.votes, cell.tally.outcomes
    found = Evidence(votes.positive, votes.expected, votes.weight, votes.squares)
    k = max(SENSITIVITY - recovery, 0.0)
    if cell.action is not Action.NOOP and k and outcomes.weight:
        found.add(
            Evidence(
                k * (outcomes.positive - recovery * outcomes.weight),
                k * k * outcomes.expected,
                k * k * outcomes.weight,
                k * k * outcomes.squares,
            )
        )
    return found


def self_recovery(cells: Iterable[Cell]) -> tuple[float, Mapping[Symptom, float]]:
    """The share of alerts that clear with nothing done: overall, and by symptom where any were seen."""
    everything, symptoms = Evidence(), dict[Symptom, Evidence]()
    for cell in cells:
        if cell.action is Action.NOOP and cell.tally.outcomes.weight:
            seen = _undone(cell.tally.outcomes)
            everything.add(seen)
            symptoms.setdefault(cell.symptom, Evidence()).add(seen)
    overall = _shrunk(everything, SELF_RECOVERY)
    return overall, {symptom: _shrunk(seen, overall) for symptom, seen in symptoms.items()}


def _undone(outcomes: Sums) -> Evidence:
    return Evidence(outcomes.positive, outcomes.expected, outcomes.weight, outcomes.squares)


def _shrunk(seen: Evidence, towards: float) -> float:
    n = seen.effective
    return (n * seen.rate + RECOVERY_STRENGTH * towards) / (n + RECOVERY_STRENGTH)
