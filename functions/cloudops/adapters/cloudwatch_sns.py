"""CloudWatch alarms as SNS messages, into alerts."""

from typing import Final

import msgspec

from cloudops.adapters.alarm import AlarmFacts, Change, alarm_alert, with_children
from cloudops.adapters.arn import parse_alarm_arn, region_code
from cloudops.adapters.tolerant import decode
from cloudops.domain.alert import Alert, Instant


class TriggeringChild(msgspec.Struct, rename="pascal"):
    arn: str = ""


class AlarmMessage(msgspec.Struct, rename="pascal"):
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


MESSAGE: Final = msgspec.json.Decoder(AlarmMessage)


def read_alarm_message(raw: bytes, topic_arn: str, sent_at: str, received_at: Instant) -> Alert | str:
    """The alert in the Message of a notification, or the reason why there is none.

    The region is a display name ("EU (Ireland)"): the code is taken from the alarm's ARN, and where an
    old message has none, from the name or from the topic, which is in the same region."""
    message = decode(raw, MESSAGE)
    topic = topic_arn[:1024].split(":")
    region = parse_alarm_arn(message.alarm_arn[:1024]).region or region_code(message.region)
    facts = AlarmFacts(
        message.alarm_arn,
        message.alarm_name,
        message.account,
        region or (topic[3] if len(topic) == 6 else ""),
        trigger=bytes(message.trigger),
        description=message.alarm_description or "",
        rule=message.alarm_rule or "",
    )
    change = Change(message.new_state_value, message.new_state_reason, (message.state_change_time, sent_at))
    alert = alarm_alert(facts, change, "NewStateValue", received_at)
    if isinstance(alert, Alert) and message.triggering_children:
        return with_children(alert, [child.arn for child in message.triggering_children])
    return alert
