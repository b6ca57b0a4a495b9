"""Reads the alert in a Datadog webhook, in the template of CloudOps or of other tools."""

from typing import Final

import msgspec

from cloudops.adapters.datadog.monitor import Id, MonitorFacts, monitor_alert
from cloudops.adapters.datadog.monitor_group import Tags
from cloudops.adapters.parsing.fields import DOLLAR, without_variables
from cloudops.adapters.parsing.lenient_json import NotJson, decode_lenient
from cloudops.alerts.alert import Alert
from cloudops.core.time import EpochMillis


class Organization(msgspec.Struct, gc=False):
    id: Id = ""


class WebhookPayload(msgspec.Struct, gc=False):
    """The keys of all known templates. Any of them may hold "$VAR" unexpanded."""

    event_type: str = ""
    alert_type: str = ""
    alert_transition: str = ""
    title: str = ""
    alert_title: str = ""
    event_title: str = ""
    body: str = ""
    text: str = ""
    message: str = ""
    event_msg: str = ""
    alert_metric: str = ""
    metric: str = ""
    alert_query: str = ""
    query: str = ""
    alert_status: str = ""
    alert_scope: Tags | None = None
    scopes: Tags | None = None
    scope: Tags | None = None
    alert_id: Id = ""
    monitor_id: Id = ""
    aggreg_key: str = ""
    alert_cycle_key: Id = ""
    alert_priority: str = ""
    priority: str = ""
    severity: str = ""
    tags: Tags = ""
    event_tags: Tags = ""
    hostname: str = ""
    host: str = ""
    date: Id = ""
    last_updated: Id = ""
    org: Organization = msgspec.field(default_factory=Organization)
    org_id: Id = ""
    link: str = ""
    url: str = ""


WEBHOOK_PAYLOAD: Final = msgspec.json.Decoder(WebhookPayload)

TEMPLATE_KEYS: Final = frozenset(
    {
        "alert_transition", "alert_cycle_key", "aggreg_key", "alert_query", "alert_metric", "alert_scope",
        "alert_status", "alert_title", "event_type", "alert_type", "alert_id", "monitor_id",
    }
)  # fmt: skip
"""Keys by which a payload is recognized as Datadog's."""


def read_webhook(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """Returns the alert in a webhook's body, or the reason for the quarantine."""
    try:
        body = decode_lenient(raw, WEBHOOK_PAYLOAD)
    except NotJson as error:
        return str(error)
    if DOLLAR in raw:
        body = without_variables(body)
    if not (body.alert_transition or body.alert_type or body.event_type or body.alert_id or body.monitor_id):
        return "alert_transition is missing, and so are alert_type, event_type, alert_id and monitor_id"
    title = body.title or body.alert_title or body.event_title
    scope = body.alert_scope if body.alert_scope is not None else body.scopes
    if scope is None:
        scope = body.scope
    monitor_id = body.alert_id or body.monitor_id
    monitor = MonitorFacts(
        body.org.id or body.org_id,
        monitor_id,
        scope,
        body.tags,
        body.event_tags,
        body.hostname or body.host,
        body.alert_query or body.query,
        body.alert_metric or body.metric,
        body.event_type,
        body.aggreg_key,
        body.alert_priority or body.priority,
        body.severity,
        "" if monitor_id and scope else title,
    )
    return monitor_alert(
        monitor,
        received_at,
        transition=body.alert_transition,
        alert_type=body.alert_type,
        title=title,
        message=body.body or body.text or body.message or body.event_msg or body.alert_status,
        at=body.date,
        fallback_at=body.last_updated,
        cycle=body.alert_cycle_key,
        url=body.link or body.url,
        size=len(raw) - len(body.body),
    )
