"""Reads the alerts of a payload in any known format and envelope; never raises.

The first bytes of most payloads show the format, and its typed reader decodes them at once. Any other payload
is parsed without types, unwrapped, and read part by part.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from cloudops.adapters.alertmanager import webhook as alertmanager
from cloudops.adapters.cloudwatch import events as cloudwatch
from cloudops.adapters.cloudwatch import sns as cloudwatch_sns
from cloudops.adapters.datadog import partner_event as datadog_partner
from cloudops.adapters.datadog import webhook as datadog
from cloudops.adapters.parsing.lenient_json import REFUSALS, NotJson, cleaned, untyped
from cloudops.adapters.payloads.envelopes import WEBHOOK_SOURCE, unwrap_envelopes
from cloudops.adapters.payloads.formats import Reader, read_part, unreadable
from cloudops.alerts.alert import Alert, UnparsablePayload, clean_alert
from cloudops.core.time import EpochMillis

HEAD: Final = 300
"""Bytes that are searched for a marker. A payload with a later marker takes the slower path."""


class _WebhookBody(msgspec.Struct):
    body: str = ""


class _WebhookEvent(msgspec.Struct):
    source: str = ""
    detail: _WebhookBody | None = None


_WEBHOOK_EVENT: Final = msgspec.json.Decoder(_WebhookEvent)


def read(raw: bytes | str, received_at: EpochMillis) -> list[Alert | UnparsablePayload]:
    """Returns an alert, or an entry for the quarantine, for each alert of the payload.

    Returns:
        Alerts without control characters in any field. An empty list only for a payload that has no alerts by
        design: a subscription confirmation, an event that reports a change, a test notification.
    """
    return _clean(_read(raw, received_at))


def read_parsed(event: Mapping[str, Any], received_at: EpochMillis) -> list[Alert | UnparsablePayload]:
    """Returns the same as `read`, for a payload that is parsed already."""
    return _clean(_read_parts(cleaned(event), received_at))


def _clean(readings: list[Alert | UnparsablePayload]) -> list[Alert | UnparsablePayload]:
    return [clean_alert(reading) if isinstance(reading, Alert) else reading for reading in readings]


def _read(raw: bytes | str, received_at: EpochMillis) -> list[Alert | UnparsablePayload]:
    data = raw.encode("utf-8", "replace") if isinstance(raw, str) else raw
    head = data[:HEAD]
    for marker, reader in _SINGLE_ALERT_MARKERS:
        if head.find(marker) >= 0:
            reading = reader(data, received_at)
            if isinstance(reading, Alert):
                return [reading]
    for marker, batch_reader in _MULTIPLE_ALERT_MARKERS:
        if head.find(marker) >= 0 and (alerts := batch_reader(data, received_at)):
            return alerts
    try:
        value = untyped(data)
    except NotJson as error:
        return [unreadable("unknown", str(error), data.decode("utf-8", "replace"), received_at)]
    return _read_parts(value, received_at)


def _read_parts(value: object, received_at: EpochMillis) -> list[Alert | UnparsablePayload]:
    return [reading for part in unwrap_envelopes(value) for reading in read_part(part, received_at)]


def _alert_group(data: bytes, received_at: EpochMillis) -> list[Alert | UnparsablePayload] | None:
    readings = alertmanager.read_alert_group(data, received_at)
    alerts: list[Alert | UnparsablePayload] = [reading for reading in readings if isinstance(reading, Alert)]
    return alerts if len(alerts) == len(readings) else None


def _webhook_event(data: bytes, received_at: EpochMillis) -> list[Alert | UnparsablePayload] | None:
    try:
        event = _WEBHOOK_EVENT.decode(data)
    except REFUSALS:
        return None
    if event.source != WEBHOOK_SOURCE or event.detail is None or not event.detail.body:
        return None
    readings = _read(event.detail.body, received_at)
    return readings if all(isinstance(reading, Alert) for reading in readings) else None


_SINGLE_ALERT_MARKERS: Final[tuple[tuple[bytes, Reader], ...]] = (
    (b'"CloudWatch Alarm ', cloudwatch.read_state_change),
    (b'"alert_t', datadog.read_webhook),
    (b'"Notification"', cloudwatch_sns.read_sns_notification),
    (b'"aws.partner/datadog', datadog_partner.read_partner_event),
    (b'"alarmArn"', cloudwatch.read_action),
)
_MULTIPLE_ALERT_MARKERS: Final = (
    (b'"cloudops.webhook"', _webhook_event),
    (b'"receiver"', _alert_group),
)
"""Marker -> typed reader. A marker is a hint only: the reader checks the format itself."""
