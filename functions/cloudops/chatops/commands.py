"""What people type behind /cloudops, read word by word."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cloudops.core.errors import BadInput
from cloudops.core.time import DAY, HOUR, MINUTE
from cloudops.silences.silence import Matcher, Operator

HELP: Final = (
    "/cloudops  what is open, in one line each",
    "/cloudops open  the same",
    "/cloudops incident ID  one incident, with what may help",
    "/cloudops silence SERVICE 4h moving the database  nobody is told of its alerts; m, h and d are known",
    "/cloudops silence service=checkout environment=prod 30m why  by any field of an alert; =, !=, =~ and !~",
    "/cloudops confidence SERVICE  what was learned of it",
    "/cloudops off why  stops all automation at once (operator)",
    "/cloudops on why  lets automation act again (admin)",
    "/cloudops help  this",
)


class Verb(StrEnum):
    OPEN = "open"
    INCIDENT = "incident"
    SILENCE = "silence"
    CONFIDENCE = "confidence"
    OFF = "off"
    ON = "on"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """`argument` is what follows the verb, in one piece."""

    verb: Verb
    argument: str = ""


@dataclass(frozen=True, slots=True)
class SilenceRequest:
    """What to silence, for how many milliseconds, and why."""

    matchers: tuple[Matcher, ...]
    lasts: int
    comment: str


_UNITS: Final = {"m": MINUTE, "h": HOUR, "d": DAY}
_SPAN: Final = re.compile(r"([0-9]{1,4})([mhd])")
_MATCHER: Final = re.compile(r"([\w.]+)(=~|!~|!=|=)(.+)")


def read_command(text: str) -> ParsedCommand:
    """BadInput says what there is."""
    word, _, argument = text.strip().partition(" ")
    if not word:
        return ParsedCommand(Verb.OPEN)
    if word.lower() not in frozenset(Verb):
        raise BadInput(f"{word[:40]!r} is not known. " + "\n".join(HELP), field="text")
    verb = Verb(word.lower())
    if verb in (Verb.INCIDENT, Verb.CONFIDENCE, Verb.SILENCE) and not argument.strip():
        raise BadInput(f"/cloudops {verb} what? " + "\n".join(HELP), field="text")
    return ParsedCommand(verb, argument.strip())


def span_of(word: str) -> int | None:
    """Milliseconds of `4h`, `30m` or `1d`; None where it is no such word."""
    found = _SPAN.fullmatch(word)
    return int(found[1]) * _UNITS[found[2]] if found else None


def read_silence(argument: str) -> SilenceRequest:
    """`SERVICE 4h why` or `field=value ... 4h why`. BadInput says what is missing."""
    matchers: list[Matcher] = []
    words = argument.split()
    for number, word in enumerate(words):
        lasts = span_of(word)
        if lasts is not None:
            if not matchers:
                raise BadInput("say what to silence before for how long", field="text")
            if lasts == 0:
                raise BadInput("a silence lasts a minute at least", field="text")
            comment = " ".join(words[number + 1 :])
            return SilenceRequest(tuple(matchers), lasts, comment or "asked for in Slack")
        found = _MATCHER.fullmatch(word)
        matchers.append(
            Matcher(found[1], Operator(found[2]), found[3])
            if found
            else Matcher("service", Operator.EQUAL, word)
        )
    raise BadInput("say for how long: 30m, 4h or 1d", field="text")
