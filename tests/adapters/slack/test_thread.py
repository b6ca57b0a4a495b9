"""The thread shows the timeline in at most twenty lines, with the verbosity that routing sets."""

from typing import Any

import pytest

from cloudops.adapters.slack.message import reply
from cloudops.incidents.incident import TimelineKind
from cloudops.notifications.thread import MAX_LINES, Note, ThreadVerbosity, lines_of
from tests.pictures.scenarios import HOSTILE, TIMELINE, entry


def texts(verbosity: ThreadVerbosity, notes: tuple[Note, ...] = TIMELINE) -> list[str]:
    return [one.text for one in lines_of(notes, verbosity)]


def test_alerts_that_joined_are_summed() -> None:
    assert texts(ThreadVerbosity.SUMMARY)[:2] == ["11 alerts joined", "Severity raised from high to critical"]


def test_a_thread_can_show_everything() -> None:
    assert len(texts(ThreadVerbosity.EVERYTHING)) == len(TIMELINE)


def test_a_thread_can_show_decisions_without_alerts() -> None:
    assert texts(ThreadVerbosity.DECISIONS)[0] == "Severity raised from high to critical"
    assert len(texts(ThreadVerbosity.DECISIONS)) == 7


def test_a_thread_can_be_switched_off() -> None:
    assert texts(ThreadVerbosity.NOTHING) == []


@pytest.mark.parametrize("verbosity", ThreadVerbosity)
def test_the_opening_is_in_the_message_and_not_in_the_thread(verbosity: ThreadVerbosity) -> None:
    assert texts(verbosity, (Note(entry(TimelineKind.OPENED, "Opened by checkout-5xx", 0)),)) == []


def test_more_than_twenty_lines_end_with_a_count() -> None:
    notes = tuple(Note(entry(TimelineKind.EXECUTION, f"step {n}", n)) for n in range(50))
    lines = texts(ThreadVerbosity.SUMMARY, notes)
    assert len(lines) == MAX_LINES
    assert lines[-1] == "and 31 more, in the dashboard"


def test_a_reply_names_the_actor_once() -> None:
    lines = lines_of(TIMELINE, ThreadVerbosity.SUMMARY)
    items = reply(lines)["blocks"][0]["elements"][0]["elements"]
    texts = ["".join(part.get("text", "") for part in item["elements"]) for item in items]
    assert "  Acknowledged  Acknowledged, by jane" in texts
    assert "  Vote  jane found rollback helpful" in texts


def test_text_of_an_alert_is_not_read_as_markup_in_the_thread() -> None:
    sent: dict[str, Any] = reply(
        lines_of((Note(entry(TimelineKind.ALERT, HOSTILE, 1)),), ThreadVerbosity.SUMMARY)
    )
    assert "<" not in sent["text"]
    (item,) = sent["blocks"][0]["elements"][0]["elements"]
    assert {part["type"] for part in item["elements"]} == {"date", "text"}
