"""What an alert tells of itself, by weighed votes: its symptom, the component that alarms, its traits."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from cloudops.analysis.rule_grammar import IDLE, UNKNOWN
from cloudops.analysis.signals import Signal
from cloudops.core.taxonomy import Symptom

UNDIRECTED: Final = "undirected"
"""Trait of a query that compares a score, not the quantity, with its threshold."""

MEASURED: Final = {"measured_below": "low", "measured_above": "high"}
SPOKEN: Final = {"below": "low", "above": "high"}
DIRECTIONS: Final = (
    ("query", MEASURED),
    ("lead", MEASURED),
    ("message", MEASURED),
    ("title", SPOKEN),
    ("lead", SPOKEN),
    ("message", SPOKEN),
)
"""Where it is looked up on which side of its bound a value lies: what was measured before what is said."""
HARMLESS: Final = {"high": "low", "low": "high"}

SPECIFIC: Final[dict[str, int]] = {
    Symptom.OTHER: 0,
    Symptom.SATURATION_CPU: 1,
    Symptom.SATURATION_MEMORY: 2,
    Symptom.LATENCY: 3,
    Symptom.ERROR_RATE: 4,
    Symptom.AVAILABILITY: 5,
    Symptom.QUEUE_BACKLOG: 6,
    Symptom.DISK: 7,
    Symptom.THROTTLING: 8,
    Symptom.CRASH_LOOP: 9,
    Symptom.CERTIFICATE: 10,
    Symptom.OOM: 11,
}
"""Of equal votes the more specific symptom wins: a crash loop explains errors, not the reverse."""


class Facets(NamedTuple):
    """`component` is a word of the rule files, or `unknown`."""

    symptom: Symptom
    component: str
    traits: frozenset[str]
    evidence: tuple[str, ...]


def infer_facets(votes: Sequence[Signal]) -> Facets:
    told = [(vote.field, trait) for vote in votes for trait in vote.meaning.traits]
    traits = {trait for _, trait in told}
    harmless = HARMLESS.get(_direction(told, traits), UNKNOWN)
    symptoms = _SignalTotals()
    components = _SignalTotals()
    passed = []
    for vote in votes:
        meaning = vote.meaning
        if meaning.component:
            components.add(meaning.component, vote)
        if meaning.symptom is None:
            continue
        if meaning.when == harmless:
            passed.append(meaning.symptom)
        else:
            symptoms.add(meaning.symptom, vote)
    symptom, why_symptom = symptoms.winner(Symptom.OTHER)
    component, why_component = components.winner(UNKNOWN)
    if symptom == Symptom.OTHER and any(one not in symptoms.totals for one in passed):
        traits.add(IDLE)
    return Facets(
        Symptom(symptom), component, frozenset(traits), tuple(filter(None, (why_symptom, why_component)))
    )


def _direction(told: Sequence[tuple[str, str]], traits: set[str]) -> str:
    """ "high" or "low", whichever the alert says of the quantity; empty where it says neither or both.

    A processor below 10% is no saturation, so a wording that means trouble only when high then counts for
    nothing but idleness."""
    for field, sides in DIRECTIONS:
        if sides is MEASURED and UNDIRECTED in traits:
            continue
        found = {sides[trait] for place, trait in told if place == field and trait in sides}
        if len(found) == 1:
            return found.pop()
    return ""


class _SignalTotals:
    """Votes summed by thing, of which each field has one, its heaviest."""

    def __init__(self) -> None:
        self.totals: dict[str, float] = {}
        self._heaviest: dict[tuple[str, str], Signal] = {}

    def add(self, thing: str, vote: Signal) -> None:
        key = (thing, vote.field)
        known = self._heaviest.get(key)
        if known is None or vote.weight > known.weight:
            self._heaviest[key] = vote
            gain = vote.weight - (known.weight if known else 0.0)
            self.totals[thing] = self.totals.get(thing, 0.0) + gain

    def winner(self, nothing: str) -> tuple[str, str]:
        """What has most weight behind it, and the heaviest evidence for it."""
        if not self.totals:
            return nothing, ""
        best = max(self.totals, key=lambda thing: (self.totals[thing], SPECIFIC.get(thing, 0)))
        reason = max(self._behind(best), key=lambda vote: vote.weight)
        return best, f"{best}: {reason.evidence}"

    def _behind(self, thing: str) -> Iterable[Signal]:
        return (vote for (voted, _), vote in self._heaviest.items() if voted == thing)
