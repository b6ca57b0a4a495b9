"""The thread tells what happened, in a few lines however much it was, and as much as was asked for."""

from typing import Any

import pytest

from cloudops.adapters.slack.message import reply
from cloudops.incidents.incident import TimelineKind
from cloudops.notifications.thread import MAX_LINES, Note, ThreadVerbosity, lines_of
from tests.pictures.scenarios import HOSTILE, STORY, entry


def told(noise: ThreadVerbosity, notes: tuple[Note, ...] = STORY) -> list[str]:
    return [one.text for one in lines_of(notes, noise)]


def test_alerts_that_joined_are_summed() -> None:
    assert told(ThreadVerbosity.SUMMARY)[:2] == ["11 alerts joined", "Severity raised from high to critical"]


def test_everything_can_be_asked_for() -> None:
    assert len(told(ThreadVerbosity.EVERYTHING)) == len(STORY)


def test_alerts_can_be_left_out_and_decisions_stay() -> None:
    assert told(ThreadVerbosity.DECISIONS)[0] == "Severity raised from high to critical"
    assert len(told(ThreadVerbosity.DECISIONS)) == 7


def test_a_thread_can_be_switched_off() -> None:
    assert told(ThreadVerbosity.NOTHING) == []


@pytest.mark.parametrize("noise", ThreadVerbosity)
def test_that_it_opened_is_what_the_message_itself_tells(noise: ThreadVerbosity) -> None:
    assert told(noise, (Note(entry(TimelineKind.OPENED, "Opened by checkout-5xx", 0)),)) == []


def test_many_lines_end_in_a_count() -> None:
    notes = tuple(Note(entry(TimelineKind.EXECUTION, f"step {n}", n)) for n in range(50))
    lines = told(ThreadVerbosity.SUMMARY, notes)
    assert len(lines) == MAX_LINES
    assert lines[-1] == "and 31 more, in the dashboard"


def test_a_reply_names_who_did_it_once() -> None:
    lines = lines_of(STORY, ThreadVerbosity.SUMMARY)
    items = reply(lines)["blocks"][0]["elements"][0]["elements"]
    texts = ["".join(part.get("text", "") for part in item["elements"]) for item in items]
    assert "  Acknowledged  Acknowledged, by jane" in texts
    assert "  Vote  jane found rollback helpful" in texts


def test_words_of_an_alert_stay_words_in_the_thread() -> None:
    sent: dict[str, Any] = reply(
        lines_of((Note(entry(TimelineKind.ALERT, HOSTILE, 1)),), ThreadVerbosity.SUMMARY)
    )
    assert "<" not in sent["text"]
    (item,) = sent["blocks"][0]["elements"][0]["elements"]
    assert {part["type"] for part in item["elements"]} == {"date", "text"}
