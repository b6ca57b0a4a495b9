"""What a Datadog monitor says, the same by webhook and by partner event bus."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Final, TypeAlias

import msgspec

from cloudops.adapters.datadog.monitor_group import (
    KEPT,
    MonitorGroup,
    Tags,
    group_of,
    kept_place_of,
    place_of,
)
from cloudops.adapters.datadog.monitor_status import (
    PREFIX,
    PRIORITY,
    STATUSES,
    told_severity,
    told_status,
    unknown_status,
)
from cloudops.adapters.parsing.fields import (
    MAX_LABEL,
    MAX_MESSAGE,
    MAX_QUERY,
    MAX_TITLE,
    instant,
    link,
    truncate,
)
from cloudops.adapters.parsing.severities import severity_of
from cloudops.alerts.alert import Alert, AlertStatus, Severity, intern_strings
from cloudops.alerts.attribution import environment_of_name
from cloudops.core.bounded_cache import put_bounded
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis

Id: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | str
"""Python does not print an integer of thousands of digits, so that none may come in."""
LONGEST_KEPT: Final = 4_096
"""Bytes; the facts of a longer one are worked out each time."""

_MUTED: Final = frozenset({"Muted", "muted"})
_QUERY_METRIC: Final = re.compile(r"(?:avg|sum|min|max|count|p\d{2}):([A-Za-z][\w.]{0,200})\{")


class Monitor(msgspec.Struct, frozen=True, gc=False):
    """The part of a payload that a transition leaves alone. `scope` is None where the payload does not
    say, "" where the monitor is not grouped; `title` is needed only where id or scope is not told."""

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


class _Kept(msgspec.Struct, frozen=True, gc=False):
    monitor: Monitor
    alert_type: str
    title: str
    url: str
    told: Alert | str


_kept_told: Final[dict[tuple[Id, Tags | None, str], _Kept]] = {}
"""By monitor, group and transition: most of a storm's messages repeat all but time and message."""


def monitor_alert(
    monitor: Monitor,
    received_at: EpochMillis,
    *,
    transition: str,
    alert_type: str,
    title: str,
    message: str,
    at: Id,
    told_at: Id = "",
    cycle: Id = "",
    url: str = "",
    size: int,
) -> Alert | str:
    """The alert of one transition, or the reason why there is none.

    `at` is in seconds or milliseconds since 1970, or ISO 8601, `told_at` counts where `at` is no time; `size`
    is that of the facts, in bytes."""
    key = (monitor.id, monitor.aggregation or monitor.scope, transition)
    kept = _kept_told.get(key)
    if (
        kept is not None
        and kept.monitor == monitor
        and kept.alert_type == alert_type
        and kept.title == title
        and kept.url == url
    ):
        told = kept.told
    elif size <= LONGEST_KEPT:
        told = _told(_kept(monitor), transition, alert_type, title, url)
        put_bounded(_kept_told, key, _Kept(monitor, alert_type, title, url, told), KEPT)
    else:
        told = _told(_template(monitor), transition, alert_type, title, url)
    if isinstance(told, str):
        return told
    if message.startswith("%%%"):
        message = message.strip("%").strip()
    return msgspec.structs.replace(
        told,
        occurred_at=instant(str(at)) or instant(str(told_at)) or received_at,
        received_at=received_at,
        message=message if len(message) <= MAX_MESSAGE else truncate(message, MAX_MESSAGE),
        episode=str(cycle)[:128] if cycle else "",
    )


def _told(template: Alert | None, transition: str, alert_type: str, title: str, url: str) -> Alert | str:
    """The alert less its time and message, or the reason why there is none."""
    status = STATUSES.get(transition) or told_status(transition, alert_type, title)
    if status is None:
        return unknown_status(transition)
    if template is None:
        return "alert_id is missing, and no monitor_id, aggreg_key or title names the monitor"
    severity, severity_reason = template.severity, template.severity_reason
    if severity is None:
        severity, severity_reason = told_severity(transition, alert_type, title)
    return msgspec.structs.replace(
        template,
        status=status,
        title=truncate(title, MAX_TITLE) if title else template.title,
        severity=severity,
        severity_reason=severity_reason,
        url=link(url) if url else "",
        muted="muted in Datadog" if transition in _MUTED or title.startswith("[Muted") else "",
        informational=alert_type == "info",
    )


def _template(
    monitor: Monitor, place: Callable[[Tags, Tags, Tags, str], MonitorGroup] = place_of
) -> Alert | None:
    """The alert less its transition; None where nothing names the monitor."""
    prefix = PREFIX.match(monitor.title[:1_100]) if monitor.title else None
    name = monitor.title[prefix.end() if prefix else 0 :][:MAX_TITLE].strip()
    monitor_id = str(monitor.id)[:128] or monitor.aggregation[:128] or name
    if not monitor_id:
        return None
    scope = monitor.scope
    if scope is None and prefix is not None:
        scope = prefix.group(2)
    where = place(scope or "", monitor.tags, monitor.more_tags, monitor.host)
    identity = where.identity
    environment, environment_reason = identity.environment, identity.environment_reason
    if not environment:
        environment, environment_reason = environment_of_name(name)
    severity, severity_reason = _declared_severity(monitor)
    metric = monitor.metric or _metric_of(monitor.query)
    return Alert(
        source="datadog",
        fingerprint=stable_id(
            "datadog", str(monitor.org), monitor_id, _group(monitor, where, scope is not None)
        ),
        status=AlertStatus.FIRING,
        occurred_at=0,
        received_at=0,
        title=f"Datadog monitor {monitor_id}",
        account=identity.account,
        environment=environment,
        environment_reason=environment_reason,
        region=identity.region,
        service=identity.service,
        service_reason=identity.service_reason,
        resources=identity.resources,
        severity=severity,
        severity_reason=severity_reason,
        metric=truncate(metric, MAX_LABEL),
        namespace=truncate(metric.partition(".")[0], MAX_LABEL),
        query=truncate(monitor.query, MAX_QUERY),
        kind=monitor.event_type[:64],
        labels=where.labels,
    )


@lru_cache(maxsize=KEPT)
def _kept(monitor: Monitor) -> Alert | None:
    template = _template(monitor, kept_place_of)
    return template and intern_strings(template)


def _group(monitor: Monitor, where: MonitorGroup, is_scoped: bool) -> str:
    """The group's name, or the aggregation key where nothing tells the group."""
    group = group_of(where, is_scoped, monitor.query, monitor.event_type == "composite_monitor")
    if group is None:
        return f"key {monitor.aggregation[:128]}" if monitor.aggregation else ""
    return group


def _declared_severity(monitor: Monitor) -> tuple[Severity | None, str]:
    """From a monitor's priority, P1 to P5; an event's own, normal or low, says nothing of the alert."""
    if PRIORITY.fullmatch(monitor.priority):
        return severity_of(monitor.priority), f"priority {monitor.priority}"
    severity = severity_of(monitor.severity)
    return severity, f"severity {monitor.severity[:32]}" if severity else ""


def _metric_of(query: str) -> str:
    found = _QUERY_METRIC.search(query[:MAX_QUERY])
    return found.group(1) if found else ""
