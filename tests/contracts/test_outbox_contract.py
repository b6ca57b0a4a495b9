"""The outbox forgets nothing that is to be told, tells nothing twice, and takes one change at a time."""

import pytest

from cloudops.core.errors import WriteConflict
from cloudops.notifications.outbox import Announcement, Attempt, Outbox, OutboxEntry
from cloudops.notifications.pacing import ChannelLease
from cloudops.notifications.thread import Note
from tests.fakes.incident_factory import NOON, an_entry, incident_named

MINE = incident_named("checkout")
CHANNEL = "C0ALERTS"


def a_mark(name: str = "checkout", since: int = NOON, announced: bool = False) -> OutboxEntry:
    return OutboxEntry(incident_id=incident_named(name), announced=announced, rank=3, since=since)


def a_note(text: str, at: int = NOON) -> Note:
    return Note(an_entry(MINE, text, at), 2)


def test_an_announcement_is_kept_whole(outbox: Outbox) -> None:
    said = Announcement(
        incident_id=MINE, channel=CHANNEL, ts="1.2", mentions=("@here",), attempt=Attempt("k", NOON, ("a",))
    )
    outbox.keep(said, 0)
    kept = outbox.announcements([MINE, incident_named("other")])
    assert {name: (one.announcement, one.version) for name, one in kept.items()} == {MINE: (said, 1)}


def test_of_two_who_keep_one_announcement_the_second_reads_again(outbox: Outbox) -> None:
    outbox.keep(Announcement(incident_id=MINE, channel=CHANNEL), 0)
    with pytest.raises(WriteConflict):
        outbox.keep(Announcement(incident_id=MINE, channel=CHANNEL, ts="1"), 0)
    assert outbox.keep(Announcement(incident_id=MINE, channel=CHANNEL, ts="2"), 1).version == 2


def test_the_same_announcement_kept_again_is_quiet(outbox: Outbox) -> None:
    said = Announcement(incident_id=MINE, channel=CHANNEL)
    outbox.keep(said, 0)
    outbox.keep(said, 0)


def test_notes_come_oldest_first_and_each_once(outbox: Outbox) -> None:
    late, early = a_note("late", NOON + 5), a_note("early")
    outbox.add_notes(MINE, [late, early], NOON)
    outbox.add_notes(MINE, [early], NOON)
    assert outbox.notes(MINE) == (early, late)


def test_what_was_told_does_not_come_again_though_it_is_added_again(outbox: Outbox) -> None:
    note, other = a_note("told"), a_note("not told")
    outbox.add_notes(MINE, [note, other], NOON)
    outbox.mark_sent(MINE, [note.entry.id])
    outbox.add_notes(MINE, [note], NOON)
    assert outbox.notes(MINE) == (other,)


def test_marks_of_one_incident_are_one_mark_since_the_first(outbox: Outbox) -> None:
    outbox.mark(CHANNEL, a_mark(since=NOON))
    outbox.mark(CHANNEL, a_mark(since=NOON + 9, announced=True))
    outbox.mark("C0OTHER", a_mark("other"))
    (mark,) = outbox.marks(CHANNEL)
    assert (mark.since, mark.announced, mark.version) == (NOON, True, 2)


def test_what_is_done_is_unmarked_unless_it_was_marked_again(outbox: Outbox) -> None:
    outbox.mark(CHANNEL, a_mark())
    (seen,) = outbox.marks(CHANNEL)
    outbox.mark(CHANNEL, a_mark())
    outbox.unmark(CHANNEL, seen)
    (again,) = outbox.marks(CHANNEL)
    outbox.unmark(CHANNEL, again)
    outbox.unmark(CHANNEL, again)
    assert outbox.marks(CHANNEL) == ()


def test_what_is_postponed_waits_unless_it_was_marked_again(outbox: Outbox) -> None:
    outbox.mark(CHANNEL, a_mark())
    (seen,) = outbox.marks(CHANNEL)
    outbox.postpone(CHANNEL, seen, NOON + 60)
    (waiting,) = outbox.marks(CHANNEL)
    assert (waiting.due, waiting.since) == (NOON + 60, NOON)
    outbox.mark(CHANNEL, a_mark())
    outbox.postpone(CHANNEL, waiting, NOON + 999)
    assert [one.due for one in outbox.marks(CHANNEL)] == [0]


def test_a_new_channel_is_at_rest(outbox: Outbox) -> None:
    assert outbox.pace(CHANNEL) == (ChannelLease(), 0)


def test_of_two_who_change_a_pace_the_second_reads_again(outbox: Outbox) -> None:
    outbox.keep_pace(CHANNEL, ChannelLease(marks=1), 0)
    with pytest.raises(WriteConflict):
        outbox.keep_pace(CHANNEL, ChannelLease(marks=2), 0)
    assert outbox.pace(CHANNEL) == (ChannelLease(marks=1), 1)
