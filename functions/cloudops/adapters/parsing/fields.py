"""Parses and bounds single fields of an alert: variables, texts, labels, links and times."""

import re
from datetime import UTC, datetime
from itertools import chain
from typing import Final, TypeVar

import msgspec

from cloudops.core.time import SECOND, EpochMillis

T = TypeVar("T", bound=msgspec.Struct)

MAX_ALERT_TITLE: Final = 256
MAX_MESSAGE: Final = 4_000
MAX_QUERY: Final = 1_000
MAX_LABEL: Final = 256
MAX_LABELS: Final = 64
MAX_URL: Final = 2_048
"""Characters, and entries for MAX_LABELS. An alert within these bounds has fewer than 50,000 characters; a
DynamoDB item holds 400 kB."""

EARLIEST_INSTANT: Final[EpochMillis] = 946_684_800_000
"""2000-01-01T00:00:00Z. An earlier time is a zero value or has another unit."""
LATEST_INSTANT: Final[EpochMillis] = 4_102_444_800_000
"""2100-01-01T00:00:00Z."""


DOLLAR: Final = ord("$")
"""Searched in the bytes of a payload: without it there are no variables. An int is found six times as
fast."""

_UNEXPANDED: Final = re.compile(r"\$[A-Z][A-Z0-9_]*")


def without_variables(record: T) -> T:
    """Resets, in place, every field that holds only an unexpanded $VAR to its default; returns the record."""
    for field in msgspec.structs.fields(record):
        value = getattr(record, field.name)
        if isinstance(value, str) and _UNEXPANDED.fullmatch(value.strip()):
            setattr(record, field.name, field.default)
    return record


def truncate(text: str, limit: int) -> str:
    """Returns at most `limit` characters; a cut text ends with its original length."""
    if len(text) <= limit:
        return text
    note = f" [cut, {len(text)} characters]"
    return text[: limit - len(note)] + note


def bound_labels(labels: dict[str, str]) -> dict[str, str]:
    """Returns the first MAX_LABELS labels, each cut to MAX_LABEL; `labels_dropped` counts the rest."""
    if len(labels) <= MAX_LABELS and max(map(len, chain(labels, labels.values())), default=0) <= MAX_LABEL:
        return labels
    bounded = {
        truncate(key, MAX_LABEL): truncate(value, MAX_LABEL)
        for key, value in list(labels.items())[:MAX_LABELS]
    }
    if len(labels) > MAX_LABELS:
        bounded["labels_dropped"] = str(len(labels) - MAX_LABELS)
    return bounded


def web_link(text: str) -> str:
    """Returns the text if it is an http or https address, else ""."""
    if len(text) > MAX_URL or not text.startswith(("https://", "http://")):
        return ""
    return text if text.isprintable() and " " not in text else ""


def instant(text: str) -> EpochMillis | None:
    """Returns a time that is ISO 8601, or seconds or milliseconds since 1970, else None.

    A time without an offset is UTC. A time outside 2000 to 2100 is None.
    """
    if len(text) > _MAX_TIME_LENGTH:
        return None
    if text.isdecimal():
        number = int(text)
        return number if EARLIEST_INSTANT <= number <= LATEST_INSTANT else _epoch(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _epoch(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    milliseconds = int(moment.timestamp() * SECOND + 0.5)
    return milliseconds if EARLIEST_INSTANT <= milliseconds <= LATEST_INSTANT else None


_MAX_TIME_LENGTH: Final = 40


def _epoch(text: str) -> EpochMillis | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if EARLIEST_INSTANT <= number <= LATEST_INSTANT:
        return int(number)
    number *= SECOND
    return int(number) if EARLIEST_INSTANT <= number <= LATEST_INSTANT else None
