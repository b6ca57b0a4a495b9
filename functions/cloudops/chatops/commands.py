"""Parses the text of the slash command /cloudops."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cloudops.core.errors import BadInput
from cloudops.core.time import DAY, HOUR, MINUTE
from cloudops.silences.silence import Matcher, Operator

HELP: Final = (
    "/cloudops  lists the open incidents",
    "/cloudops open  lists them too",
    "/cloudops incident ID  shows one incident with its suggestions",
    "/cloudops silence SERVICE 4h REASON  mutes the alerts of a service for 4 hours; units are m, h and d",
    "/cloudops silence service=checkout environment=prod 30m REASON  matches by fields; =, !=, =~ and !~",
    "/cloudops confidence SERVICE  shows the confidence of each action for a service",
    "/cloudops off REASON  stops all automation at once (operator)",
    "/cloudops on REASON  enables automation again (admin)",
    "/cloudops help  shows this list",
)


class CommandVerb(StrEnum):
    """The first word of a command."""

    OPEN = "open"
    INCIDENT = "incident"
    SILENCE = "silence"
    CONFIDENCE = "confidence"
    OFF = "off"
    ON = "on"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """`argument` is the text after the verb, without surrounding spaces."""

    verb: CommandVerb
    argument: str = ""


@dataclass(frozen=True, slots=True)
class SilenceRequest:
    """A silence to create; `duration` is in milliseconds."""

    matchers: tuple[Matcher, ...]
    duration: int
    comment: str


_UNITS: Final = {"m": MINUTE, "h": HOUR, "d": DAY}
_DURATION: Final = re.compile(r"([0-9]{1,4})([mhd])")
_MATCHER: Final = re.compile(r"([\w.]+)(=~|!~|!=|=)(.+)")


def read_command(text: str) -> ParsedCommand:
    """Returns the verb and its argument; empty text means `open`.

    Raises:
        BadInput: The verb is unknown or its argument is missing; the message lists the commands.
    """
    word, _, argument = text.strip().partition(" ")
    if not word:
        return ParsedCommand(CommandVerb.OPEN)
    if word.lower() not in frozenset(CommandVerb):
        raise BadInput(f"{word[:40]!r} is not a command. " + "\n".join(HELP), field="text")
    verb = CommandVerb(word.lower())
    if verb in (CommandVerb.INCIDENT, CommandVerb.CONFIDENCE, CommandVerb.SILENCE) and not argument.strip():
        raise BadInput(f"/cloudops {verb} needs an argument. " + "\n".join(HELP), field="text")
    return ParsedCommand(verb, argument.strip())


def duration_ms(word: str) -> int | None:
    """Returns the milliseconds of `4h`, `30m` or `1d`, or None for any other word."""
    match = _DURATION.fullmatch(word)
    return int(match[1]) * _UNITS[match[2]] if match else None


def read_silence(argument: str) -> SilenceRequest:
    """Parses `SERVICE 4h reason` or `field=value ... 4h reason`.

    Raises:
        BadInput: The matchers or the duration are missing.
    """
    matchers: list[Matcher] = []
    words = argument.split()
    for number, word in enumerate(words):
        duration = duration_ms(word)
        if duration is not None:
            if not matchers:
                raise BadInput("name a service or a field=value before the duration", field="text")
            if duration == 0:
                raise BadInput("a silence lasts at least one minute", field="text")
            comment = " ".join(words[number + 1 :])
            return SilenceRequest(tuple(matchers), duration, comment or "created in Slack")
        match = _MATCHER.fullmatch(word)
        matchers.append(
            Matcher(match[1], Operator(match[2]), match[3])
            if match
            else Matcher("service", Operator.EQUAL, word)
        )
    raise BadInput("name a duration: 30m, 4h or 1d", field="text")
