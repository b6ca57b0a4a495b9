"""What an alert tells of itself, by weighed votes: its symptom, the component that alarms, its traits."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from cloudops.domain.suggestion import Symptom
from cloudops.domain.votes import Vote

UNKNOWN: Final = "unknown"
IDLE: Final = "idle"
MEASURED: Final = {"measured_below": "low", "measured_above": "high"}
SPOKEN: Final = {"below": "low", "above": "high"}
UNDIRECTED: Final = "undirected"
"""Trait of a query that compares a score, not the quantity, with its threshold."""

SPECIFIC: Final = (
    Symptom.OOM, Symptom.CERTIFICATE, Symptom.CRASH_LOOP, Symptom.THROTTLING, Symptom.DISK,
    Symptom.QUEUE_BACKLOG, Symptom.AVAILABILITY, Symptom.ERROR_RATE, Symptom.LATENCY,
    Symptom.SATURATION_MEMORY, Symptom.SATURATION_CPU, Symptom.OTHER,
)  # fmt: skip
"""Of equal votes the more specific symptom wins: a crash loop explains errors, not the reverse."""


class Facets(NamedTuple):
    """`component` is a word of the rule files, or `unknown`."""

    symptom: Symptom
    component: str
    traits: frozenset[str]
    evidence: tuple[str, ...]


def facets(votes: Sequence[Vote]) -> Facets:
    traits = {trait for vote in votes for trait in vote.meaning.traits}
    right, opposite = _sides(votes, _direction(votes, traits))
    symptom, why_symptom = _most([(vote, vote.meaning.symptom) for vote in right], Symptom.OTHER)
    if opposite and symptom is Symptom.OTHER:
        traits.add(IDLE)
    component, why_component = _most([(vote, vote.meaning.component or None) for vote in votes], UNKNOWN)
    return Facets(
        Symptom(symptom), component, frozenset(traits), tuple(filter(None, (why_symptom, why_component)))
    )


def _direction(votes: Sequence[Vote], traits: set[str]) -> str:
    """ "high" or "low", whichever the alert says of the quantity; empty where it says neither or both."""
    for sides in () if UNDIRECTED in traits else (MEASURED,):
        for field in ("query", "lead", "message"):
            if told := _told(votes, field, sides):
                return told
    for field in ("title", "lead", "message"):
        if told := _told(votes, field, SPOKEN):
            return told
    return ""


def _told(votes: Sequence[Vote], field: str, sides: dict[str, str]) -> str:
    told = {sides[t] for vote in votes if vote.field == field for t in vote.meaning.traits if t in sides}
    return told.pop() if len(told) == 1 else ""


def _sides(votes: Sequence[Vote], direction: str) -> tuple[list[Vote], bool]:
    """The votes that count for a symptom, and whether some were left out because the quantity lies on the
    harmless side: a processor below 10% is no saturation, unless another vote says that it is."""
    harmless = {"high": "low", "low": "high"}.get(direction, "-")
    right = [vote for vote in votes if vote.meaning.symptom and vote.meaning.when != harmless]
    told = {vote.meaning.symptom for vote in right}
    return right, any(vote.meaning.symptom not in told for vote in votes if vote.meaning.when == harmless)


def _most(votes: Sequence[tuple[Vote, str | None]], nothing: str) -> tuple[str, str]:
    """What has most weight behind it, and the heaviest evidence for it; one vote a field and thing counts."""
    heaviest: dict[tuple[str, str], Vote] = {}
    for vote, thing in votes:
        if thing and ((key := (thing, vote.field)) not in heaviest or vote.weight > heaviest[key].weight):
            heaviest[key] = vote
    if not heaviest:
        return nothing, ""
    totals: dict[str, float] = {}
    for (thing, _), vote in heaviest.items():
        totals[thing] = totals.get(thing, 0.0) + vote.weight
    best = max(totals, key=lambda thing: (totals[thing], -_rank(thing)))
    reason = max((vote for (thing, _), vote in heaviest.items() if thing == best), key=lambda v: v.weight)
    return best, f"{best}: {reason.evidence}"


def _rank(thing: str) -> int:
    return SPECIFIC.index(Symptom(thing)) if thing in _SYMPTOMS else 0


_SYMPTOMS: Final = frozenset(Symptom)
