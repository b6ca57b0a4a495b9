"""The text of /cloudops is parsed into a command, and an error shows how it is written."""

import pytest

from cloudops.chatops.commands import (
    HELP,
    CommandVerb,
    ParsedCommand,
    SilenceRequest,
    duration_ms,
    read_command,
    read_silence,
)
from cloudops.core.errors import BadInput
from cloudops.core.time import DAY, HOUR, MINUTE
from cloudops.silences.silence import Matcher, Operator


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("", ParsedCommand(CommandVerb.OPEN)),
        ("   ", ParsedCommand(CommandVerb.OPEN)),
        ("open", ParsedCommand(CommandVerb.OPEN)),
        ("Open", ParsedCommand(CommandVerb.OPEN)),
        ("incident  inc_1 ", ParsedCommand(CommandVerb.INCIDENT, "inc_1")),
        ("off the database moves", ParsedCommand(CommandVerb.OFF, "the database moves")),
        ("off", ParsedCommand(CommandVerb.OFF)),
        ("help", ParsedCommand(CommandVerb.HELP)),
    ],
)
def test_the_first_word_is_the_verb_and_the_rest_its_argument(text: str, typed: ParsedCommand) -> None:
    assert read_command(text) == typed


@pytest.mark.parametrize("text", ["dance", "incident", "confidence ", "silence"])
def test_an_unknown_or_incomplete_command_lists_the_commands(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_command(text)
    assert HELP[2] in refused.value.message


@pytest.mark.parametrize(
    ("word", "milliseconds"), [("30m", 30 * MINUTE), ("4h", 4 * HOUR), ("1d", DAY), ("0m", 0)]
)
def test_a_duration_is_in_minutes_hours_or_days(word: str, milliseconds: int) -> None:
    assert duration_ms(word) == milliseconds


@pytest.mark.parametrize("word", ["4", "h", "4w", "-4h", "4.5h", "99999h", "\u0664h", "4h4"])
def test_any_other_word_is_not_a_duration(word: str) -> None:
    assert duration_ms(word) is None


def test_a_word_without_an_operator_is_a_service() -> None:
    service = Matcher("service", Operator.EQUAL, "checkout")
    assert read_silence("checkout 4h moving it") == SilenceRequest((service,), 4 * HOUR, "moving it")


def test_fields_take_the_operators_of_silences() -> None:
    parsed = read_silence("service=~check.* label.team!=web environment=prod title!~test 1d")
    assert [str(one) for one in parsed.matchers] == [
        "service=~check.*",
        "label.team!=web",
        "environment=prod",
        "title!~test",
    ]
    assert parsed.comment == "created in Slack"


@pytest.mark.parametrize(
    ("text", "words"),
    [("checkout", "name a duration"), ("4h checkout", "name a service"), ("checkout 0m", "one minute")],
)
def test_a_silence_needs_a_matcher_and_a_duration(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_silence(text)
