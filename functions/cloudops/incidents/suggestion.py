"""Suggestions: an action for an incident with its confidence, and the votes on it."""

import msgspec

from cloudops.alerts.environments import canonical_environment
from cloudops.confidence.observations import CellKey
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import EpochMillis


class ActionSuggestion(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An action proposed for an incident.

    `confidence` is the estimated probability that it helps, 0 to 1, and `confidence_low` its 10th
    percentile. `votes` and `outcomes` are the counts behind it. `prior` is the estimate of rules and changes
    alone, or None if it equals `confidence`."""

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
        """The estimate of rules and changes alone, 0 to 1."""
        return self.confidence if self.prior is None else self.prior

    def cell(self, environment: str) -> CellKey:
        """Returns the cell in which votes and outcomes on the suggestion count in an environment."""
        return CellKey(self.symptom, self.action, self.service, canonical_environment(environment))


class Feedback(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One person's vote on one suggestion: +1 it helped or would have, -1 it did not or would not.

    `person` is the name that is shown, `person_id` the subject that counts."""

    id: str
    suggestion_id: SuggestionId
    incident_id: IncidentId
    person: str
    value: int
    created_at: EpochMillis
    comment: str = ""
    person_id: str = ""

    @property
    def counted_for(self) -> str:
        """The subject of the person whose vote it is; the name in a record that has no subject."""
        return self.person_id or self.person


def suggestion_id(incident_id: IncidentId, action: Action) -> SuggestionId:
    """Returns `<incident id>.<action>`, which names the incident without a read."""
    return SuggestionId(f"{incident_id}.{action}")


def incident_of_suggestion(suggestion: SuggestionId) -> IncidentId:
    """Returns the incident id inside a suggestion's id."""
    return IncidentId(suggestion.partition(".")[0])


def feedback_id(suggestion: SuggestionId, person_digest: str) -> str:
    """Returns `<suggestion id>.<person digest>`: a person has one vote on a suggestion."""
    return f"{suggestion}.{person_digest}"
