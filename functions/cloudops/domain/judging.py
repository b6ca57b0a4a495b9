"""How sure we are of a suggestion by all that was learned, and which incidents that says something new of."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from cloudops.domain.confidence import Levels, estimate
from cloudops.domain.incident import Incident
from cloudops.domain.suggestion import Action, ActionSuggestion, Symptom

CLEARED: Final = "every alert has cleared"
FLAPS: Final = "it clears by itself and comes back, again and again"
MUTED: Final = "every alert is muted"
PLANNED: Final = "it is planned work"
CALMS: Final = frozenset({CLEARED, MUTED, PLANNED, FLAPS})
"""Why nothing needs doing: then doing nothing goes first, whatever was learned."""

SHOWN: Final = 0.005
"""A change of confidence that a percentage shows; less is not worth a write to every open incident."""


class Judgement(NamedTuple):
    """An action's chance to help, its 10th percentile, what they rest on, and why."""

    chance: float
    low: float | None
    votes: int
    outcomes: int
    why: str


def judge(
    levels: Levels, symptom: Symptom, action: Action, service: str, prior: float, *, share: float = 1.0
) -> Judgement:
    """`share` is how likely a cause the service is against the likeliest, 0 to 1: it scales the chance."""
    found = estimate(levels, symptom, action, service, prior)
    why = found.explanation
    if share < 1.0:
        why += f"; counts {share:.0%}, as {service} is less likely the cause"
    return Judgement(found.mean * share, found.low * share, found.votes, found.outcomes, why)


def rejudged(incident: Incident, levels: Levels) -> tuple[ActionSuggestion, ...]:
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
    found = judge(levels, one.symptom, one.action, one.service, one.prior, share=share)
    return replace(
        one,
        confidence=round(found.chance, 4),
        confidence_low=None if found.low is None else round(found.low, 4),
        votes=found.votes,
        outcomes=found.outcomes,
        rationale=found.why,
    )


def _is_calm(one: ActionSuggestion) -> bool:
    return one.action is Action.NOOP and one.rationale in CALMS
