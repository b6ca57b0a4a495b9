"""Reads received payloads into alerts, changes and quarantine items."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cloudops.alerts.alert import Alert, UnparsablePayload
from cloudops.changes.change import Change
from cloudops.core.time import EpochMillis
from cloudops.ingestion.quarantine import QuarantineItem, quarantine_item

AlertReader = Callable[[bytes | str, EpochMillis], list[Alert | UnparsablePayload]]
"""Parses a payload. Never raises: what it cannot parse comes back as UnparsablePayload."""
ChangeReader = Callable[[bytes | str, EpochMillis], list[Change]]
"""Parses a payload. Never raises: a payload that is no change has none."""


@dataclass(frozen=True, slots=True)
class Received:
    """A payload as it arrived, or an alert that a source listed; `ref` is the caller's name for it, such as a
    message id."""

    ref: str
    content: bytes | str | Alert
    received_at: EpochMillis


@dataclass(frozen=True, slots=True)
class ReadPayload:
    """What one payload holds."""

    ref: str
    alerts: tuple[Alert, ...] = ()
    quarantined: tuple[QuarantineItem, ...] = ()
    changes: tuple[Change, ...] = ()


def read_payloads(
    payloads: Sequence[Received], read: AlertReader, read_changes: ChangeReader
) -> tuple[ReadPayload, ...]:
    """Returns one reading a payload, in order. Only a payload that holds no alert is read for changes."""
    return tuple(_read_payload(payload, read, read_changes) for payload in payloads)


def _read_payload(payload: Received, read: AlertReader, read_changes: ChangeReader) -> ReadPayload:
    if isinstance(payload.content, Alert):
        return ReadPayload(payload.ref, alerts=(payload.content,))
    parsed = read(payload.content, payload.received_at)
    return ReadPayload(
        payload.ref,
        alerts=tuple(one for one in parsed if isinstance(one, Alert)),
        quarantined=tuple(quarantine_item(one) for one in parsed if isinstance(one, UnparsablePayload)),
        changes=() if parsed else tuple(read_changes(payload.content, payload.received_at)),
    )
