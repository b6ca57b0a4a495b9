"""Counts votes and outcomes in cells, under forward decay and a cap for each person.

A cell is (symptom, action, service, environment). Every sum is linear in its observations, so a write adds a
delta and never reads the cell, and sums need no rewriting as they age: instead of old votes losing weight,
new ones gain it, w = 2^((t - landmark) / half-life). Only ratios of such sums are ever used.
Source: Cormode et al., "Forward Decay", ICDE 2009.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, TypeAlias

import msgspec

from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import DAY, EpochMillis

HALF_LIFE: Final = 90 * DAY
"""Milliseconds in which a vote loses half its weight against a new one: 90 days, a quarter's changes."""

LANDMARK: Final[EpochMillis] = 1_735_689_600_000
"""2025-01-01, when a vote weighs 1. Squared weights pass DynamoDB's 1e125 after 207 half-lives, in 2076,
and a double's range in 2151; `decay` moves sums to a later landmark long before."""

CAP: Final = 1.5
"""Votes that one person's votes in one cell count at most, at the weight of the latest of them. Measured in
benchmarks/learning.py: docs/decisions/0010-confidence.md has the other values."""


class Vote(msgspec.Struct, frozen=True, rename="camel"):
    """A person's vote: +1 if the action helped or would have, else -1. `prior` is the estimate of the
    rules."""

    value: int
    at: EpochMillis
    prior: float = 0.5


class Outcome(msgspec.Struct, frozen=True, rename="camel"):
    """Whether the alerts resolved within the window after an action."""

    cleared: bool
    at: EpochMillis
    prior: float = 0.5


Observation: TypeAlias = Vote | Outcome


class WeightedSums(msgspec.Struct, frozen=True, rename="camel"):
    """Sums over observations of one kind: `count` and `good` are raw, the rest is in landmark weight.

    `weight` is sum w, `squares` sum w^2 (for the effective sample size), `positive` sum w of the good
    ones, `expected` sum w * prior."""

    count: int = 0
    good: int = 0
    weight: float = 0.0
    squares: float = 0.0
    positive: float = 0.0
    expected: float = 0.0

    def plus(self, other: "WeightedSums", times: int = 1) -> "WeightedSums":
        return WeightedSums(
            self.count + times * other.count,
            self.good + times * other.good,
            self.weight + times * other.weight,
            self.squares + times * other.squares,
            self.positive + times * other.positive,
            self.expected + times * other.expected,
        )

    def scaled(self, weight: float, squares: float) -> "WeightedSums":
        """Returns the same observations with weights and squared weights multiplied."""
        return WeightedSums(
            self.count,
            self.good,
            self.weight * weight,
            self.squares * squares,
            self.positive * weight,
            self.expected * weight,
        )


class Counts(msgspec.Struct, frozen=True, rename="camel"):
    """Votes and outcomes, separate because outcomes are debiased when they are read."""

    votes: WeightedSums = WeightedSums()
    outcomes: WeightedSums = WeightedSums()

    def plus(self, other: "Counts", times: int = 1) -> "Counts":
        return Counts(self.votes.plus(other.votes, times), self.outcomes.plus(other.outcomes, times))

    def scaled(self, weight: float, squares: float) -> "Counts":
        return Counts(self.votes.scaled(weight, squares), self.outcomes.scaled(weight, squares))


class CellKey(NamedTuple):
    """The identity of a cell.

    `environment` is canonical, or "" if it is unknown. A key of `Levels` has none: its evidence is that of
    several environments, or of the one that the levels belong to.
    """

    symptom: Symptom
    action: Action
    service: str
    environment: str = ""

    @property
    def pooled(self) -> "CellKey":
        """The key without its environment."""
        return self._replace(environment="")


class Cell(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The evidence counts for one action under one symptom of one service."""

    symptom: Symptom
    action: Action
    service: str
    environment: str = ""
    tally: Counts = Counts()
    updated_at: EpochMillis = 0

    @property
    def key(self) -> CellKey:
        return CellKey(self.symptom, self.action, self.service, self.environment)


class PersonSum(msgspec.Struct, frozen=True, rename="camel"):
    """One person's own observations in one cell, uncapped, and the time of the latest."""

    tally: Counts = Counts()
    latest: EpochMillis = LANDMARK


class CellUpdate(msgspec.Struct, frozen=True):
    """The writes of one transaction: `stored` and `person` replace their rows, `delta` is added to the
    cell."""

    stored: Observation
    person: PersonSum | None
    delta: Counts


def weight(at: EpochMillis, landmark: EpochMillis = LANDMARK) -> float:
    """Returns the forward-decay weight: 1 at the landmark, doubled every half-life."""
    return float(2.0 ** ((at - landmark) / HALF_LIFE))


def decay(tally: Counts, at: EpochMillis, landmark: EpochMillis = LANDMARK) -> Counts:
    """Returns the sums with `at` as their landmark, so that a vote of that time weighs 1.

    `decay(sums, landmark, at)` is the inverse, exact over whole half-lives."""
    factor = weight(landmark, at)
    return tally.scaled(factor, factor * factor)


def apply_observation(person: PersonSum | None, previous: Observation | None, new: Observation) -> CellUpdate:
    """Replaces `previous` by `new` in a person's sum, and returns the change of the cell.

    `person` is None for outcomes that CloudOps observes itself, which have no cap. A replacement never has
    an earlier time than `previous`. It stays in the cell of `previous`, even if the incident's symptom has
    changed since."""
    stored = new
    if previous and previous.at > new.at:
        stored = msgspec.structs.replace(new, at=previous.at)
    change = observed(stored)
    if previous:
        change = change.plus(observed(previous), -1)
    if person is None:
        return CellUpdate(stored, None, change)
    latest = max(person.latest, stored.at) if person.tally != Counts() else stored.at
    moved = PersonSum(person.tally.plus(change), latest)
    return CellUpdate(stored, moved, contribution(moved).plus(contribution(person), -1))


def observed(observation: Observation) -> Counts:
    """Returns one observation as sums."""
    match observation:
        case Vote(value, at, prior):
            return Counts(votes=_one(value > 0, at, prior))
        case Outcome(cleared, at, prior):
            return Counts(outcomes=_one(cleared, at, prior))


def contribution(person: PersonSum) -> Counts:
    """Returns what a person adds to the cell: the whole sum, or the sum scaled down to `CAP` full votes.

    The squares shrink by the factor, not by its square: forty votes counted as five are worth five, while
    many small weights would otherwise raise the effective sample size."""
    total = person.tally.votes.weight + person.tally.outcomes.weight
    limit = CAP * weight(person.latest)
    if total <= limit:
        return person.tally
    return person.tally.scaled(limit / total, limit / total)


def recount(by_person: Iterable[Sequence[Observation]], by_system: Iterable[Observation] = ()) -> Counts:
    """Returns the counts of a cell from its log: observations by person, and those of CloudOps itself."""
    total = Counts()
    for observations in by_person:
        own = Counts()
        for observation in observations:
            own = own.plus(observed(observation))
        latest = max((observation.at for observation in observations), default=LANDMARK)
        total = total.plus(contribution(PersonSum(own, latest)))
    for observation in by_system:
        total = total.plus(observed(observation))
    return total


def _one(good: bool, at: EpochMillis, prior: float) -> WeightedSums:
    w = weight(at)
    return WeightedSums(1, int(good), w, w * w, w * good, w * prior)
