"""Datadog monitors by webhook, in our template or the synonyms of other tools' templates, into alerts."""

from typing import Final

import msgspec

from cloudops.adapters.datadog_monitor import Monitor, Transition, monitor_alert
from cloudops.adapters.fields import first
from cloudops.adapters.tolerant import decode
from cloudops.domain.alert import Alert, Instant

Id = int | str


class Organisation(msgspec.Struct):
    id: Id = ""


class Webhook(msgspec.Struct):
    """Every key that is known from our template and from others'; any of them may hold "$VAR" unexpanded."""

    event_type: str = ""
    alert_type: str = ""
    alert_transition: str = ""
    transition: str = ""
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
    alert_scope: str | list[str] | None = None
    scopes: str | list[str] | None = None
    scope: str | list[str] | None = None
    alert_id: Id = ""
    monitor_id: Id = ""
    aggreg_key: str = ""
    alert_cycle_key: Id = ""
    alert_priority: str = ""
    priority: str = ""
    severity: str = ""
    tags: str | list[str] = ""
    event_tags: str | list[str] = ""
    hostname: str = ""
    host: str = ""
    date: Id = ""
    last_updated: Id = ""
    org: Organisation | None = None
    org_id: Id = ""
    link: str = ""
    url: str = ""


WEBHOOK: Final = msgspec.json.Decoder(Webhook)

SIGNS: Final = frozenset(
    {
        "alert_transition", "alert_cycle_key", "aggreg_key", "alert_query", "alert_metric", "alert_scope",
        "alert_status", "alert_title", "event_type", "alert_type", "alert_id", "monitor_id",
    }
)  # fmt: skip
"""Keys that only a Datadog template has."""


def read_webhook(raw: bytes, received_at: Instant) -> Alert | str:
    """The alert in a webhook's body, or the reason why there is none."""
    body = decode(raw, WEBHOOK)
    scope = next((one for one in (body.alert_scope, body.scopes, body.scope) if one is not None), None)
    monitor = Monitor(
        org=first(str(body.org.id) if body.org else "", str(body.org_id)),
        id=first(str(body.alert_id), str(body.monitor_id)),
        scope=None if scope is None else _joined(scope),
        tags=",".join(filter(None, (_joined(body.tags), _joined(body.event_tags)))),
        host=first(body.hostname, body.host),
        query=first(body.alert_query, body.query),
        metric=first(body.alert_metric, body.metric),
        event_type=first(body.event_type),
        aggregation=first(body.aggreg_key),
        priority=first(body.alert_priority, body.priority, body.severity),
    )
    transition = Transition(
        name=first(body.alert_transition, body.transition),
        alert_type=first(body.alert_type),
        title=first(body.title, body.alert_title, body.event_title),
        message=first(body.body, body.text, body.message, body.event_msg, body.alert_status),
        times=(str(body.last_updated), str(body.date)),
        cycle=first(str(body.alert_cycle_key)),
        links=(body.link, body.url),
    )
    return monitor_alert(monitor, transition, received_at)


def _joined(value: str | list[str]) -> str:
    return first(value) if isinstance(value, str) else ",".join(value)
