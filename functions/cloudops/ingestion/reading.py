"""Parses received payloads into alerts, changes and quarantine items."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cloudops.alerts.alert import Alert, UnparsablePayload
from cloudops.changes.change import Change
from cloudops.core.time import EpochMillis
from cloudops.ingestion.quarantine import QuarantineItem, quarantine_item

AlertReader = Callable[[bytes | str, EpochMillis], list[Alert | UnparsablePayload]]
"""Parses a payload. Raises nothing: the parts that cannot be parsed are returned as UnparsablePayload."""
ChangeReader = Callable[[bytes | str, EpochMillis], list[Change]]
"""Parses a payload. Raises nothing: a payload without a change gives an empty list."""


@dataclass(frozen=True, slots=True)
class Received:
    """A payload as it arrived, or an alert that a source listed.

    `ref` identifies the payload for the caller, such as a message id; an error names it.
    """

    ref: str
    content: bytes | str | Alert
    received_at: EpochMillis


@dataclass(frozen=True, slots=True)
class ReadPayload:
    """The alerts, quarantine items and changes of one payload."""

    ref: str
    alerts: tuple[Alert, ...] = ()
    quarantined: tuple[QuarantineItem, ...] = ()
    changes: tuple[Change, ...] = ()


def read_payloads(
    payloads: Sequence[Received], read: AlertReader, read_changes: ChangeReader
) -> tuple[ReadPayload, ...]:
    """Parses the payloads; returns one result for each, in order.

    A payload is parsed for changes only if it has neither an alert nor an unparsable part.
    """
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
