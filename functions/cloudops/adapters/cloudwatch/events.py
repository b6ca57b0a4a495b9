"""Reads the alert in a CloudWatch alarm's EventBridge event or direct Lambda action."""

from typing import Final

import msgspec

from cloudops.adapters.cloudwatch.alarm import AlarmFacts, alarm_alert, triggering_arns, with_children
from cloudops.adapters.parsing.lenient_json import NotJson, decode_lenient
from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.core.time import EpochMillis

STATE_CHANGES: Final = frozenset(
    {"CloudWatch Alarm State Change", "CloudWatch Alarm Contributor State Change"}
)
"""Detail types of events with an alert."""
CONFIGURATION_CHANGE: Final = "CloudWatch Alarm Configuration Change"
"""A change, and an alert only if it deletes the alarm: the alert is then gone."""


class AlarmState(msgspec.Struct, rename="camel", gc=False):
    value: str = ""
    reason: str = ""
    reason_data: msgspec.Raw = msgspec.Raw(b'""')
    timestamp: str = ""
    actions_suppressed_by: str | None = None
    actions_suppressed_reason: str | None = None


class PreviousState(msgspec.Struct, gc=False):
    value: str = ""
    timestamp: str = ""


class MuteDetail(msgspec.Struct, rename="camel", gc=False):
    muted_by_arn: str = ""
    mute_window_end: str = ""


class Contributor(msgspec.Struct, gc=False):
    id: str = ""
    attributes: msgspec.Raw = msgspec.Raw(b"{}")


class AlarmData(msgspec.Struct, rename="camel", gc=False):
    """`detail` of the event, and `alarmData` of the action."""

    alarm_name: str = ""
    state: AlarmState | None = None
    previous_state: PreviousState | None = None
    configuration: msgspec.Raw = msgspec.Raw(b"{}")
    alarm_tags: msgspec.Raw = msgspec.Raw(b"{}")
    mute_detail: MuteDetail | None = None
    alarm_contributor: Contributor | None = None


class AlarmEvent(msgspec.Struct, gc=False):
    detail_type: str = msgspec.field(default="", name="detail-type")
    account: str = ""
    region: str = ""
    time: str = ""
    resources: list[str] = []
    detail: AlarmData | None = None


class AlarmAction(msgspec.Struct, rename="camel", gc=False):
    alarm_arn: str = ""
    account_id: str = ""
    region: str = ""
    time: str = ""
    alarm_data: AlarmData | None = None


ALARM_EVENT: Final = msgspec.json.Decoder(AlarmEvent)
ALARM_DATA: Final = msgspec.json.Decoder(AlarmData)
ALARM_ACTION: Final = msgspec.json.Decoder(AlarmAction)


def read_state_change(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """Returns the alert in an EventBridge alarm event, or the reason for the quarantine."""
    try:
        event = decode_lenient(raw, ALARM_EVENT)
    except NotJson as error:
        return str(error)
    if event.detail_type not in STATE_CHANGES:
        return "detail-type is not that of an alarm's state change"
    if event.detail is None:
        return "detail is missing or not an object"
    arn = event.resources[0] if event.resources else ""
    facts = _facts(event.detail, arn, event.account, event.region)
    return _alert(event.detail, facts, event.time, len(raw), received_at)


def read_deletion(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """Returns the alert that ends because its alarm is deleted, or the reason for the quarantine."""
    try:
        event = decode_lenient(raw, ALARM_EVENT)
    except NotJson as error:
        return str(error)
    if event.detail is None:
        return "detail is missing or not an object"
    arn = event.resources[0] if event.resources else ""
    gone = alarm_alert(
        _facts(event.detail, arn, event.account, event.region),
        received_at,
        state="OK",
        reason="The alarm was deleted.",
        changed_at=event.time,
        fallback_at="",
        size=len(raw),
    )
    return gone if isinstance(gone, str) else msgspec.structs.replace(gone, status=AlertStatus.GONE)


def read_detail(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """Returns the alert in the `detail` of an event, which a target with the input path $.detail receives, or
    the reason for the quarantine."""
    try:
        data = decode_lenient(raw, ALARM_DATA)
    except NotJson as error:
        return str(error)
    time = data.state.timestamp if data.state is not None else ""
    return _alert(data, _facts(data, "", "", ""), time, len(raw), received_at)


def read_action(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """Returns the alert in a direct Lambda alarm action, or the reason for the quarantine."""
    try:
        action = decode_lenient(raw, ALARM_ACTION)
    except NotJson as error:
        return str(error)
    if action.alarm_data is None:
        return "alarmData is missing or not an object"
    facts = _facts(action.alarm_data, action.alarm_arn, action.account_id, action.region)
    return _alert(action.alarm_data, facts, action.time, len(raw), received_at)


def _facts(data: AlarmData, arn: str, account: str, region: str) -> AlarmFacts:
    configuration, tags = data.configuration, data.alarm_tags
    if (contributor := data.alarm_contributor) is None:
        return AlarmFacts(arn, data.alarm_name, account, region, configuration, tags)
    return AlarmFacts(
        arn,
        data.alarm_name,
        account,
        region,
        configuration,
        tags,
        contributor.id,
        contributor.attributes,
    )


def _alert(data: AlarmData, facts: AlarmFacts, time: str, size: int, received_at: EpochMillis) -> Alert | str:
    state = data.state
    if state is None:
        return "state is missing or not an object"
    previous = data.previous_state
    firing_since = previous.timestamp if previous is not None and previous.value == "ALARM" else ""
    alert = alarm_alert(
        facts,
        received_at,
        state=state.value,
        reason=state.reason,
        changed_at=state.timestamp,
        fallback_at=time,
        firing_since=firing_since,
        size=size,
    )
    if isinstance(alert, str):
        return alert
    if alert.kind == "composite":
        alert = with_children(alert, triggering_arns(bytes(state.reason_data)))
    if data.mute_detail is not None or state.actions_suppressed_by:
        return msgspec.structs.replace(alert, muted=_muted(data.mute_detail, state))
    return alert


def _muted(mute: MuteDetail | None, state: AlarmState) -> str:
    if mute is not None:
        until = f" until {mute.mute_window_end[:64]}" if mute.mute_window_end else ""
        return f"muted by {mute.muted_by_arn[:256] or 'an alarm mute rule'}{until}"
    reason = f": {state.actions_suppressed_reason[:256]}" if state.actions_suppressed_reason else ""
    return f"actions suppressed by {(state.actions_suppressed_by or '')[:256]}{reason}"
