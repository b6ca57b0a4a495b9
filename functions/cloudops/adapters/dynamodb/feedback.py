"""Votes: one a person a suggestion, put or changed in one transaction with the cell that it moves."""

from dataclasses import dataclass
from typing import Final

import msgspec

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.learning_cells import PersonContribution, add_move, read_said
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.confidence.observations import CellKey, Vote, apply_observation
from cloudops.core.errors import NotFound, Unavailable
from cloudops.core.retry import at_once, retry_on_conflict
from cloudops.incidents.incident import Incident, TimelineEntry
from cloudops.incidents.suggestion import ActionSuggestion, Feedback

ATTEMPTS: Final = 8
"""Writes before a vote gives up against others that change the same incident, cell or vote."""


class StoredVote(msgspec.Struct, frozen=True):
    """A vote as it is stored, how often its person has changed it, and what it is in which cell; the last
    two are None in a vote from before there were cells."""

    feedback: Feedback
    revision: int = 1
    cell: CellKey | None = None
    counted: Vote | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is offered, and the person's vote on it so far."""

    offer: ActionSuggestion
    held: StoredVote | None


def vote(rows: Rows, feedback: Feedback, entry: TimelineEntry) -> Feedback:
    """The vote as stored: three requests. NotFound where the incident does not offer the suggestion."""

    def attempt() -> Feedback:
        standing = _standing(rows, feedback)
        held = standing.held
        if held is not None and _is_same_input(held.feedback, feedback):
            return held.feedback
        try:
            _replace(rows, standing, feedback, entry)
        except Unavailable:
            now = _standing(rows, feedback).held
            if now is None or not _is_same_input(now.feedback, feedback):
                raise
        return feedback

    return retry_on_conflict(attempt, at_once, what=f"vote on {feedback.suggestion_id}", attempts=ATTEMPTS)


def _standing(rows: Rows, feedback: Feedback) -> _Standing:
    """The person's vote so far, read together with the incident that has to offer the suggestion."""
    record = keys.incident(feedback.incident_id)
    mine = keys.vote(feedback.incident_id, feedback.id)
    with store_errors(f"vote on {feedback.suggestion_id}"):
        found = rows.batch_get([tuple(record), tuple(mine)], consistent_read=True)
        read = {row.sk: row for row in found}
    incident = unpack(Incident, read[keys.RECORD].body) if keys.RECORD in read else None
    for offer in incident.suggestions if incident else ():
        if offer.id == feedback.suggestion_id:
            held = unpack(StoredVote, read[mine.sk].body) if mine.sk in read else None
            return _Standing(offer, held)
    raise NotFound(f"suggestion {feedback.suggestion_id}: not found", field="suggestionId")


def _replace(rows: Rows, standing: _Standing, feedback: Feedback, entry: TimelineEntry) -> None:
    """Put the vote in the place of the one held, if it, the offer and the person's sum still stand.

    A changed comment alone leaves the cell and the vote's time there as they are."""
    held, offer = standing.held, standing.offer
    previous = held.counted if held else None
    cell = held.cell if held and held.cell else CellKey(offer.symptom, offer.action, offer.service)
    new = Vote(feedback.value, feedback.created_at, offer.expected)
    recounts = previous is None or previous.value != new.value
    said = (
        read_said(rows, feedback.person, cell)
        if recounts
        else PersonContribution(feedback.person, cell, None)
    )
    moved = apply_observation(said.total, previous, new)
    counted = moved.stored if recounts and isinstance(moved.stored, Vote) else previous
    ballot = StoredVote(feedback, held.revision + 1 if held else 1, cell, counted)
    unmoved = Row.version == held.revision if held else Row.pk.does_not_exist()
    trace = rows(*keys.timeline(feedback.incident_id, entry.at, entry.id), body=pack(entry))
    with store_errors(f"vote on {feedback.suggestion_id}"), rows.transaction() as write:
        offered = Row.suggestions.contains(feedback.suggestion_id)
        write.condition_check(rows, *keys.incident(feedback.incident_id), condition=offered)
        write.save(_row(rows, ballot), condition=unmoved)
        write.save(trace)
        if recounts:
            add_move(write, rows, said, moved, feedback.created_at)


def _row(rows: Rows, ballot: StoredVote) -> Row:
    feedback = ballot.feedback
    return rows(
        *keys.vote(feedback.incident_id, feedback.id),
        body=pack(ballot),
        version=ballot.revision,
        feed=keys.VOTES,
        opened=keys.opened(feedback.created_at, feedback.id),
    )


def _is_same_input(one: Feedback, other: Feedback) -> bool:
    return (one.value, one.comment) == (other.value, other.comment)
