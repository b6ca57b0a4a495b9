"""Which reader an unwrapped payload belongs to, told by its keys, and what becomes of one that has none."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from cloudops.adapters.alertmanager import webhook as alertmanager
from cloudops.adapters.cloudwatch import events as cloudwatch
from cloudops.adapters.cloudwatch import sns as cloudwatch_sns
from cloudops.adapters.datadog import partner_event as datadog_partner
from cloudops.adapters.datadog import webhook as datadog
from cloudops.adapters.payloads import generic as plain
from cloudops.adapters.payloads.envelopes import ALARM_MESSAGE, UnwrapError
from cloudops.alerts.alert import Alert, UnparsablePayload
from cloudops.core.time import EpochMillis

Reader: TypeAlias = Callable[[bytes, EpochMillis], Alert | str]
"""Answers the alert, or the reason why there is none, which names the field."""

MAX_KEPT: Final = 200_000
"""Bytes of an unreadable payload that the quarantine keeps: an item there holds 400 kB."""


class Shape(NamedTuple):
    """An object with any of these keys is of this source and has this reader."""

    keys: frozenset[str]
    source: str
    read: Reader


SHAPES: Final = (
    Shape(frozenset({"alarmData"}), "cloudwatch", cloudwatch.read_action),
    Shape(ALARM_MESSAGE, "cloudwatch", cloudwatch_sns.read_message),
    Shape(datadog.SIGNS, "datadog", datadog.read_webhook),
    Shape(frozenset({"title"}), "plain", plain.read_plain),
    Shape(frozenset({"labels", "annotations"}), "alertmanager", alertmanager.read_alert),
    Shape(frozenset({"status", "message", "severity", "service"}), "plain", plain.read_plain),
)
"""Tried in this order."""

EVENTS: Final[dict[str, tuple[str, Reader]]] = {
    **dict.fromkeys(cloudwatch.STATE_CHANGES, ("cloudwatch", cloudwatch.read_event)),
    datadog_partner.DETAIL_TYPE: ("datadog", datadog_partner.read_event),
}
"""Detail type of an EventBridge event -> source and reader."""


def read_part(
    part: dict[str, Any] | UnwrapError, received_at: EpochMillis
) -> list[Alert | UnparsablePayload]:
    """The alerts in one unwrapped object, or the reasons why not; none in an event of a mere change."""
    if isinstance(part, UnwrapError):
        return [unreadable("unknown", part.reason, part.part, received_at)]
    if "detail-type" in part:
        return _read_bus_event(part, received_at)
    if "alerts" in part:
        return _read_notification(part, received_at)
    for shape in SHAPES:
        if part.keys() & shape.keys:
            return [_read_with(shape.read, shape.source, part, received_at)]
    return [unreadable("unknown", "title is missing, and no other known shape fits", part, received_at)]


def _read_bus_event(event: dict[str, Any], received_at: EpochMillis) -> list[Alert | UnparsablePayload]:
    detail_type, source = event["detail-type"], event.get("source")
    if isinstance(detail_type, str) and detail_type in EVENTS:
        known_source, reader = EVENTS[detail_type]
        return [_read_with(reader, known_source, event, received_at)]
    if isinstance(source, str) and source.startswith("aws."):
        return []
    return [unreadable("unknown", f"detail-type is {detail_type!r}, which is not known", event, received_at)]


def _read_notification(
    notification: dict[str, Any], received_at: EpochMillis
) -> list[Alert | UnparsablePayload]:
    entries = notification["alerts"]
    if not isinstance(entries, list):
        return [unreadable("alertmanager", "alerts is no list", notification, received_at)]
    readings = alertmanager.read_notification(msgspec.json.encode(notification), received_at)
    return [
        reading if isinstance(reading, Alert) else unreadable("alertmanager", reading, entry, received_at)
        for entry, reading in zip(entries, readings, strict=True)
    ]


def _read_with(
    reader: Reader, source: str, part: dict[str, Any], received_at: EpochMillis
) -> Alert | UnparsablePayload:
    reading = reader(msgspec.json.encode(part), received_at)
    return reading if isinstance(reading, Alert) else unreadable(source, reading, part, received_at)


def unreadable(source: str, reason: str, payload: object, received_at: EpochMillis) -> UnparsablePayload:
    """For the quarantine: the payload as text, cut where it is longer than an item can hold."""
    text = payload if isinstance(payload, str) else msgspec.json.encode(payload).decode()
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_KEPT:
        reason = f"{reason[:400]} (payload cut, {size} bytes)"
        text = text.encode("utf-8", "replace")[:MAX_KEPT].decode("utf-8", "ignore")
    return UnparsablePayload(source=source, reason=reason[:500], payload=text, received_at=received_at)
