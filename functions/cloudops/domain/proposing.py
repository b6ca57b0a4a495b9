"""What to try on an incident: the proposals of its probable causes, merged and ranked."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from cloudops.domain.decision import Assessed
from cloudops.domain.incident import Cause, Incident
from cloudops.domain.scope_state import IncidentState
from cloudops.domain.suggestion import Action, ActionSuggestion, Symptom, suggestion_id

MAX_EVIDENCE: Final = 5
OVER: Final = 0.9
"""The chance that no action helps an incident that is over, muted, planned or flapping."""

FLAPPING: Final = 3
"""Returns from which an incident flaps, so that its alarm, and not the service, wants mending."""

CLEARED: Final = "every alert has cleared"
FLAPS: Final = "it clears by itself and comes back, again and again"
MUTED: Final = "every alert is muted"
PLANNED: Final = "it is planned work"
_CALMS: Final = frozenset({CLEARED, MUTED, PLANNED, FLAPS})


class _Offer(NamedTuple):
    """An action's chance to help, and on whose behalf it is proposed."""

    chance: float
    service: str
    symptom: Symptom
    rationale: str


def suggestions(
    now: IncidentState, ranked: Sequence[Cause], lineage: Sequence[Incident], news: Sequence[Assessed]
) -> tuple[ActionSuggestion, ...]:
    """One suggestion an action, likeliest to help first. A proposal counts as much as its service is a
    probable cause: the first cause's in full, the others' in proportion."""
    best: dict[Action, _Offer] = {}
    for action, offer in (*_of_causes(now, ranked), *(() if now.services else _of_alerts(news))):
        if action not in best or offer.chance > best[action].chance:
            best[action] = offer
    evidence = _evidence(lineage, news)
    calm = _calm(now)
    if calm:
        held = best.get(Action.NOOP, _Offer(OVER, "", _symptom(now, news), ""))
        best[Action.NOOP] = held._replace(chance=max(OVER, held.chance), rationale=calm)
        evidence[Action.NOOP] = [calm, *evidence.get(Action.NOOP, ())][:MAX_EVIDENCE]
    ordered = sorted(
        best.items(), key=lambda one: (not (calm and one[0] is Action.NOOP), -one[1].chance, one[0])
    )
    return tuple(
        ActionSuggestion(
            id=suggestion_id(now.id, action),
            incident_id=now.id,
            action=action,
            symptom=offer.symptom,
            confidence=round(offer.chance, 4),
            service=offer.service,
            rationale=offer.rationale,
            evidence=tuple(evidence.get(action, ())),
        )
        for action, offer in ordered
    )


def _of_causes(now: IncidentState, ranked: Sequence[Cause]) -> Iterable[tuple[Action, _Offer]]:
    for cause in ranked:
        trouble = now.services.get(cause.service)
        if trouble is None:
            continue
        rationale = f"{trouble.symptom.replace('_', ' ')} of {cause.service}, {cause.score:.0%} the cause"
        for name, prior in trouble.proposals:
            chance = prior * cause.score / ranked[0].score
            yield Action(name), _Offer(chance, cause.service, trouble.symptom, rationale)


def _of_alerts(news: Sequence[Assessed]) -> Iterable[tuple[Action, _Offer]]:
    """Of alerts that name no service."""
    for item in news:
        for proposal in item.analysis.proposals:
            symptom = item.analysis.symptom
            yield proposal.action, _Offer(proposal.prior, "", symptom, item.analysis.title)


def _symptom(now: IncidentState, news: Sequence[Assessed]) -> Symptom:
    told = [one.symptom for one in now.services.values()] + [item.analysis.symptom for item in news]
    return told[0] if told else Symptom.OTHER


def _evidence(lineage: Sequence[Incident], news: Sequence[Assessed]) -> dict[Action, list[str]]:
    """What spoke for each action so far, and in the new alerts, the oldest first."""
    told = [(one.action, one.evidence) for incident in lineage for one in incident.suggestions]
    told += [(one.action, one.evidence) for item in news for one in item.analysis.proposals]
    found: dict[Action, list[str]] = {}
    for action, lines in told:
        mine = found.setdefault(action, [])
        for line in lines:
            if line not in mine and line not in _CALMS and len(mine) < MAX_EVIDENCE:
                mine.append(line)
    return found


def _calm(now: IncidentState) -> str:
    """Why nothing needs doing, or empty."""
    if now.firing == 0:
        return CLEARED
    if now.window:
        return PLANNED
    if now.returns >= FLAPPING:
        return FLAPS
    return MUTED if now.muted and now.muted >= now.firings else ""
