"""A recording of payloads, one a line, as readings: what `analyze` and `backtest` look at."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TypeAlias

import msgspec

from cloudops.domain.alert import Alert, Instant, Unreadable

Reader: TypeAlias = Callable[[bytes | str, Instant], list[Alert | Unreadable]]
"""Reads the alerts of one payload; `cloudops.adapters.payload.read` is one."""


class Reading(msgspec.Struct, frozen=True):
    """One alert, or one thing that could not be read, and the line (from 1) that it came from."""

    line: int
    received_at: Instant
    content: Alert | Unreadable


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    event: msgspec.Raw
    received_at: datetime | None = None


_envelope = msgspec.json.Decoder(_Envelope)


def readings(lines: Iterable[bytes], read: Reader, now: Instant) -> Iterator[Reading]:
    """Every alert of every line, in order. A line is {"received_at", "event"} or a bare payload, which
    counts as received with the line before it, or `now`. Empty lines say nothing."""
    received_at = now
    for number, line in enumerate(lines, start=1):
        payload: bytes | msgspec.Raw = line.strip()
        if not payload:
            continue
        try:
            envelope = _envelope.decode(payload)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
        else:
            payload = bytes(envelope.event)
            if envelope.received_at is not None:
                received_at = _instant(envelope.received_at)
        for content in read(bytes(payload), received_at):
            yield Reading(number, received_at, content)


def _instant(moment: datetime) -> Instant:
    return round(moment.timestamp() * 1000)
