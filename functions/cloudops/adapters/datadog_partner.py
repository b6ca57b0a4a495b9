"""Datadog monitors through the EventBridge partner source, into alerts."""

from typing import Final

import msgspec

from cloudops.adapters.datadog_monitor import Monitor, Transition, monitor_alert
from cloudops.adapters.fields import first
from cloudops.adapters.tolerant import decode
from cloudops.domain.alert import Alert, Instant

DETAIL_TYPE: Final = "Datadog Alert Notification"

Id = int | float | str


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
    meta: Meta | None = None
    priority: str | None = None
    tags: list[str] | None = None


class PartnerEvent(msgspec.Struct):
    detail_type: str = msgspec.field(default="", name="detail-type")
    time: str = ""
    detail: PartnerDetail | None = None


EVENT: Final = msgspec.json.Decoder(PartnerEvent)


def read_partner_event(raw: bytes, received_at: Instant) -> Alert | str:
    """The alert in a partner event, or the reason why there is none.

    The envelope's account and region are those of the event bus, not of what alerts, and are left out:
    the same alert by webhook could not tell them."""
    event = decode(raw, EVENT)
    detail = event.detail
    if detail is None:
        return "detail is missing or no object"
    meta = detail.meta or Meta()
    monitor = meta.monitor or PartnerMonitor()
    result = meta.result or Result()
    metadata = result.metadata or ResultMetadata()
    return monitor_alert(
        Monitor(
            org=first(str(monitor.org_id)),
            id=first(str(monitor.id), str(metadata.monitor_id)),
            scope=None,
            tags=",".join(detail.tags or ()),
            host="",
            query=first(monitor.query),
            metric=first(metadata.metric or ""),
            event_type=detail.event_type,
            aggregation="",
            priority=first(detail.priority or ""),
        ),
        Transition(
            name=first(
                meta.transition.trans_name if meta.transition else "",
                (meta.states.dest_state or "") if meta.states else "",
            ),
            alert_type=detail.alert_type,
            title=first(detail.title, monitor.name),
            message=first(detail.text, monitor.message),
            times=(str(result.result_ts), event.time),
        ),
        received_at,
    )
