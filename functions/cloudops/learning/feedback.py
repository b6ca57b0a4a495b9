"""Records a person's vote on a suggestion; a second vote of the person replaces the first."""

from typing import Literal

from cloudops.core.ids import SuggestionId, stable_id
from cloudops.core.time import EpochMillis
from cloudops.identity.access import Caller
from cloudops.incidents.incident import TimelineEntry, TimelineKind
from cloudops.incidents.store import IncidentStore
from cloudops.incidents.suggestion import Feedback, feedback_id, incident_of_suggestion

Vote = Literal[1, -1]

_WORDS: dict[Vote, str] = {1: "helpful", -1: "not helpful"}


class RecordFeedback:
    """Stores votes with their timeline entries."""

    def __init__(self, store: IncidentStore) -> None:
        self._store = store

    def record(
        self, suggestion_id: SuggestionId, value: Vote, comment: str, who: Caller, now: EpochMillis
    ) -> Feedback:
        """Stores a vote and returns it as stored.

        Raises:
            NotFound: The suggestion does not exist.
        """
        incident = incident_of_suggestion(suggestion_id)
        feedback = Feedback(
            id=feedback_id(suggestion_id, stable_id(who.subject)),
            suggestion_id=suggestion_id,
            incident_id=incident,
            person=who.name,
            person_id=who.subject,
            value=value,
            created_at=now,
            comment=comment,
        )
        action = suggestion_id.partition(".")[2]
        entry = TimelineEntry(
            id="tl_" + stable_id(feedback.id, str(value), comment, str(now)),
            incident_id=incident,
            at=now,
            kind=TimelineKind.FEEDBACK,
            text=f"{who.name} found {action} {_WORDS[value]}",
            actor=who.name,
        )
        return self._store.vote(feedback, entry)
