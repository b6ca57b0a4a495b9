"""Reads the alert in a CloudWatch alarm's SNS message."""

from typing import Final

import msgspec

from cloudops.adapters.cloudwatch.alarm import AlarmFacts, alarm_alert, with_children
from cloudops.adapters.cloudwatch.arn import parse_alarm_arn, region_code
from cloudops.adapters.parsing.lenient_json import NotJson, as_text, decode_lenient, untyped
from cloudops.alerts.alert import Alert
from cloudops.core.time import EpochMillis


class TriggeringChild(msgspec.Struct, rename="pascal"):
    arn: str = ""


class AlarmMessage(msgspec.Struct, rename="pascal"):
    """The message of an SNS notification, with the notification's topic and timestamp."""

    alarm_name: str = ""
    alarm_description: str | None = None
    account: str = msgspec.field(default="", name="AWSAccountId")
    new_state_value: str = ""
    new_state_reason: str = ""
    state_change_time: str = ""
    region: str = ""
    alarm_arn: str = ""
    alarm_rule: str | None = None
    trigger: msgspec.Raw = msgspec.Raw(b"{}")
    triggering_children: list[TriggeringChild] | None = None
    alarm_tags: msgspec.Raw = msgspec.Raw(b"{}")
    topic_arn: str = ""
    timestamp: str = ""


class SnsNotification(msgspec.Struct, rename="pascal"):
    message: str = ""
    topic_arn: str = ""
    timestamp: str = ""


ALARM_MESSAGE_DECODER: Final = msgspec.json.Decoder(AlarmMessage)
SNS_NOTIFICATION: Final = msgspec.json.Decoder(SnsNotification)


def read_sns_notification(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """Returns the alert in an SNS notification, or the reason for the quarantine."""
    try:
        notification = decode_lenient(raw, SNS_NOTIFICATION)
        message = decode_lenient(notification.message.encode("utf-8", "replace"), ALARM_MESSAGE_DECODER)
    except NotJson as error:
        return f"Message is {error}"
    message.topic_arn, message.timestamp = notification.topic_arn, notification.timestamp
    return _alert(message, len(raw), received_at)


def read_alarm_message(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """Returns the alert in a bare alarm message, or the reason for the quarantine."""
    try:
        message = decode_lenient(raw, ALARM_MESSAGE_DECODER)
    except NotJson as error:
        return str(error)
    return _alert(message, len(raw), received_at)


def _alert(message: AlarmMessage, size: int, received_at: EpochMillis) -> Alert | str:
    facts = AlarmFacts(
        message.alarm_arn,
        message.alarm_name,
        message.account,
        _region(message),
        tags=_tags(message.alarm_tags),
        trigger=message.trigger,
        description=message.alarm_description or "",
        rule=message.alarm_rule or "",
    )
    alert = alarm_alert(
        facts,
        received_at,
        state=message.new_state_value,
        reason=message.new_state_reason,
        changed_at=message.state_change_time,
        fallback_at=message.timestamp,
        size=size,
        field="NewStateValue",
    )
    if isinstance(alert, Alert) and message.triggering_children:
        return with_children(alert, [child.arn for child in message.triggering_children])
    return alert


def _tags(raw: msgspec.Raw) -> msgspec.Raw:
    """Returns the tags as one JSON object; a message may hold a list of Key and Value instead."""
    if not bytes(raw).startswith(b"["):
        return raw
    try:
        entries = untyped(bytes(raw))
    except NotJson:
        return msgspec.Raw(b"{}")
    pairs = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    tags = {key: entry.get("Value") for entry in pairs if (key := as_text(entry.get("Key")))}
    return msgspec.Raw(msgspec.json.encode(tags))


def _region(message: AlarmMessage) -> str:
    """Returns the region's code, of the alarm's ARN, else the display name, else the topic's ARN."""
    if region := parse_alarm_arn(message.alarm_arn[:1024]).region or region_code(message.region):
        return region
    parts = message.topic_arn[:1024].split(":")
    return parts[3] if len(parts) == 6 else ""
