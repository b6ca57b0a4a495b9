"""Builds the alert of a Datadog monitor from its facts and a transition, equal by webhook and partner
event."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Final, TypeAlias

import msgspec

from cloudops.adapters.datadog.monitor_group import (
    MAX_CACHED_MONITORS,
    MonitorGroup,
    Tags,
    cached_resolve_group,
    group_key,
    resolve_group,
)
from cloudops.adapters.datadog.monitor_status import (
    PREFIX,
    PRIORITY,
    TRANSITION_STATUSES,
    transition_severity,
    transition_status,
    unknown_status,
)
from cloudops.adapters.parsing.fields import (
    MAX_ALERT_TITLE,
    MAX_LABEL,
    MAX_MESSAGE,
    MAX_QUERY,
    instant,
    truncate,
    web_link,
)
from cloudops.adapters.parsing.severities import parse_severity
from cloudops.alerts.alert import Alert, AlertStatus, Severity, intern_strings
from cloudops.alerts.attribution import environment_of_name
from cloudops.core.bounded_cache import put_bounded
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis

Id: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | str
"""Bounded, because Python refuses to print an integer of thousands of digits."""
MAX_CACHED_MONITOR_BYTES: Final = 4_096
"""A longer payload is parsed each time."""

_MUTED: Final = frozenset({"Muted", "muted"})
_QUERY_METRIC: Final = re.compile(r"(?:avg|sum|min|max|count|p\d{2}):([A-Za-z][\w.]{0,200})\{")


class MonitorFacts(msgspec.Struct, frozen=True, gc=False):
    """The part of a payload that does not change with a transition.

    `scope` is None if the payload has none, and "" if the monitor has no groups. `title` is set only if the
    payload lacks the id or the scope.
    """

    org: Id
    id: Id
    scope: Tags | None = None
    tags: Tags = ""
    more_tags: Tags = ""
    host: str = ""
    query: str = ""
    metric: str = ""
    event_type: str = ""
    aggregation: str = ""
    priority: str = ""
    severity: str = ""
    title: str = ""


class _CachedAlert(msgspec.Struct, frozen=True, gc=False):
    monitor: MonitorFacts
    alert_type: str
    title: str
    url: str
    alert: Alert | str


_cached_alerts: Final[dict[tuple[Id, Tags | None, str], _CachedAlert]] = {}
"""By monitor, group and transition: most messages of an alert storm differ only in time and message."""


def monitor_alert(
    monitor: MonitorFacts,
    received_at: EpochMillis,
    *,
    transition: str,
    alert_type: str,
    title: str,
    message: str,
    at: Id,
    fallback_at: Id = "",
    cycle: Id = "",
    url: str = "",
    size: int,
) -> Alert | str:
    """Returns the alert of one transition, or the reason for the quarantine.

    Args:
        at: Time of the transition: seconds or milliseconds since 1970, or ISO 8601.
        fallback_at: Used if `at` is not a time; `received_at` is used if neither is.
        cycle: Id of the episode, or "".
        size: Bytes of the facts; decides whether the result is cached.
    """
    key = (monitor.id, monitor.aggregation or monitor.scope, transition)
    cached = _cached_alerts.get(key)
    if (
        cached is not None
        and cached.monitor == monitor
        and cached.alert_type == alert_type
        and cached.title == title
        and cached.url == url
    ):
        alert = cached.alert
    elif size <= MAX_CACHED_MONITOR_BYTES:
        alert = _with_transition(_cached_template(monitor), transition, alert_type, title, url)
        put_bounded(
            _cached_alerts, key, _CachedAlert(monitor, alert_type, title, url, alert), MAX_CACHED_MONITORS
        )
    else:
        alert = _with_transition(_template(monitor), transition, alert_type, title, url)
    if isinstance(alert, str):
        return alert
    if message.startswith("%%%"):
        message = message.strip("%").strip()
    return msgspec.structs.replace(
        alert,
        occurred_at=instant(str(at)) or instant(str(fallback_at)) or received_at,
        received_at=received_at,
        message=message if len(message) <= MAX_MESSAGE else truncate(message, MAX_MESSAGE),
        episode=str(cycle)[:128] if cycle else "",
    )


def _with_transition(
    template: Alert | None, transition: str, alert_type: str, title: str, url: str
) -> Alert | str:
    """Returns the alert without time and message, or the reason for the quarantine."""
    status = TRANSITION_STATUSES.get(transition) or transition_status(transition, alert_type, title)
    if status is None:
        return unknown_status(transition)
    if template is None:
        return "alert_id is missing, and no monitor_id, aggreg_key or title names the monitor"
    severity, severity_reason = template.severity, template.severity_reason
    if severity is None:
        severity, severity_reason = transition_severity(transition, alert_type, title)
    return msgspec.structs.replace(
        template,
        status=status,
        title=truncate(title, MAX_ALERT_TITLE) if title else template.title,
        severity=severity,
        severity_reason=severity_reason,
        url=web_link(url) if url else "",
        muted="muted in Datadog" if transition in _MUTED or title.startswith("[Muted") else "",
        informational=alert_type == "info",
        notify_no_data=status is AlertStatus.NO_DATA,
    )


def _template(
    monitor: MonitorFacts, resolve: Callable[[Tags, Tags, Tags, str], MonitorGroup] = resolve_group
) -> Alert | None:
    """Returns the alert without a transition; None if neither an id nor a title names the monitor."""
    prefix = PREFIX.match(monitor.title[:1_100]) if monitor.title else None
    name = monitor.title[prefix.end() if prefix else 0 :][:MAX_ALERT_TITLE].strip()
    monitor_id = str(monitor.id)[:128] or monitor.aggregation[:128] or name
    if not monitor_id:
        return None
    scope = monitor.scope
    if scope is None and prefix is not None:
        scope = prefix.group(2)
    group = resolve(scope or "", monitor.tags, monitor.more_tags, monitor.host)
    attribution = group.attribution
    environment, environment_reason = attribution.environment, attribution.environment_reason
    if not environment:
        environment, environment_reason = environment_of_name(name)
    severity, severity_reason = _declared_severity(monitor)
    metric = monitor.metric or _metric_of(monitor.query)
    return Alert(
        source="datadog",
        fingerprint=stable_id(
            "datadog", str(monitor.org), monitor_id, _group_name(monitor, group, scope is not None)
        ),
        status=AlertStatus.FIRING,
        occurred_at=0,
        received_at=0,
        title=f"Datadog monitor {monitor_id}",
        account=attribution.account,
        environment=environment,
        environment_reason=environment_reason,
        region=attribution.region,
        service=attribution.service,
        service_reason=attribution.service_reason,
        resources=attribution.resources,
        severity=severity,
        severity_reason=severity_reason,
        metric=truncate(metric, MAX_LABEL),
        namespace=truncate(metric.partition(".")[0], MAX_LABEL),
        query=truncate(monitor.query, MAX_QUERY),
        kind=monitor.event_type[:64],
        labels=group.labels,
    )


@lru_cache(maxsize=MAX_CACHED_MONITORS)
def _cached_template(monitor: MonitorFacts) -> Alert | None:
    template = _template(monitor, cached_resolve_group)
    return template and intern_strings(template)


def _group_name(monitor: MonitorFacts, group: MonitorGroup, is_scoped: bool) -> str:
    """Returns the key of the group, else the aggregation key."""
    key = group_key(group, is_scoped, monitor.query, monitor.event_type == "composite_monitor")
    if key is None:
        return f"key {monitor.aggregation[:128]}" if monitor.aggregation else ""
    return key


def _declared_severity(monitor: MonitorFacts) -> tuple[Severity | None, str]:
    """Returns severity and reason by the monitor's priority, P1 to P5.

    The priority of an event, "normal" or "low", does not describe the alert.
    """
    if PRIORITY.fullmatch(monitor.priority):
        return parse_severity(monitor.priority), f"priority {monitor.priority}"
    severity = parse_severity(monitor.severity)
    return severity, f"severity {monitor.severity[:32]}" if severity else ""


def _metric_of(query: str) -> str:
    match = _QUERY_METRIC.search(query[:MAX_QUERY])
    return match.group(1) if match else ""
