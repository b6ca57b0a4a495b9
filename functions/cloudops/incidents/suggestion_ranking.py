"""Ranks the suggestions of an incident: proposals of its probable causes, by learned confidence."""

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

RESOLVED_REASON: Final = "all alerts have resolved"
FLAPPING_REASON: Final = "the incident resolves by itself and returns repeatedly"
MUTED_REASON: Final = "all alerts are muted"
PLANNED_REASON: Final = "the incident is planned work"
NO_ACTION_REASONS: Final = frozenset({RESOLVED_REASON, MUTED_REASON, PLANNED_REASON, FLAPPING_REASON})
"""Reasons for no action: `noop` then comes first, whatever was learned."""

MIN_VISIBLE_CHANGE: Final = 0.005
"""The smallest change of confidence that a percentage shows; a smaller one is not written."""


class SuggestionScore(NamedTuple):
    """The probability that an action helps, its 10th percentile, the counts behind both, and the
    rationale."""

    confidence: float
    low: float | None
    votes: int
    outcomes: int
    rationale: str


def score_suggestion(
    levels: Levels, symptom: Symptom, action: Action, service: str, prior: float, *, share: float = 1.0
) -> SuggestionScore:
    """Returns the confidence in an action on a service.

    `share` is the score of the service as a cause over that of the first cause, 0 to 1; it scales the result.
    """
    found = estimate(levels, symptom, action, service, prior)
    rationale = found.explanation
    if share < 1.0:
        rationale += f"; scaled to {share:.0%}, because {service} is a less likely cause"
    return SuggestionScore(found.mean * share, found.low * share, found.votes, found.outcomes, rationale)


def rescore(incident: Incident, levels: Levels) -> tuple[ActionSuggestion, ...]:
    """Returns the incident's suggestions with present confidence, the highest first."""
    rescored = [_rescored(one, incident, levels) for one in incident.suggestions]
    return tuple(sorted(rescored, key=lambda one: (not _is_no_action(one), -one.confidence, one.action)))


def differs_visibly(before: Sequence[ActionSuggestion], after: Sequence[ActionSuggestion]) -> bool:
    """Returns whether the difference is visible, so that the incident is worth a write."""
    if [one.id for one in before] != [one.id for one in after]:
        return True
    return any(
        abs(old.confidence - new.confidence) >= MIN_VISIBLE_CHANGE
        or (old.votes, old.outcomes, old.rationale) != (new.votes, new.outcomes, new.rationale)
        for old, new in zip(before, after, strict=True)
    )


def _rescored(one: ActionSuggestion, incident: Incident, levels: Levels) -> ActionSuggestion:
    if one.prior is None or _is_no_action(one):
        return one
    scores = {cause.service: cause.score for cause in incident.causes}
    leading = incident.causes[0].score if incident.causes else 0.0
    share = scores.get(one.service, leading) / leading if leading else 1.0
    found = score_suggestion(levels, one.symptom, one.action, one.service, one.prior, share=share)
    return replace(
        one,
        confidence=round(found.confidence, 4),
        confidence_low=None if found.low is None else round(found.low, 4),
        votes=found.votes,
        outcomes=found.outcomes,
        rationale=found.rationale,
    )


def _is_no_action(one: ActionSuggestion) -> bool:
    return one.action is Action.NOOP and one.rationale in NO_ACTION_REASONS


MAX_EVIDENCE: Final = 5
NO_ACTION_CONFIDENCE: Final = 0.9
"""Confidence in no action for an incident that is resolved, muted, planned or flapping."""

MIN_RETURNS: Final = 3
"""Number of returns from which an incident flaps: then its alarm needs a change, not the service."""


class _ScoredAction(NamedTuple):
    """A scored action on a service. `prior` is the estimate of rules and changes, `line` evidence of a
    change."""

    score: SuggestionScore
    service: str
    symptom: Symptom
    prior: float
    line: str = ""

    @property
    def confidence(self) -> float:
        return self.score.confidence


def rank_suggestions(
    now: IncidentState,
    ranked: Sequence[Cause],
    lineage: Sequence[Incident],
    news: Sequence[ClassifiedAlert],
    *,
    levels: Levels,
    before: SuspectChanges,
) -> tuple[ActionSuggestion, ...]:
    """Returns one suggestion for each action, the highest confidence first.

    A proposal of the first cause counts in full, one of another cause in proportion to the scores. Without
    any affected service, the proposals of the new alerts count.

    Args:
        now: The incident after the batch.
        ranked: Its probable causes, the most likely first.
        lineage: Its stored record and those of incidents merged into it.
        news: The firing alerts of the batch.
        levels: The learned confidence.
        before: The suspect changes.
    """
    best: dict[Action, _ScoredAction] = {}
    for action, scored in (
        *_of_causes(now, ranked, levels, before),
        *(() if now.services else _of_alerts(news, levels)),
    ):
        if action not in best or scored.confidence > best[action].confidence:
            best[action] = scored
    evidence = _evidence(lineage, news, together=len(now.services) > 1)
    for action, scored in best.items():
        if scored.line:
            evidence[action] = [scored.line, *evidence.get(action, ())][:MAX_EVIDENCE]
    no_action = _no_action_reason(now)
    if no_action:
        nothing = SuggestionScore(NO_ACTION_CONFIDENCE, None, 0, 0, no_action)
        known = best.get(Action.NOOP, _ScoredAction(nothing, "", _symptom(now, news), NO_ACTION_CONFIDENCE))
        certain = known.score._replace(
            confidence=max(NO_ACTION_CONFIDENCE, known.confidence), rationale=no_action
        )
        best[Action.NOOP] = known._replace(score=certain)
        evidence[Action.NOOP] = [no_action, *evidence.get(Action.NOOP, ())][:MAX_EVIDENCE]
    ordered = sorted(
        best.items(), key=lambda one: (not (no_action and one[0] is Action.NOOP), -one[1].confidence, one[0])
    )
    return tuple(
        ActionSuggestion(
            id=suggestion_id(now.id, action),
            incident_id=now.id,
            action=action,
            symptom=scored.symptom,
            confidence=round(scored.confidence, 4),
            confidence_low=None if scored.score.low is None else round(scored.score.low, 4),
            votes=scored.score.votes,
            outcomes=scored.score.outcomes,
            prior=scored.prior,
            service=scored.service,
            rationale=scored.score.rationale,
            evidence=tuple(evidence.get(action, ())),
        )
        for action, scored in ordered
    )


def _of_causes(
    now: IncidentState, ranked: Sequence[Cause], levels: Levels, before: SuspectChanges
) -> Iterable[tuple[Action, _ScoredAction]]:
    for cause in ranked:
        impact = now.services.get(cause.service)
        if impact is None:
            continue
        share = cause.score / ranked[0].score
        symptom, found = impact.symptom, before.of(cause.service)
        changes = {
            one.action: one for one in score_changes(found, symptom, cause.service, before.log.reporting)
        }
        priors = {Action(name): prior for name, prior in impact.proposals}
        if Action.ROLLBACK not in priors and proposes_rollback(found, symptom):
            priors[Action.ROLLBACK] = UNPROPOSED
        for action, prior in priors.items():
            change = changes.get(action)
            service = (change and change.service) or cause.service
            expected = shifted(prior, change.by) if change else prior
            score = score_suggestion(levels, symptom, action, service, expected, share=share)
            yield action, _ScoredAction(score, service, symptom, expected, change.line if change else "")


def _of_alerts(news: Sequence[ClassifiedAlert], levels: Levels) -> Iterable[tuple[Action, _ScoredAction]]:
    """Yields the proposals of alerts that name no service."""
    for item in news:
        for proposal in item.analysis.proposals:
            symptom = item.analysis.symptom
            score = score_suggestion(levels, symptom, proposal.action, "", proposal.prior)
            yield proposal.action, _ScoredAction(score, "", symptom, proposal.prior)


def _symptom(now: IncidentState, news: Sequence[ClassifiedAlert]) -> Symptom:
    lines = [one.symptom for one in now.services.values()] + [item.analysis.symptom for item in news]
    return lines[0] if lines else Symptom.OTHER


def _evidence(
    lineage: Sequence[Incident], news: Sequence[ClassifiedAlert], *, together: bool
) -> dict[Action, list[str]]:
    """Returns the evidence of each action, oldest first, at most `MAX_EVIDENCE` lines.

    `together` means that several services are affected: each line then begins with its service."""
    lines = [
        (one.action, line, incident.services[0] if len(incident.services) == 1 else "")
        for incident in lineage
        for one in incident.suggestions
        for line in one.evidence
        if line not in NO_ACTION_REASONS and not line.startswith(EVIDENCE_PREFIX)
    ]
    lines += [
        (one.action, line, item.alert.service)
        for item in news
        for one in item.analysis.proposals
        for line in one.evidence
    ]
    found: dict[Action, list[str]] = {}
    for action, text, service in lines:
        action_lines = found.setdefault(action, [])
        line = f"{service}: {text}" if together and service else text
        if line not in action_lines and len(action_lines) < MAX_EVIDENCE:
            action_lines.append(line)
    return found


def _no_action_reason(now: IncidentState) -> str:
    """Returns why no action is needed, or ""."""
    if now.firing == 0:
        return RESOLVED_REASON
    if now.window:
        return PLANNED_REASON
    if now.returns >= MIN_RETURNS:
        return FLAPPING_REASON
    return MUTED_REASON if now.muted and now.muted >= now.firings else ""
