"""What people type behind /cloudops is read word by word, and what is wrong is said."""

import pytest

from cloudops.chatops.commands import (
    HELP,
    ParsedCommand,
    SilenceRequest,
    Verb,
    read_command,
    read_silence,
    span_of,
)
from cloudops.core.errors import BadInput
from cloudops.core.time import DAY, HOUR, MINUTE
from cloudops.silences.silence import Matcher, Operator


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("", ParsedCommand(Verb.OPEN)),
        ("   ", ParsedCommand(Verb.OPEN)),
        ("open", ParsedCommand(Verb.OPEN)),
        ("Open", ParsedCommand(Verb.OPEN)),
        ("incident  inc_1 ", ParsedCommand(Verb.INCIDENT, "inc_1")),
        ("off the database moves", ParsedCommand(Verb.OFF, "the database moves")),
        ("off", ParsedCommand(Verb.OFF)),
        ("help", ParsedCommand(Verb.HELP)),
    ],
)
def test_the_first_word_is_what_and_the_rest_about_what(text: str, typed: ParsedCommand) -> None:
    assert read_command(text) == typed


@pytest.mark.parametrize("text", ["dance", "incident", "confidence ", "silence"])
def test_what_is_not_known_or_not_whole_gets_the_help(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_command(text)
    assert HELP[2] in refused.value.message


@pytest.mark.parametrize(
    ("word", "milliseconds"), [("30m", 30 * MINUTE), ("4h", 4 * HOUR), ("1d", DAY), ("0m", 0)]
)
def test_a_span_is_minutes_hours_or_days(word: str, milliseconds: int) -> None:
    assert span_of(word) == milliseconds


@pytest.mark.parametrize("word", ["4", "h", "4w", "-4h", "4.5h", "99999h", "\u0664h", "4h4"])
def test_another_word_is_no_span(word: str) -> None:
    assert span_of(word) is None


def test_a_word_alone_is_a_service() -> None:
    service = Matcher("service", Operator.EQUAL, "checkout")
    assert read_silence("checkout 4h moving it") == SilenceRequest((service,), 4 * HOUR, "moving it")


def test_fields_are_compared_as_silences_do() -> None:
    found = read_silence("service=~check.* label.team!=web environment=prod title!~test 1d")
    assert [str(one) for one in found.matchers] == [
        "service=~check.*",
        "label.team!=web",
        "environment=prod",
        "title!~test",
    ]
    assert found.comment == "asked for in Slack"


@pytest.mark.parametrize(
    ("text", "words"),
    [("checkout", "say for how long"), ("4h checkout", "say what to silence"), ("checkout 0m", "a minute")],
)
def test_a_silence_says_what_and_for_how_long(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_silence(text)
