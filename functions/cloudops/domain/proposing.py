"""What to try on an incident: the proposals of its probable causes, merged and ranked."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from cloudops.domain.change_evidence import MARK, UNPROPOSED, Before, proposes_rollback, weighings
from cloudops.domain.confidence import Levels
from cloudops.domain.decision import Assessed
from cloudops.domain.incident import Cause, Incident
from cloudops.domain.judging import CALMS, CLEARED, FLAPS, MUTED, PLANNED, Judgement, judge
from cloudops.domain.scope_state import IncidentState
from cloudops.domain.shrinkage import shifted
from cloudops.domain.suggestion import Action, ActionSuggestion, Symptom, suggestion_id

MAX_EVIDENCE: Final = 5
OVER: Final = 0.9
"""The chance that no action helps an incident that is over, muted, planned or flapping."""

FLAPPING: Final = 3
"""Returns from which an incident flaps, so that its alarm, and not the service, wants mending."""


class _Offer(NamedTuple):
    """An action's chance to help, and on whose behalf it is proposed; `prior` is what the rules and the
    changes before expect, and `line` tells of the changes."""

    judgement: Judgement
    service: str
    symptom: Symptom
    prior: float
    line: str = ""

    @property
    def chance(self) -> float:
        return self.judgement.chance


def suggestions(
    now: IncidentState,
    ranked: Sequence[Cause],
    lineage: Sequence[Incident],
    news: Sequence[Assessed],
    *,
    levels: Levels,
    before: Before,
) -> tuple[ActionSuggestion, ...]:
    """One suggestion an action, likeliest to help first. A proposal counts as much as its service is a
    probable cause: the first cause's in full, the others' in proportion."""
    best: dict[Action, _Offer] = {}
    for action, offer in (
        *_of_causes(now, ranked, levels, before),
        *(() if now.services else _of_alerts(news, levels)),
    ):
        if action not in best or offer.chance > best[action].chance:
            best[action] = offer
    evidence = _evidence(lineage, news, together=len(now.services) > 1)
    for action, offer in best.items():
        if offer.line:
            evidence[action] = [offer.line, *evidence.get(action, ())][:MAX_EVIDENCE]
    calm = _calm(now)
    if calm:
        nothing = Judgement(OVER, None, 0, 0, calm)
        held = best.get(Action.NOOP, _Offer(nothing, "", _symptom(now, news), OVER))
        sure = held.judgement._replace(chance=max(OVER, held.chance), why=calm)
        best[Action.NOOP] = held._replace(judgement=sure)
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
            confidence_low=None if offer.judgement.low is None else round(offer.judgement.low, 4),
            votes=offer.judgement.votes,
            outcomes=offer.judgement.outcomes,
            prior=offer.prior,
            service=offer.service,
            rationale=offer.judgement.why,
            evidence=tuple(evidence.get(action, ())),
        )
        for action, offer in ordered
    )


def _of_causes(
    now: IncidentState, ranked: Sequence[Cause], levels: Levels, before: Before
) -> Iterable[tuple[Action, _Offer]]:
    for cause in ranked:
        trouble = now.services.get(cause.service)
        if trouble is None:
            continue
        share = cause.score / ranked[0].score
        symptom, found = trouble.symptom, before.of(cause.service)
        moves = {one.action: one for one in weighings(found, symptom, cause.service, before.log.telling)}
        priors = {Action(name): prior for name, prior in trouble.proposals}
        if Action.ROLLBACK not in priors and proposes_rollback(found, symptom):
            priors[Action.ROLLBACK] = UNPROPOSED
        for action, prior in priors.items():
            move = moves.get(action)
            service = (move and move.service) or cause.service
            expected = shifted(prior, move.by) if move else prior
            judgement = judge(levels, symptom, action, service, expected, share=share)
            yield action, _Offer(judgement, service, symptom, expected, move.line if move else "")


def _of_alerts(news: Sequence[Assessed], levels: Levels) -> Iterable[tuple[Action, _Offer]]:
    """Of alerts that name no service."""
    for item in news:
        for proposal in item.analysis.proposals:
            symptom = item.analysis.symptom
            judgement = judge(levels, symptom, proposal.action, "", proposal.prior)
            yield proposal.action, _Offer(judgement, "", symptom, proposal.prior)


def _symptom(now: IncidentState, news: Sequence[Assessed]) -> Symptom:
    told = [one.symptom for one in now.services.values()] + [item.analysis.symptom for item in news]
    return told[0] if told else Symptom.OTHER


def _evidence(
    lineage: Sequence[Incident], news: Sequence[Assessed], *, together: bool
) -> dict[Action, list[str]]:
    """What spoke for each action so far, and in the new alerts, the oldest first. Where several services
    suffer `together`, each line begins with the one that it is about."""
    told = [
        (one.action, line, incident.services[0] if len(incident.services) == 1 else "")
        for incident in lineage
        for one in incident.suggestions
        for line in one.evidence
        if line not in CALMS and not line.startswith(MARK)
    ]
    told += [
        (one.action, line, item.alert.service)
        for item in news
        for one in item.analysis.proposals
        for line in one.evidence
    ]
    found: dict[Action, list[str]] = {}
    for action, text, service in told:
        mine = found.setdefault(action, [])
        line = f"{service}: {text}" if together and service else text
        if line not in mine and len(mine) < MAX_EVIDENCE:
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
