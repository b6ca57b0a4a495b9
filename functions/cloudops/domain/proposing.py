"""What to try on an incident: the proposals of its probable causes, merged and ranked."""

from collections.abc import Sequence
from typing import Final

from cloudops.domain.decision import Assessed
from cloudops.domain.incident import Cause, Incident
from cloudops.domain.scope_state import IncidentState
from cloudops.domain.suggestion import Action, ActionSuggestion, Symptom, suggestion_id

MAX_EVIDENCE: Final = 5
OVER: Final = 0.9
"""How sure it is that nothing needs doing where every alert has cleared or is muted."""


def suggestions(
    now: IncidentState, ranked: Sequence[Cause], lineage: Sequence[Incident], news: Sequence[Assessed]
) -> tuple[ActionSuggestion, ...]:
    """One suggestion an action, likeliest to help first. A proposal counts as much as its service is a
    probable cause: the first cause's in full, the others' in proportion."""
    best: dict[Action, tuple[float, str, Symptom]] = {}
    for cause in ranked:
        trouble = now.services[cause.service]
        for name, prior in trouble.proposals:
            weight = prior * cause.score / ranked[0].score
            action = Action(name)
            if action not in best or weight > best[action][0]:
                best[action] = (weight, cause.service, trouble.symptom)
    for item in () if ranked else news:
        for proposal in item.analysis.proposals:
            if proposal.action not in best or proposal.prior > best[proposal.action][0]:
                best[proposal.action] = (proposal.prior, item.alert.service, item.analysis.symptom)
    evidence = _evidence(lineage, news)
    over = _nothing_to_do(now)
    if over:
        service, symptom = (ranked[0].service, best) if ranked else ("", best)
        first = next(iter(symptom.values()), (0.0, service, Symptom.OTHER))
        best[Action.NOOP] = (max(OVER, best.get(Action.NOOP, first)[0]), service, first[2])
        evidence[Action.NOOP] = [over, *evidence.get(Action.NOOP, [])][:MAX_EVIDENCE]
    ordered = sorted(best.items(), key=lambda one: (not (over and one[0] is Action.NOOP), -one[1][0], one[0]))
    return tuple(
        ActionSuggestion(
            id=suggestion_id(now.id, action),
            incident_id=now.id,
            action=action,
            symptom=symptom,
            confidence=round(weight, 4),
            service=service,
            evidence=tuple(evidence.get(action, ())),
        )
        for action, (weight, service, symptom) in ordered
    )


def _evidence(lineage: Sequence[Incident], news: Sequence[Assessed]) -> dict[Action, list[str]]:
    found: dict[Action, list[str]] = {}
    told = [(one.action, one.evidence) for incident in lineage for one in incident.suggestions]
    told += [(one.action, one.evidence) for item in news for one in item.analysis.proposals]
    for action, lines in told:
        mine = found.setdefault(action, [])
        mine.extend(line for line in lines if line not in mine and len(mine) < MAX_EVIDENCE)
    return found


def _nothing_to_do(now: IncidentState) -> str:
    if now.firing == 0:
        return "every alert has cleared"
    return "every alert is muted" if now.muted and now.muted >= now.firings else ""
