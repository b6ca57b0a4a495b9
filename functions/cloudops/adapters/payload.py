"""Every payload that may carry alerts, whatever its wrapping, into alerts; never raises."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from cloudops.adapters import alertmanager, cloudwatch, cloudwatch_sns, datadog, datadog_partner, plain
from cloudops.adapters.tolerant import NotJson, as_text, cleaned, untyped
from cloudops.domain.alert import Alert, Instant, Unreadable

MAX_WRAPPINGS: Final = 6
"""An SQS batch around a notification around an event around a list is four."""
MAX_KEPT_PAYLOAD: Final = 200_000
"""Characters of an unreadable payload that are kept for the quarantine."""

Reading = Alert | Unreadable
WEBHOOK_SOURCE: Final = "cloudops.webhook"


def read(raw: bytes | str, received_at: Instant) -> list[Reading]:
    """One alert, or the reason why not, for each alert that the payload carries.

    Empty only where a payload carries none by design: a subscription's confirmation, an event that
    tells of a change, a test notification."""
    data = raw.encode("utf-8", "replace") if isinstance(raw, str) else raw
    return _read(data, received_at, MAX_WRAPPINGS)


def read_event(event: Mapping[str, Any], received_at: Instant) -> list[Reading]:
    """The same for a payload that is parsed already."""
    return _read_value(cleaned(event), received_at, MAX_WRAPPINGS)


def _read(data: bytes, received_at: Instant, wrappings: int) -> list[Reading]:
    try:
        value = untyped(data)
    except NotJson as error:
        return [_unreadable("unknown", str(error), data.decode("utf-8", "replace"), received_at)]
    return _read_value(value, received_at, wrappings)


def _read_value(value: Any, received_at: Instant, wrappings: int) -> list[Reading]:
    if wrappings == 0:
        return [_unreadable("unknown", "the payload is wrapped too deeply", _text(value), received_at)]
    if isinstance(value, list):
        return [reading for item in value for reading in _read_value(item, received_at, wrappings - 1)]
    if not isinstance(value, dict):
        return [_unreadable("unknown", "the payload is no JSON object", _text(value), received_at)]
    if isinstance(records := value.get("Records"), list):
        return [reading for item in records for reading in _read_value(item, received_at, wrappings - 1)]
    if isinstance(sns := value.get("Sns"), dict):
        return _read_notification(sns, received_at, wrappings)
    if "Type" in value and "Message" in value:
        return _read_notification(value, received_at, wrappings)
    if "eventSource" in value and isinstance(body := value.get("body"), str):
        return _read(body.encode("utf-8", "replace"), received_at, wrappings - 1)
    if "detail-type" in value:
        return _read_bus_event(value, received_at, wrappings)
    if isinstance(alerts := value.get("alerts"), list):
        if value.keys() & {"groupLabels", "commonLabels", "receiver", "groupKey", "externalURL"} or all(
            isinstance(alert, dict) and "labels" in alert and "title" not in alert for alert in alerts
        ):
            return _listed("alertmanager", alertmanager.read_notification, value, received_at)
        return [reading for item in alerts for reading in _read_value(item, received_at, wrappings - 1)]
    if "alarmData" in value:
        return _single("cloudwatch", cloudwatch.read_alarm_action, value, received_at)
    if "NewStateValue" in value or "AlarmName" in value:
        return _alarm_message(value, "", "", received_at)
    if value.keys() & datadog.SIGNS:
        return _single("datadog", datadog.read_webhook, value, received_at)
    if "labels" in value and "title" not in value:
        return _listed("alertmanager", alertmanager.read_notification, {"alerts": [value]}, received_at)
    if value.keys() & {"title", "status", "message", "severity"}:
        return _single("plain", plain.read_plain, value, received_at)
    if value.get("Event") == "s3:TestEvent" or value.get("source") == "aws.test":
        return []
    return [_unreadable("unknown", "no known shape: title is missing", _text(value), received_at)]


def _read_notification(sns: dict[str, Any], received_at: Instant, wrappings: int) -> list[Reading]:
    if sns.get("Type") in ("SubscriptionConfirmation", "UnsubscribeConfirmation"):
        return []
    message = sns.get("Message")
    if not isinstance(message, str):
        return [_unreadable("cloudwatch", "Message is missing or no string", _text(sns), received_at)]
    try:
        value = untyped(message.encode("utf-8", "replace"))
    except NotJson as error:
        return [_unreadable("cloudwatch", f"Message is {error}", _text(sns), received_at)]
    if isinstance(value, dict) and ("NewStateValue" in value or "AlarmName" in value):
        return _alarm_message(
            value, as_text(sns.get("TopicArn")) or "", as_text(sns.get("Timestamp")) or "", received_at
        )
    return _read_value(value, received_at, wrappings - 1)


def _alarm_message(value: dict[str, Any], topic: str, sent_at: str, received_at: Instant) -> list[Reading]:
    def reader(raw: bytes, received_at: Instant) -> Alert | str:
        return cloudwatch_sns.read_alarm_message(raw, topic, sent_at, received_at)

    return _single("cloudwatch", reader, value, received_at)


def _read_bus_event(event: dict[str, Any], received_at: Instant, wrappings: int) -> list[Reading]:
    source, detail_type = event.get("source"), event.get("detail-type")
    if detail_type in cloudwatch.STATE_CHANGES:
        return _single("cloudwatch", cloudwatch.read_alarm_event, event, received_at)
    if detail_type == datadog_partner.DETAIL_TYPE:
        return _single("datadog", datadog_partner.read_partner_event, event, received_at)
    if source == WEBHOOK_SOURCE:
        detail = event.get("detail")
        body = detail.get("body") if isinstance(detail, dict) else None
        if not isinstance(body, str):
            return [_unreadable("webhook", "detail.body is missing or no string", _text(event), received_at)]
        return _read(body.encode("utf-8", "replace"), received_at, wrappings - 1)
    if isinstance(source, str) and source.startswith("aws."):
        return []
    return [_unreadable("unknown", f"detail-type {detail_type!r} is not known", _text(event), received_at)]


def _single(
    source: str, reader: Callable[[bytes, Instant], Alert | str], value: dict[str, Any], received_at: Instant
) -> list[Reading]:
    reading = reader(msgspec.json.encode(value), received_at)
    return [
        reading if isinstance(reading, Alert) else _unreadable(source, reading, _text(value), received_at)
    ]


def _listed(
    source: str,
    reader: Callable[[bytes, Instant], list[Alert | str]],
    value: dict[str, Any],
    received_at: Instant,
) -> list[Reading]:
    return [
        one if isinstance(one, Alert) else _unreadable(source, one, _text(value), received_at)
        for one in reader(msgspec.json.encode(value), received_at)
    ]


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _unreadable(source: str, reason: str, payload: str, received_at: Instant) -> Unreadable:
    return Unreadable(
        source=source, reason=reason[:500], payload=payload[:MAX_KEPT_PAYLOAD], received_at=received_at
    )
