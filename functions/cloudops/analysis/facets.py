"""Infers symptom, component and traits of an alert from weighted signals.

For each symptom or component, every field counts with its heaviest signal only. The largest sum wins; of
equal sums, the more specific symptom.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from cloudops.analysis.rule_grammar import IDLE, UNKNOWN
from cloudops.analysis.signals import Signal
from cloudops.core.taxonomy import Symptom

UNDIRECTED: Final = "undirected"
"""Trait of a query that compares a score, not the quantity itself, with its threshold."""

MEASURED: Final = {"measured_below": "low", "measured_above": "high"}
WORDED: Final = {"below": "low", "above": "high"}
DIRECTIONS: Final = (
    ("query", MEASURED),
    ("lead", MEASURED),
    ("message", MEASURED),
    ("title", WORDED),
    ("lead", WORDED),
    ("message", WORDED),
)
"""Where to look for the side of its bound on which a value lies: measurements before wording."""
HARMLESS: Final = {"high": "low", "low": "high"}

SYMPTOM_RANK: Final[dict[str, int]] = {
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
"""Of equal sums the higher rank wins: a crash loop explains errors, not the reverse."""


class Facets(NamedTuple):
    """What an alert is about. `component` is a word of the rule files, or `unknown`."""

    symptom: Symptom
    component: str
    traits: frozenset[str]
    evidence: tuple[str, ...]


def infer_facets(signals: Sequence[Signal]) -> Facets:
    """Infers what an alert is about from all of its signals."""
    placed = [(signal.field, trait) for signal in signals for trait in signal.meaning.traits]
    traits = {trait for _, trait in placed}
    harmless = HARMLESS.get(_direction(placed, traits), UNKNOWN)
    symptoms = _SignalTotals()
    components = _SignalTotals()
    harmless_symptoms = []
    for signal in signals:
        meaning = signal.meaning
        if meaning.component:
            components.add(meaning.component, signal)
        if meaning.symptom is None:
            continue
        if meaning.when == harmless:
            harmless_symptoms.append(meaning.symptom)
        else:
            symptoms.add(meaning.symptom, signal)
    symptom, why_symptom = symptoms.winner(Symptom.OTHER)
    component, why_component = components.winner(UNKNOWN)
    if symptom == Symptom.OTHER and any(name not in symptoms.totals for name in harmless_symptoms):
        traits.add(IDLE)
    return Facets(
        Symptom(symptom), component, frozenset(traits), tuple(filter(None, (why_symptom, why_component)))
    )


def _direction(placed: Sequence[tuple[str, str]], traits: set[str]) -> str:
    """Returns "high" or "low" as the alert states it of the quantity, or "" if it states neither or both.

    A processor below 10% is not saturated: wording that means trouble only when high then counts as idle.
    """
    for field, sides in DIRECTIONS:
        if sides is MEASURED and UNDIRECTED in traits:
            continue
        directions = {sides[trait] for place, trait in placed if place == field and trait in sides}
        if len(directions) == 1:
            return directions.pop()
    return ""


class _SignalTotals:
    """Sums of signal weights by symptom or component, with one signal a field: its heaviest."""

    def __init__(self) -> None:
        self.totals: dict[str, float] = {}
        self._heaviest: dict[tuple[str, str], Signal] = {}

    def add(self, facet: str, signal: Signal) -> None:
        key = (facet, signal.field)
        known = self._heaviest.get(key)
        if known is None or signal.weight > known.weight:
            self._heaviest[key] = signal
            gain = signal.weight - (known.weight if known else 0.0)
            self.totals[facet] = self.totals.get(facet, 0.0) + gain

    def winner(self, default: str) -> tuple[str, str]:
        """Returns the facet with the largest sum and the evidence of its heaviest signal, or (default,
        "")."""
        if not self.totals:
            return default, ""
        best = max(self.totals, key=lambda facet: (self.totals[facet], SYMPTOM_RANK.get(facet, 0)))
        reason = max(self._signals_for(best), key=lambda signal: signal.weight)
        return best, f"{best}: {reason.evidence}"

    def _signals_for(self, facet: str) -> Iterable[Signal]:
        return (signal for (known, _), signal in self._heaviest.items() if known == facet)
