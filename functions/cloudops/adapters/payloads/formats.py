"""Selects the reader of an unwrapped payload by its keys, or quarantines the payload."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from cloudops.adapters.alertmanager import webhook as alertmanager
from cloudops.adapters.cloudwatch import events as cloudwatch
from cloudops.adapters.cloudwatch import sns as cloudwatch_sns
from cloudops.adapters.datadog import partner_event as datadog_partner
from cloudops.adapters.datadog import webhook as datadog
from cloudops.adapters.payloads import generic, grafana_legacy
from cloudops.adapters.payloads.change_events import CHANGE_EVENTS
from cloudops.adapters.payloads.envelopes import ALARM_MESSAGE_KEYS, SUBJECT, UnwrapError
from cloudops.alerts.alert import Alert, UnparsablePayload
from cloudops.core.time import EpochMillis

Reader: TypeAlias = Callable[[bytes, EpochMillis], Alert | str]
"""Returns the alert, or the reason for the quarantine, which names the field."""

MAX_QUARANTINED_BYTES: Final = 200_000
"""The quarantine stores at most so much of a payload, because a DynamoDB item holds 400 kB."""


class Format(NamedTuple):
    """A payload format: an object with any of `keys` comes from `source` and is read by `read`."""

    keys: frozenset[str]
    source: str
    read: Reader


FORMATS: Final = (
    Format(frozenset({"alarmData"}), "cloudwatch", cloudwatch.read_action),
    Format(ALARM_MESSAGE_KEYS, "cloudwatch", cloudwatch_sns.read_alarm_message),
    Format(datadog.TEMPLATE_KEYS, "datadog", datadog.read_webhook),
    Format(frozenset({"evalMatches", "ruleName"}), "grafana", grafana_legacy.read_legacy_alert),
    Format(frozenset({"alarmName"}), "cloudwatch", cloudwatch.read_detail),
    Format(frozenset({"title", "name"}), "plain", generic.read_plain),
    Format(frozenset({"labels", "annotations"}), "alertmanager", alertmanager.read_alert),
    Format(frozenset({"status", "message", "severity", "service"}), "plain", generic.read_plain),
)
"""The first match wins."""

EVENT_READERS: Final[dict[str, tuple[str, Reader]]] = {
    **dict.fromkeys(cloudwatch.STATE_CHANGES, ("cloudwatch", cloudwatch.read_state_change)),
    datadog_partner.PARTNER_DETAIL_TYPE: ("datadog", datadog_partner.read_partner_event),
}
"""Detail type of an EventBridge event -> source and reader."""


def read_part(
    part: dict[str, Any] | UnwrapError, received_at: EpochMillis
) -> list[Alert | UnparsablePayload]:
    """Returns the alerts of one unwrapped object, or entries for the quarantine; [] for events of changes."""
    if isinstance(part, UnwrapError):
        return [unreadable("unknown", part.reason, part.part, received_at)]
    if "detail-type" in part:
        return _read_bus_event(part, received_at)
    if "alerts" in part:
        return _read_alert_group(part, received_at)
    for format_ in FORMATS:
        if part.keys() & format_.keys:
            return [_read_with(format_.read, format_.source, part, received_at)]
    reason = "title is missing, and no known format matches: title and status make a plain alert"
    if subject := part.get(SUBJECT):
        reason += f"; the notification's subject is {str(subject)[:200]!r}"
    return [unreadable("unknown", reason, part, received_at)]


def _read_bus_event(event: dict[str, Any], received_at: EpochMillis) -> list[Alert | UnparsablePayload]:
    detail_type, source = event["detail-type"], event.get("source")
    if isinstance(detail_type, str) and detail_type in EVENT_READERS:
        known_source, reader = EVENT_READERS[detail_type]
        return [_read_with(reader, known_source, event, received_at)]
    detail = event.get("detail")
    if (
        detail_type == cloudwatch.CONFIGURATION_CHANGE
        and isinstance(detail, dict)
        and detail.get("operation") == "delete"
    ):
        return [_read_with(cloudwatch.read_deletion, "cloudwatch", event, received_at)]
    if isinstance(detail_type, str) and CHANGE_EVENTS.get(detail_type) == source:
        return []
    if isinstance(source, str) and source.startswith("aws."):
        reason = f"CloudOps reads neither an alert nor a change in events of the detail-type {detail_type!r}"
        return [unreadable("aws", reason, event, received_at)]
    return [unreadable("unknown", f"detail-type is {detail_type!r}, which is unknown", event, received_at)]


def _read_alert_group(group: dict[str, Any], received_at: EpochMillis) -> list[Alert | UnparsablePayload]:
    entries = group["alerts"]
    if not isinstance(entries, list):
        return [unreadable("alertmanager", "alerts is not a list", group, received_at)]
    readings = alertmanager.read_alert_group(msgspec.json.encode(group), received_at)
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
    """Returns the entry for the quarantine, with the payload as text, cut to MAX_QUARANTINED_BYTES."""
    text = payload if isinstance(payload, str) else msgspec.json.encode(payload).decode()
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_QUARANTINED_BYTES:
        reason = f"{reason[:400]} (payload cut, {size} bytes)"
        text = text.encode("utf-8", "replace")[:MAX_QUARANTINED_BYTES].decode("utf-8", "ignore")
    return UnparsablePayload(source=source, reason=reason[:500], payload=text, received_at=received_at)
