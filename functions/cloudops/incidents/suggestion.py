"""What may be suggested, and how sure we are of it."""

import msgspec

from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import EpochMillis


class ActionSuggestion(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An action offered for an incident. `confidence` is the expected chance that it helps (0 to 1),
    `confidence_low` its 10th percentile, `votes` and `outcomes` the people's votes and the outcomes behind
    it, `prior` what the rules alone expect, where that is not `confidence`."""

    id: SuggestionId
    incident_id: IncidentId
    action: Action
    symptom: Symptom
    confidence: float
    service: str = ""
    confidence_low: float | None = None
    votes: int = 0
    outcomes: int = 0
    prior: float | None = None
    rationale: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def expected(self) -> float:
        """What the rules alone expect, 0 to 1."""
        return self.confidence if self.prior is None else self.prior


class Feedback(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One person's vote on one suggestion: +1 it helped or would have, -1 it did not or would not."""

    id: str
    suggestion_id: SuggestionId
    incident_id: IncidentId
    person: str
    value: int
    created_at: EpochMillis
    comment: str = ""


def suggestion_id(incident_id: IncidentId, action: Action) -> SuggestionId:
    """The suggestion's id, which leads to its incident without a look-up: `<incident id>.<action>`."""
    return SuggestionId(f"{incident_id}.{action}")


def incident_of_suggestion(suggestion: SuggestionId) -> IncidentId:
    """The incident id inside a suggestion's id."""
    return IncidentId(suggestion.partition(".")[0])


def feedback_id(suggestion: SuggestionId, person_digest: str) -> str:
    """One vote a person a suggestion, so the pair names it: `<suggestion id>.<person digest>`."""
    return f"{suggestion}.{person_digest}"
