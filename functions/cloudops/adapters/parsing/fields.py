"""Single fields of a payload: what counts as absent, how long a text may be, what a time or a link is."""

import re
from datetime import UTC, datetime
from itertools import chain
from typing import Final, TypeVar

import msgspec

from cloudops.core.time import SECOND, EpochMillis

T = TypeVar("T", bound=msgspec.Struct)

MAX_TITLE: Final = 256
MAX_MESSAGE: Final = 4_000
MAX_QUERY: Final = 1_000
MAX_LABEL: Final = 256
MAX_LABELS: Final = 64
MAX_URL: Final = 2_048
"""Characters, and entries: an alert so bounded stays under 50,000, where an item may hold 400 kB."""

EARLIEST: Final[EpochMillis] = 946_684_800_000
"""2000-01-01T00:00:00Z: a time before it is a zero value or a unit mistaken."""
LATEST: Final[EpochMillis] = 4_102_444_800_000
"""2100-01-01T00:00:00Z."""


DOLLAR: Final = ord("$")
"""To look for in bytes: a payload without one holds no variable, and an int is found six times as fast."""

_UNEXPANDED: Final = re.compile(r"\$[A-Z][A-Z0-9_]*")


def expanded(record: T) -> T:
    """The record, in place, with every field at its default that holds nothing but $VAR: a variable of
    the sender's template that was not filled in."""
    for field in msgspec.structs.fields(record):
        value = getattr(record, field.name)
        if isinstance(value, str) and _UNEXPANDED.fullmatch(value.strip()):
            setattr(record, field.name, field.default)
    return record


def truncate(text: str, limit: int) -> str:
    """At most `limit` characters, saying how many there were where it had to cut."""
    if len(text) <= limit:
        return text
    note = f" [cut, {len(text)} characters]"
    return text[: limit - len(note)] + note


def bounded(labels: dict[str, str]) -> dict[str, str]:
    """The first MAX_LABELS labels, each cut to MAX_LABEL; the label `labels_dropped` counts the rest."""
    if len(labels) <= MAX_LABELS and max(map(len, chain(labels, labels.values())), default=0) <= MAX_LABEL:
        return labels
    kept = {
        truncate(key, MAX_LABEL): truncate(value, MAX_LABEL)
        for key, value in list(labels.items())[:MAX_LABELS]
    }
    if len(labels) > MAX_LABELS:
        kept["labels_dropped"] = str(len(labels) - MAX_LABELS)
    return kept


def link(text: str) -> str:
    """The text where it is an http or https address, else ""."""
    if len(text) > MAX_URL or not text.startswith(("https://", "http://")):
        return ""
    return text if text.isprintable() and " " not in text else ""


def instant(text: str) -> EpochMillis | None:
    """A time as ISO 8601, or as seconds or milliseconds since 1970; None where it is none of them."""
    if len(text) > _LONGEST_TIME:
        return None
    if text.isdecimal():
        number = int(text)
        return number if EARLIEST <= number <= LATEST else _epoch(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _epoch(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    milliseconds = int(moment.timestamp() * SECOND + 0.5)
    return milliseconds if EARLIEST <= milliseconds <= LATEST else None


_LONGEST_TIME: Final = 40


def _epoch(text: str) -> EpochMillis | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if EARLIEST <= number <= LATEST:
        return int(number)
    number *= SECOND
    return int(number) if EARLIEST <= number <= LATEST else None
