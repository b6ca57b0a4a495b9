"""CloudWatch alarms as EventBridge events and as direct Lambda actions, into alerts."""

from typing import Final

import msgspec

from cloudops.adapters.alarm import AlarmFacts, Change, alarm_alert, triggering_arns, with_children
from cloudops.adapters.arn import parse_alarm_arn
from cloudops.adapters.tolerant import decode
from cloudops.domain.alert import Alert, Instant

STATE_CHANGES: Final = frozenset(
    {"CloudWatch Alarm State Change", "CloudWatch Alarm Contributor State Change"}
)
"""Detail types that carry an alert; a Configuration Change is evidence, not an alert."""


class State(msgspec.Struct, rename="camel"):
    value: str = ""
    reason: str = ""
    reason_data: str = ""
    timestamp: str = ""
    actions_suppressed_by: str | None = None
    actions_suppressed_reason: str | None = None


class PreviousState(msgspec.Struct):
    value: str = ""
    timestamp: str = ""


class MuteDetail(msgspec.Struct, rename="camel"):
    muted_by_arn: str = ""
    mute_window_end: str = ""


class Contributor(msgspec.Struct):
    id: str = ""
    attributes: dict[str, str] = {}


class AlarmData(msgspec.Struct, rename="camel"):
    """What both shapes share: `detail` of the event, `alarmData` of the action."""

    alarm_name: str = ""
    state: State | None = None
    previous_state: PreviousState | None = None
    configuration: msgspec.Raw = msgspec.Raw(b"{}")
    alarm_tags: msgspec.Raw = msgspec.Raw(b"{}")
    mute_detail: MuteDetail | None = None
    alarm_contributor: Contributor | None = None


class AlarmEvent(msgspec.Struct):
    detail_type: str = msgspec.field(default="", name="detail-type")
    account: str = ""
    region: str = ""
    time: str = ""
    resources: list[str] = []
    detail: AlarmData | None = None


class AlarmAction(msgspec.Struct, rename="camel"):
    alarm_arn: str = ""
    account_id: str = ""
    region: str = ""
    time: str = ""
    alarm_data: AlarmData | None = None


EVENT: Final = msgspec.json.Decoder(AlarmEvent)
ACTION: Final = msgspec.json.Decoder(AlarmAction)


def read_alarm_event(raw: bytes, received_at: Instant) -> Alert | str:
    """The alert in an EventBridge alarm event, or the reason why there is none."""
    return alert_of_event(decode(raw, EVENT), received_at)


def alert_of_event(event: AlarmEvent, received_at: Instant) -> Alert | str:
    if event.detail is None:
        return "detail is missing or no object"
    arn = next((text for text in event.resources if parse_alarm_arn(text[:1024]).arn), "")
    return _alert(event.detail, "detail", arn, event.account, event.region, event.time, received_at)


def read_alarm_action(raw: bytes, received_at: Instant) -> Alert | str:
    """The alert in a direct Lambda alarm action, or the reason why there is none."""
    action = decode(raw, ACTION)
    if action.alarm_data is None:
        return "alarmData is missing or no object"
    return _alert(
        action.alarm_data,
        "alarmData",
        action.alarm_arn,
        action.account_id,
        action.region,
        action.time,
        received_at,
    )


def _alert(
    data: AlarmData, path: str, arn: str, account: str, region: str, time: str, received_at: Instant
) -> Alert | str:
    state = data.state
    if state is None:
        return f"{path}.state is missing or no object"
    contributor = data.alarm_contributor
    facts = AlarmFacts(
        arn,
        data.alarm_name,
        account,
        region,
        configuration=bytes(data.configuration),
        tags=bytes(data.alarm_tags),
        contributor=contributor.id if contributor else "",
        attributes=msgspec.json.encode(contributor.attributes) if contributor else b"{}",
    )
    previous = data.previous_state
    firing_since = previous.timestamp if previous and previous.value == "ALARM" else ""
    change = Change(state.value, state.reason, (state.timestamp, time), firing_since)
    alert = alarm_alert(facts, change, f"{path}.state.value", received_at)
    if isinstance(alert, str):
        return alert
    if alert.kind == "composite" and state.reason_data:
        alert = with_children(alert, triggering_arns(state.reason_data))
    if data.mute_detail is not None or state.actions_suppressed_by:
        return msgspec.structs.replace(alert, muted=_muted(data.mute_detail, state))
    return alert


def _muted(mute: MuteDetail | None, state: State) -> str:
    if mute is not None:
        until = f" until {mute.mute_window_end[:64]}" if mute.mute_window_end else ""
        return f"muted by {mute.muted_by_arn[:256] or 'an alarm mute rule'}{until}"
    reason = f": {state.actions_suppressed_reason[:256]}" if state.actions_suppressed_reason else ""
    return f"actions suppressed by {(state.actions_suppressed_by or '')[:256]}{reason}"
