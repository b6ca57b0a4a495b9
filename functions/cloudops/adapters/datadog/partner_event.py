"""Datadog monitors through the EventBridge partner source, into alerts."""

from typing import Annotated, Final, TypeAlias

import msgspec

from cloudops.adapters.datadog.monitor import Monitor, monitor_alert
from cloudops.adapters.parsing.lenient_json import NotJson, decode_lenient
from cloudops.alerts.alert import Alert
from cloudops.core.time import EpochMillis

DETAIL_TYPE: Final = "Datadog Alert Notification"

Id: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | float | str


class PartnerMonitor(msgspec.Struct):
    id: Id = ""
    org_id: Id = ""
    name: str = ""
    message: str = ""
    query: str = ""


class ResultMetadata(msgspec.Struct):
    monitor_id: Id = ""
    metric: str | None = None


class Result(msgspec.Struct):
    result_ts: Id = ""
    metadata: ResultMetadata | None = None


class PartnerTransition(msgspec.Struct):
    trans_name: str = ""


class States(msgspec.Struct):
    dest_state: str | None = None


class Meta(msgspec.Struct):
    monitor: PartnerMonitor | None = None
    result: Result | None = None
    transition: PartnerTransition | None = None
    states: States | None = None


class PartnerDetail(msgspec.Struct):
    alert_type: str = ""
    event_type: str = ""
    title: str = ""
    text: str = ""
    aggreg_key: str = ""
    meta: Meta | None = None
    priority: str | None = None
    tags: tuple[str, ...] | None = None


class PartnerEvent(msgspec.Struct):
    detail_type: str = msgspec.field(default="", name="detail-type")
    time: str = ""
    detail: PartnerDetail | None = None


EVENT: Final = msgspec.json.Decoder(PartnerEvent)


def read_event(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """The alert in a partner event, or the reason why there is none.

    The envelope's account and region are those of the event bus, not of what alerts, and are left out:
    the same alert by webhook could not tell them."""
    try:
        event = decode_lenient(raw, EVENT)
    except NotJson as error:
        return str(error)
    detail = event.detail
    if event.detail_type != DETAIL_TYPE or detail is None:
        return "detail is missing or no object"
    meta = detail.meta or Meta()
    monitor = meta.monitor or PartnerMonitor()
    metadata = (meta.result and meta.result.metadata) or ResultMetadata()
    title = detail.title or monitor.name
    facts = Monitor(
        org=_id(monitor.org_id),
        id=_id(monitor.id) or _id(metadata.monitor_id),
        tags=detail.tags or (),
        query=monitor.query,
        metric=metadata.metric or "",
        event_type=detail.event_type,
        aggregation=detail.aggreg_key,
        priority=detail.priority or "",
        title=title,
    )
    return monitor_alert(
        facts,
        received_at,
        transition=_transition_name(meta),
        alert_type=detail.alert_type,
        title=title,
        message=detail.text or monitor.message,
        at=str(meta.result.result_ts) if meta.result else "",
        told_at=event.time,
        size=len(raw),
    )


def _id(told: int | float | str) -> str:
    """An id as text; some encoders write integers as 123.0."""
    return str(int(told)) if isinstance(told, float) and told.is_integer() else str(told)


def _transition_name(meta: Meta) -> str:
    if meta.transition and meta.transition.trans_name:
        return meta.transition.trans_name
    return (meta.states and meta.states.dest_state) or ""
