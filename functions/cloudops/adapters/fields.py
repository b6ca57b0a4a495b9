"""Single fields of a payload: what counts as absent, how long a text may be, what a time or a link is."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from cloudops.domain.alert import Instant

MAX_TITLE: Final = 256
MAX_MESSAGE: Final = 4_000
MAX_QUERY: Final = 1_000
MAX_LABEL: Final = 256
MAX_LABELS: Final = 64
MAX_URL: Final = 2_048
"""Characters, and entries; an alert so bounded stays under 40 kB, so that 25 fit one batch write."""

EARLIEST: Final[Instant] = 946_684_800_000
"""2000-01-01T00:00:00Z: a time before it is a zero value or a unit mistaken."""
LATEST: Final[Instant] = 4_102_444_800_000
"""2100-01-01T00:00:00Z."""


def present(text: str) -> str:
    """The text less space at its ends, and "" for an unexpanded template variable such as $HOSTNAME."""
    text = text.strip()
    if text[:1] == "$" and text[1:].replace("_", "").isalnum() and text.upper() == text:
        return ""
    return "" if text in ("null", "None", "nil") else text


def first(*texts: str) -> str:
    """The first of these that is present."""
    for text in texts:
        if text and (found := present(text)):
            return found
    return ""


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, saying how many there were where it had to cut."""
    if len(text) <= limit:
        return text
    note = f" [cut, {len(text)} characters]"
    return text[: limit - len(note)] + note


def bounded_labels(entries: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The first MAX_LABELS entries that have a value; the label `labels_dropped` counts the rest."""
    kept: dict[str, str] = {}
    dropped = 0
    for key, value in entries:
        if len(kept) >= MAX_LABELS:
            dropped += 1
        elif key and value and (value[0] != "$" or present(value)):
            kept.setdefault(cut(key, MAX_LABEL), cut(value, MAX_LABEL))
    if dropped:
        kept["labels_dropped"] = str(dropped)
    return kept


def link(*texts: str) -> str:
    """The first http or https address among these, or ""."""
    for text in texts:
        address = text.strip()
        if address[:8].lower().startswith(("https://", "http://")) and len(address) <= MAX_URL:
            return address if address.isprintable() and " " not in address else ""
    return ""


def instant(text: str) -> Instant | None:
    """A time as ISO 8601, or as seconds or milliseconds since 1970; None where it is none of them."""
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _epoch(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _plausible(int(moment.timestamp() * 1000 + 0.5))


def _epoch(text: str) -> Instant | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return _plausible(int(number)) or _plausible(int(number * 1000))


def _plausible(milliseconds: int) -> Instant | None:
    return milliseconds if EARLIEST <= milliseconds <= LATEST else None


def first_instant(received_at: Instant, *texts: str) -> Instant:
    """The first time among these, or the moment of arrival."""
    for text in texts:
        if text and (moment := instant(text)) is not None:
            return moment
    return received_at


def merged(*groups: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """The entries of all groups; of equal keys the first counts, see `bounded_labels`."""
    for group in groups:
        yield from group.items()
