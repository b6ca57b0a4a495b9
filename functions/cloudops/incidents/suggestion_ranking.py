"""What to try on an incident: the proposals of its probable causes, merged and ranked."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from cloudops.changes.evidence import (
    EVIDENCE_PREFIX,
    UNPROPOSED,
    SuspectChanges,
    proposes_rollback,
    score_changes,
)
from cloudops.confidence.posterior import Levels, estimate, shifted
from cloudops.core.taxonomy import Action, Symptom
from cloudops.correlation.decision import ClassifiedAlert
from cloudops.correlation.state import IncidentState
from cloudops.incidents.incident import Cause, Incident
from cloudops.incidents.suggestion import ActionSuggestion, suggestion_id

CLEARED: Final = "every alert has cleared"
FLAPS: Final = "it clears by itself and comes back, again and again"
MUTED: Final = "every alert is muted"
PLANNED: Final = "it is planned work"
NO_ACTION_REASONS: Final = frozenset({CLEARED, MUTED, PLANNED, FLAPS})
"""Why nothing needs doing: then doing nothing goes first, whatever was learned."""

SHOWN: Final = 0.005
"""A change of confidence that a percentage shows; less is not worth a write to every open incident."""


class SuggestionScore(NamedTuple):
    """An action's chance to help, its 10th percentile, what they rest on, and why."""

    chance: float
    low: float | None
    votes: int
    outcomes: int
    why: str


def score_suggestion(
    levels: Levels, symptom: Symptom, action: Action, service: str, prior: float, *, share: float = 1.0
) -> SuggestionScore:
    """`share` is how likely a cause the service is against the likeliest, 0 to 1: it scales the chance."""
    found = estimate(levels, symptom, action, service, prior)
    why = found.explanation
    if share < 1.0:
        why += f"; counts {share:.0%}, as {service} is less likely the cause"
    return SuggestionScore(found.mean * share, found.low * share, found.votes, found.outcomes, why)


def rescore(incident: Incident, levels: Levels) -> tuple[ActionSuggestion, ...]:
    """The incident's suggestions by what is known now, likeliest to help first."""
    judged = [_rejudged(one, incident, levels) for one in incident.suggestions]
    return tuple(sorted(judged, key=lambda one: (not _is_calm(one), -one.confidence, one.action)))


def says_something_new(before: Sequence[ActionSuggestion], after: Sequence[ActionSuggestion]) -> bool:
    """Whether anybody could see the difference."""
    if [one.id for one in before] != [one.id for one in after]:
        return True
    return any(
        abs(old.confidence - new.confidence) >= SHOWN
        or (old.votes, old.outcomes, old.rationale) != (new.votes, new.outcomes, new.rationale)
        for old, new in zip(before, after, strict=True)
    )


def _rejudged(one: ActionSuggestion, incident: Incident, levels: Levels) -> ActionSuggestion:
    if one.prior is None or _is_calm(one):
        return one
    scores = {cause.service: cause.score for cause in incident.causes}
    leading = incident.causes[0].score if incident.causes else 0.0
    share = scores.get(one.service, leading) / leading if leading else 1.0
    found = score_suggestion(levels, one.symptom, one.action, one.service, one.prior, share=share)
    return replace(
        one,
        confidence=round(found.chance, 4),
        confidence_low=None if found.low is None else round(found.low, 4),
        votes=found.votes,
        outcomes=found.outcomes,
        rationale=found.why,
    )


def _is_calm(one: ActionSuggestion) -> bool:
    return one.action is Action.NOOP and one.rationale in NO_ACTION_REASONS


MAX_EVIDENCE: Final = 5
OVER: Final = 0.9
"""The chance that no action helps an incident that is over, muted, planned or flapping."""

FLAPPING: Final = 3
"""Returns from which an incident flaps, so that its alarm, and not the service, wants mending."""


class _Offer(NamedTuple):
    """An action's chance to help, and on whose behalf it is proposed; `prior` is what the rules and the
    changes before expect, and `line` tells of the changes."""

    judgement: SuggestionScore
    service: str
    symptom: Symptom
    prior: float
    line: str = ""

    @property
    def chance(self) -> float:
        return self.judgement.chance


def rank_suggestions(
    now: IncidentState,
    ranked: Sequence[Cause],
    lineage: Sequence[Incident],
    news: Sequence[ClassifiedAlert],
    *,
    levels: Levels,
    before: SuspectChanges,
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
    calm = _no_action_reason(now)
    if calm:
        nothing = SuggestionScore(OVER, None, 0, 0, calm)
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
    now: IncidentState, ranked: Sequence[Cause], levels: Levels, before: SuspectChanges
) -> Iterable[tuple[Action, _Offer]]:
    for cause in ranked:
        impact = now.services.get(cause.service)
        if impact is None:
            continue
        share = cause.score / ranked[0].score
        symptom, found = impact.symptom, before.of(cause.service)
        moves = {
            one.action: one for one in score_changes(found, symptom, cause.service, before.log.reporting)
        }
        priors = {Action(name): prior for name, prior in impact.proposals}
        if Action.ROLLBACK not in priors and proposes_rollback(found, symptom):
            priors[Action.ROLLBACK] = UNPROPOSED
        for action, prior in priors.items():
            move = moves.get(action)
            service = (move and move.service) or cause.service
            expected = shifted(prior, move.by) if move else prior
            judgement = score_suggestion(levels, symptom, action, service, expected, share=share)
            yield action, _Offer(judgement, service, symptom, expected, move.line if move else "")


def _of_alerts(news: Sequence[ClassifiedAlert], levels: Levels) -> Iterable[tuple[Action, _Offer]]:
    """Of alerts that name no service."""
    for item in news:
        for proposal in item.analysis.proposals:
            symptom = item.analysis.symptom
            judgement = score_suggestion(levels, symptom, proposal.action, "", proposal.prior)
            yield proposal.action, _Offer(judgement, "", symptom, proposal.prior)


def _symptom(now: IncidentState, news: Sequence[ClassifiedAlert]) -> Symptom:
    told = [one.symptom for one in now.services.values()] + [item.analysis.symptom for item in news]
    return told[0] if told else Symptom.OTHER


def _evidence(
    lineage: Sequence[Incident], news: Sequence[ClassifiedAlert], *, together: bool
) -> dict[Action, list[str]]:
    """What spoke for each action so far, and in the new alerts, the oldest first. Where several services
    suffer `together`, each line begins with the one that it is about."""
    told = [
        (one.action, line, incident.services[0] if len(incident.services) == 1 else "")
        for incident in lineage
        for one in incident.suggestions
        for line in one.evidence
        if line not in NO_ACTION_REASONS and not line.startswith(EVIDENCE_PREFIX)
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


def _no_action_reason(now: IncidentState) -> str:
    """Why nothing needs doing, or empty."""
    if now.firing == 0:
        return CLEARED
    if now.window:
        return PLANNED
    if now.returns >= FLAPPING:
        return FLAPS
    return MUTED if now.muted and now.muted >= now.firings else ""
