"""What one vote or one outcome moves: the sums that a cell keeps, under forward decay and a cap per person.

A cell is (symptom, action, service). Every sum is linear in its observations, so a write adds a delta and
never needs to read the cell, and what is summed never needs rewriting as it ages: instead of old votes
losing weight, new ones gain it, w = 2^((t - landmark) / half-life). Only ratios of such sums are ever used.
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
    """A person's word: +1 the action helped or would have, -1 not. `prior` is what the rules gave it."""

    value: int
    at: EpochMillis
    prior: float = 0.5


class Outcome(msgspec.Struct, frozen=True, rename="camel"):
    """Whether the alerts cleared in their window after the action was carried out."""

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
        """The same observations at `weight` times the weight and `squares` times the square."""
        return WeightedSums(
            self.count,
            self.good,
            self.weight * weight,
            self.squares * squares,
            self.positive * weight,
            self.expected * weight,
        )


class Counts(msgspec.Struct, frozen=True, rename="camel"):
    """Votes and outcomes, kept apart because outcomes are debiased only when they are read."""

    votes: WeightedSums = WeightedSums()
    outcomes: WeightedSums = WeightedSums()

    def plus(self, other: "Counts", times: int = 1) -> "Counts":
        return Counts(self.votes.plus(other.votes, times), self.outcomes.plus(other.outcomes, times))

    def scaled(self, weight: float, squares: float) -> "Counts":
        return Counts(self.votes.scaled(weight, squares), self.outcomes.scaled(weight, squares))


class CellKey(NamedTuple):
    symptom: Symptom
    action: Action
    service: str


class Cell(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """All that was learned of one action for one symptom of one service."""

    symptom: Symptom
    action: Action
    service: str
    tally: Counts = Counts()
    updated_at: EpochMillis = 0

    @property
    def key(self) -> CellKey:
        return CellKey(self.symptom, self.action, self.service)


class PersonSum(msgspec.Struct, frozen=True, rename="camel"):
    """One person's own observations in one cell, uncapped, and the time of the latest."""

    tally: Counts = Counts()
    latest: EpochMillis = LANDMARK


class CellUpdate(msgspec.Struct, frozen=True):
    """What one transaction writes: `stored` is put as the observation, `person` is put, and `delta` is
    added to the cell."""

    stored: Observation
    person: PersonSum | None
    delta: Counts


def weight(at: EpochMillis, landmark: EpochMillis = LANDMARK) -> float:
    """Forward decay's weight, 1 at the landmark and doubling every half-life."""
    return float(2.0 ** ((at - landmark) / HALF_LIFE))


def decay(tally: Counts, at: EpochMillis, landmark: EpochMillis = LANDMARK) -> Counts:
    """The sums as seen from `at`, where a vote cast then weighs 1: they are the same sums, with `at` as
    their landmark. `decay(sums, landmark, at)` takes them back; exact over whole half-lives."""
    factor = weight(landmark, at)
    return tally.scaled(factor, factor * factor)


def apply_observation(person: PersonSum | None, previous: Observation | None, new: Observation) -> CellUpdate:
    """Replace `previous` by `new` in a person's sum, and tell what the cell gains or loses by it.

    `person` None is the system itself, which nobody can stuff and no cap holds. A change never takes an
    earlier time than what it replaces, so that the latest time only moves forward. The change stays in the
    cell of `previous`, even where the incident's symptom was read differently since."""
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
    """One observation as sums."""
    match observation:
        case Vote(value, at, prior):
            return Counts(votes=_one(value > 0, at, prior))
        case Outcome(cleared, at, prior):
            return Counts(outcomes=_one(cleared, at, prior))


def contribution(person: PersonSum) -> Counts:
    """What a person adds to the cell: everything, or everything in proportion down to CAP full votes.

    The squares shrink by the factor, not by its square: forty votes counted as five are worth five, while
    many small weights would otherwise raise the effective sample size."""
    total = person.tally.votes.weight + person.tally.outcomes.weight
    limit = CAP * weight(person.latest)
    if total <= limit:
        return person.tally
    return person.tally.scaled(limit / total, limit / total)


def recount(by_person: Iterable[Sequence[Observation]], by_system: Iterable[Observation] = ()) -> Counts:
    """A cell's tally anew from the log: each person's observations in it, and the system's own."""
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
