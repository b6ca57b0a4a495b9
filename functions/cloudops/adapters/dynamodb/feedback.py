"""Votes: one a person a suggestion, put or changed in one transaction with the trace that it leaves."""

from typing import Final

import msgspec

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.domain.errors import Conflict, NotFound, Unavailable
from cloudops.domain.incident import TimelineEntry
from cloudops.domain.suggestion import Feedback

ATTEMPTS: Final = 4
"""Writes before a vote gives up against others that change the same incident or the same vote."""


class Ballot(msgspec.Struct, frozen=True):
    """A vote as it is stored, and how often its person has changed it."""

    feedback: Feedback
    revision: int = 1


def vote(rows: Rows, feedback: Feedback, entry: TimelineEntry) -> Feedback:
    """The vote as stored. NotFound where the incident does not offer the suggestion."""
    for _ in range(ATTEMPTS):
        held = _held(rows, feedback)
        if held is not None and _says_the_same(held.feedback, feedback):
            return held.feedback
        try:
            _replace(rows, held, feedback, entry)
        except Conflict:
            continue
        except Unavailable:
            now = _held(rows, feedback)
            if now is None or not _says_the_same(now.feedback, feedback):
                raise
        return feedback
    raise Conflict(f"vote on {feedback.suggestion_id}: changed by others {ATTEMPTS} times")


def _held(rows: Rows, feedback: Feedback) -> Ballot | None:
    """The person's vote so far, read together with the incident that has to offer the suggestion."""
    record = keys.incident(feedback.incident_id)
    mine = keys.vote(feedback.incident_id, feedback.id)
    with store_errors(f"vote on {feedback.suggestion_id}"):
        found = rows.batch_get([tuple(record), tuple(mine)], consistent_read=True)
        read = {row.sk: row for row in found}
    offer = read.get(keys.RECORD)
    if offer is None or feedback.suggestion_id not in (offer.offers or ()):
        raise NotFound(f"suggestion {feedback.suggestion_id}: not found", field="suggestionId")
    return unpack(Ballot, read[mine.sk].body) if mine.sk in read else None


def _replace(rows: Rows, held: Ballot | None, feedback: Feedback, entry: TimelineEntry) -> None:
    """Put the vote in the place of the one held, if both it and the offer still stand."""
    ballot = Ballot(feedback, held.revision + 1 if held else 1)
    unmoved = Row.version == held.revision if held else Row.pk.does_not_exist()
    mine = rows(*keys.vote(feedback.incident_id, feedback.id), body=pack(ballot), version=ballot.revision)
    trace = rows(*keys.timeline(feedback.incident_id, entry.at, entry.id), body=pack(entry))
    with store_errors(f"vote on {feedback.suggestion_id}"), rows.transaction() as write:
        offered = Row.offers.contains(feedback.suggestion_id)
        write.condition_check(rows, *keys.incident(feedback.incident_id), condition=offered)
        write.save(mine, condition=unmoved)
        write.save(trace)


def _says_the_same(one: Feedback, other: Feedback) -> bool:
    return (one.value, one.comment) == (other.value, other.comment)
