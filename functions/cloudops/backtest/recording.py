"""Reads a recording, one payload a line, for `analyze` and `backtest`."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from cloudops.alerts.alert import Alert, UnparsablePayload
from cloudops.core.time import SECOND, EpochMillis

Reader: TypeAlias = Callable[[bytes | str, EpochMillis], list[Alert | UnparsablePayload]]
"""Reads the alerts of one payload; `cloudops.adapters.payloads.parser.read` is one."""


class RecordedPayload(msgspec.Struct, frozen=True):
    """One alert or unparsable payload, and its line, counted from 1."""

    line: int
    received_at: EpochMillis
    content: Alert | UnparsablePayload


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    event: msgspec.Raw
    received_at: msgspec.Raw = msgspec.Raw(b"null")


_envelope = msgspec.json.Decoder(_Envelope)
_received_at: "msgspec.json.Decoder[datetime | int | None]" = msgspec.json.Decoder(datetime | int | None)


def readings(lines: Iterable[bytes], read: Reader, now: EpochMillis) -> Iterator[RecordedPayload]:
    """Yields every alert of every line, in order. Empty lines are skipped.

    A line is {"received_at", "event"} or a bare payload. `received_at` is ISO 8601, or milliseconds
    since 1970. A line without one has that of the line before. Before the first one, an alert counts as
    received when it happened, but not later than `now`.

    Args:
        lines: The lines of the recording.
        read: Reads the alerts of one payload.
        now: The present time.
    """
    received_at = now
    is_recorded = False
    for number, line in enumerate(lines, start=1):
        payload: bytes | msgspec.Raw = line.strip()
        if not payload:
            continue
        try:
            envelope = _envelope.decode(payload)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
        else:
            payload = envelope.event
            try:
                received = _received_at.decode(envelope.received_at)
            except msgspec.MsgspecError:
                yield RecordedPayload(number, received_at, _without_time(envelope, received_at))
                continue
            if received is not None:
                received_at = received if isinstance(received, int) else _instant(received)
                is_recorded = True
        for content in read(bytes(payload), received_at):
            yield RecordedPayload(number, received_at, content if is_recorded else _at_once(content))


def _at_once(content: Alert | UnparsablePayload) -> Alert | UnparsablePayload:
    """Returns the alert as received when it happened, if that was before its recorded receipt."""
    if isinstance(content, Alert) and content.occurred_at < content.received_at:
        return replace(content, received_at=content.occurred_at)
    return content


def _instant(moment: datetime) -> EpochMillis:
    """Returns the time; a time without an offset is UTC."""
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * SECOND)


def _without_time(envelope: _Envelope, received_at: EpochMillis) -> UnparsablePayload:
    received = bytes(envelope.received_at)[:60].decode("utf-8", "replace")
    reason = f"received_at is {received}, not ISO 8601 or milliseconds since 1970"
    payload = bytes(envelope.event).decode("utf-8", "replace")
    return UnparsablePayload(source="unknown", reason=reason, payload=payload, received_at=received_at)
