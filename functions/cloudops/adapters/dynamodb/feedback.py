"""Stores votes: one per person and suggestion, written in one transaction with the cell that it changes."""

from dataclasses import dataclass
from typing import Final

import msgspec

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.learning_cells import PersonContribution, add_update, read_contribution
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.confidence.observations import CellKey, Vote, apply_observation
from cloudops.core.errors import NotFound, Unavailable
from cloudops.core.retry import at_once, retry_on_conflict
from cloudops.incidents.incident import Incident, TimelineEntry
from cloudops.incidents.suggestion import ActionSuggestion, Feedback

VOTE_ATTEMPTS: Final = 8
"""Attempts to write one vote while others change the same incident, cell or vote."""


class StoredVote(msgspec.Struct, frozen=True):
    """Body of a vote.

    `revision` counts the writes of this vote. `counted` is the observation that it adds to `cell`; both are
    None in a vote that is older than the cells.
    """

    feedback: Feedback
    revision: int = 1
    cell: CellKey | None = None
    counted: Vote | None = None


@dataclass(frozen=True, slots=True)
class _VoteState:
    """The suggestion with its incident's environment, and the person's stored vote on it, if there is one."""

    suggestion: ActionSuggestion
    environment: str
    stored: StoredVote | None


def vote(rows: Rows, feedback: Feedback, entry: TimelineEntry) -> Feedback:
    """Stores a vote, and returns it as stored. Makes three requests.

    The same vote again changes nothing and returns the first.

    Raises:
        NotFound: The incident has no such suggestion.
        Conflict: Other writes came first in each of VOTE_ATTEMPTS attempts.
        Unavailable: DynamoDB failed, and the vote is not stored.
    """

    def attempt() -> Feedback:
        state = _read_state(rows, feedback)
        stored = state.stored
        if stored is not None and _is_same_input(stored.feedback, feedback):
            return stored.feedback
        try:
            _replace(rows, state, feedback, entry)
        except Unavailable:
            written = _read_state(rows, feedback).stored
            if written is None or not _is_same_input(written.feedback, feedback):
                raise
        return feedback

    return retry_on_conflict(
        attempt, at_once, what=f"vote on {feedback.suggestion_id}", attempts=VOTE_ATTEMPTS
    )


def _read_state(rows: Rows, feedback: Feedback) -> _VoteState:
    """Reads the person's vote and, in the same request, the incident that has the suggestion."""
    record_key = keys.incident(feedback.incident_id)
    vote_key = keys.vote(feedback.incident_id, feedback.id)
    with store_errors(f"vote on {feedback.suggestion_id}"):
        batch = rows.batch_get([tuple(record_key), tuple(vote_key)], consistent_read=True)
        by_sort_key = {row.sk: row for row in batch}
    record, voted = by_sort_key.get(keys.RECORD), by_sort_key.get(vote_key.sk)
    incident = unpack(Incident, record.body) if record else None
    for suggestion in incident.suggestions if incident else ():
        if incident is not None and suggestion.id == feedback.suggestion_id:
            stored = unpack(StoredVote, voted.body) if voted else None
            return _VoteState(suggestion, incident.scope.environment, stored)
    raise NotFound(f"suggestion {feedback.suggestion_id}: not found", field="suggestionId")


def _replace(rows: Rows, state: _VoteState, feedback: Feedback, entry: TimelineEntry) -> None:
    """Replaces the stored vote if it, the suggestion and the person's sum are unchanged.

    If only the comment changes, the cell keeps the observation and its time.
    """
    stored, suggestion = state.stored, state.suggestion
    previous = stored.counted if stored else None
    cell = stored.cell if stored and stored.cell else suggestion.cell(state.environment)
    observation = Vote(feedback.value, feedback.created_at, suggestion.expected)
    recounts = previous is None or previous.value != observation.value
    contribution = (
        read_contribution(rows, feedback.counted_for, cell)
        if recounts
        else PersonContribution(feedback.counted_for, cell, None)
    )
    update = apply_observation(contribution.total, previous, observation)
    counted = update.stored if recounts and isinstance(update.stored, Vote) else previous
    replacement = StoredVote(feedback, stored.revision + 1 if stored else 1, cell, counted)
    unchanged = Row.version == stored.revision if stored else Row.pk.does_not_exist()
    timeline_row = rows(*keys.timeline(feedback.incident_id, entry.at, entry.id), body=pack(entry))
    with store_errors(f"vote on {feedback.suggestion_id}"), rows.transaction() as write:
        suggested = Row.suggestions.contains(feedback.suggestion_id)
        write.condition_check(rows, *keys.incident(feedback.incident_id), condition=suggested)
        write.save(_row(rows, replacement), condition=unchanged)
        write.save(timeline_row)
        if recounts:
            add_update(write, rows, contribution, update, feedback.created_at)


def _row(rows: Rows, stored: StoredVote) -> Row:
    feedback = stored.feedback
    return rows(
        *keys.vote(feedback.incident_id, feedback.id),
        body=pack(stored),
        version=stored.revision,
        feed=keys.VOTES,
        opened=keys.opened(feedback.created_at, feedback.id),
    )


def _is_same_input(one: Feedback, other: Feedback) -> bool:
    return (one.value, one.comment) == (other.value, other.comment)
