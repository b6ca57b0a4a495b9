"""Reads the alert in an event of Datadog's EventBridge partner source."""

from typing import Annotated, Final, TypeAlias

import msgspec

from cloudops.adapters.datadog.monitor import MonitorFacts, monitor_alert
from cloudops.adapters.parsing.lenient_json import NotJson, decode_lenient
from cloudops.alerts.alert import Alert
from cloudops.core.time import EpochMillis

PARTNER_DETAIL_TYPE: Final = "Datadog Alert Notification"

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


class PartnerResult(msgspec.Struct):
    result_ts: Id = ""
    metadata: ResultMetadata | None = None


class PartnerTransition(msgspec.Struct):
    trans_name: str = ""


class PartnerStates(msgspec.Struct):
    dest_state: str | None = None


class PartnerMeta(msgspec.Struct):
    monitor: PartnerMonitor | None = None
    result: PartnerResult | None = None
    transition: PartnerTransition | None = None
    states: PartnerStates | None = None


class PartnerDetail(msgspec.Struct):
    alert_type: str = ""
    event_type: str = ""
    title: str = ""
    text: str = ""
    aggreg_key: str = ""
    meta: PartnerMeta | None = None
    priority: str | None = None
    tags: tuple[str, ...] | None = None


class PartnerEvent(msgspec.Struct):
    detail_type: str = msgspec.field(default="", name="detail-type")
    time: str = ""
    detail: PartnerDetail | None = None


PARTNER_EVENT: Final = msgspec.json.Decoder(PartnerEvent)


def read_partner_event(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """Returns the alert in a partner event, or the reason for the quarantine.

    Account and region of the envelope are left out: they belong to the event bus, not to the resource,
    and the webhook of the same alert does not hold them.
    """
    try:
        event = decode_lenient(raw, PARTNER_EVENT)
    except NotJson as error:
        return str(error)
    detail = event.detail
    if event.detail_type != PARTNER_DETAIL_TYPE or detail is None:
        return "detail is missing or not an object"
    meta = detail.meta or PartnerMeta()
    monitor = meta.monitor or PartnerMonitor()
    metadata = (meta.result and meta.result.metadata) or ResultMetadata()
    title = detail.title or monitor.name
    facts = MonitorFacts(
        org=_id_text(monitor.org_id),
        id=_id_text(monitor.id) or _id_text(metadata.monitor_id),
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
        fallback_at=event.time,
        size=len(raw),
    )


def _id_text(value: int | float | str) -> str:
    """Returns an id as text; some encoders write integers as 123.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _transition_name(meta: PartnerMeta) -> str:
    if meta.transition and meta.transition.trans_name:
        return meta.transition.trans_name
    return (meta.states and meta.states.dest_state) or ""
