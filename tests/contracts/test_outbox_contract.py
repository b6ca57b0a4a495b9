"""The outbox loses no notification, delivers none twice, and rejects concurrent changes."""

import pytest

from cloudops.core.errors import WriteConflict
from cloudops.notifications.outbox import IncidentMessage, Outbox, OutboxEntry, SendAttempt
from cloudops.notifications.pacing import ChannelLease
from cloudops.notifications.thread import Note
from tests.fakes.incident_factory import NOON, incident_named
from tests.fakes.incident_factory import an_entry as timeline_entry

MINE = incident_named("checkout")
CHANNEL = "C0ALERTS"


def an_entry(name: str = "checkout", since: int = NOON, notified: bool = False) -> OutboxEntry:
    return OutboxEntry(incident_id=incident_named(name), notified=notified, rank=3, since=since)


def a_note(text: str, at: int = NOON) -> Note:
    return Note(timeline_entry(MINE, text, at), 2)


def test_a_message_is_stored_completely(outbox: Outbox) -> None:
    message = IncidentMessage(
        incident_id=MINE,
        channel=CHANNEL,
        ts="1.2",
        mentions=("@here",),
        attempt=SendAttempt("k", NOON, ("a",)),
    )
    outbox.save_message(message, 0)
    stored = outbox.messages([MINE, incident_named("other")])
    assert {name: (one.message, one.version) for name, one in stored.items()} == {MINE: (message, 1)}


def test_of_two_workers_that_save_one_message_the_second_gets_a_conflict(outbox: Outbox) -> None:
    outbox.save_message(IncidentMessage(incident_id=MINE, channel=CHANNEL), 0)
    with pytest.raises(WriteConflict):
        outbox.save_message(IncidentMessage(incident_id=MINE, channel=CHANNEL, ts="1"), 0)
    assert outbox.save_message(IncidentMessage(incident_id=MINE, channel=CHANNEL, ts="2"), 1).version == 2


def test_saving_the_same_message_again_has_no_effect(outbox: Outbox) -> None:
    message = IncidentMessage(incident_id=MINE, channel=CHANNEL)
    outbox.save_message(message, 0)
    outbox.save_message(message, 0)


def test_notes_are_returned_oldest_first_and_once(outbox: Outbox) -> None:
    late, early = a_note("late", NOON + 5), a_note("early")
    outbox.add_notes(MINE, [late, early], NOON)
    outbox.add_notes(MINE, [early], NOON)
    assert outbox.notes(MINE) == (early, late)


def test_a_sent_note_is_not_returned_after_it_is_added_again(outbox: Outbox) -> None:
    note, other = a_note("sent"), a_note("not sent")
    outbox.add_notes(MINE, [note, other], NOON)
    outbox.mark_sent(MINE, [note.entry.id])
    outbox.add_notes(MINE, [note], NOON)
    assert outbox.notes(MINE) == (other,)


def test_entries_of_one_incident_are_one_entry_since_the_first(outbox: Outbox) -> None:
    outbox.add_entry(CHANNEL, an_entry(since=NOON))
    outbox.add_entry(CHANNEL, an_entry(since=NOON + 9, notified=True))
    outbox.add_entry("C0OTHER", an_entry("other"))
    (entry,) = outbox.entries(CHANNEL)
    assert (entry.since, entry.notified, entry.version) == (NOON, True, 2)


def test_a_dispatched_entry_is_removed_unless_it_was_added_again(outbox: Outbox) -> None:
    outbox.add_entry(CHANNEL, an_entry())
    (seen,) = outbox.entries(CHANNEL)
    outbox.add_entry(CHANNEL, an_entry())
    outbox.remove_entry(CHANNEL, seen)
    (again,) = outbox.entries(CHANNEL)
    outbox.remove_entry(CHANNEL, again)
    outbox.remove_entry(CHANNEL, again)
    assert outbox.entries(CHANNEL) == ()


def test_a_postponed_entry_waits_unless_it_was_added_again(outbox: Outbox) -> None:
    outbox.add_entry(CHANNEL, an_entry())
    (seen,) = outbox.entries(CHANNEL)
    outbox.postpone(CHANNEL, seen, NOON + 60)
    (waiting,) = outbox.entries(CHANNEL)
    assert (waiting.due, waiting.since) == (NOON + 60, NOON)
    outbox.add_entry(CHANNEL, an_entry())
    outbox.postpone(CHANNEL, waiting, NOON + 999)
    assert [one.due for one in outbox.entries(CHANNEL)] == [0]


def test_a_new_channel_has_an_unclaimed_lease(outbox: Outbox) -> None:
    assert outbox.lease(CHANNEL) == (ChannelLease(), 0)


def test_of_two_workers_that_change_one_lease_the_second_gets_a_conflict(outbox: Outbox) -> None:
    outbox.save_lease(CHANNEL, ChannelLease(entries=1), 0)
    with pytest.raises(WriteConflict):
        outbox.save_lease(CHANNEL, ChannelLease(entries=2), 0)
    assert outbox.lease(CHANNEL) == (ChannelLease(entries=1), 1)
