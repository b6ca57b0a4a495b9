"""What a Datadog monitor says, the same by webhook and by partner event bus."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from cloudops.adapters.fields import (
    MAX_LABEL,
    MAX_MESSAGE,
    MAX_QUERY,
    MAX_TITLE,
    bounded_labels,
    cut,
    first_instant,
    link,
)
from cloudops.adapters.severities import severity_of
from cloudops.domain.alert import Alert, AlertStatus, Instant, Severity, digest
from cloudops.domain.identity import identify

STATUSES: Final = {
    "triggered": AlertStatus.FIRING,
    "re-triggered": AlertStatus.FIRING,
    "retriggered": AlertStatus.FIRING,
    "alert": AlertStatus.FIRING,
    "warn": AlertStatus.FIRING,
    "warning": AlertStatus.FIRING,
    "re-warn": AlertStatus.FIRING,
    "renotify": AlertStatus.FIRING,
    "muted": AlertStatus.FIRING,
    "no data": AlertStatus.NO_DATA,
    "nodata": AlertStatus.NO_DATA,
    "re-no data": AlertStatus.NO_DATA,
    "recovered": AlertStatus.RESOLVED,
    "recovery": AlertStatus.RESOLVED,
    "ok": AlertStatus.RESOLVED,
    "resolved": AlertStatus.RESOLVED,
}
"""$ALERT_TRANSITION, transition.trans_name and states.dest_state, lower case."""

TYPE_STATUSES: Final = {
    "error": AlertStatus.FIRING,
    "warning": AlertStatus.FIRING,
    "info": AlertStatus.FIRING,
    "success": AlertStatus.RESOLVED,
}
"""$ALERT_TYPE, where no transition is told."""

KEPT: Final = 2_048
LONGEST_KEPT: Final = 4_096

_TITLE_STATE: Final = re.compile(r"\[(Re-)?(Triggered|Warn|No data|Recovered|Muted)\b", re.IGNORECASE)
_TITLE_SCOPE: Final = re.compile(r"^\[[A-Za-z -]{2,20} on \{([^{}]{1,1000})\}\]")
_GROUPED_BY: Final = re.compile(r"\bby\s*\{([^{}]{0,400})\}|\.by\(([^()]{0,400})\)")
_QUERY_METRIC: Final = re.compile(r"(?:avg|sum|min|max|count|p\d{2}):([A-Za-z][\w.]{0,200})\{")


class Monitor(NamedTuple):
    """The part of a payload that a transition leaves alone. `scope` is None where the payload has none
    at all, and "" where it says that the monitor is not grouped."""

    org: str
    id: str
    scope: str | None
    tags: str
    host: str
    query: str
    metric: str
    event_type: str
    aggregation: str
    priority: str
    name: str = ""


class Transition(NamedTuple):
    """One transition of a monitor; `times` and `links` are tried in order."""

    name: str
    alert_type: str
    title: str
    message: str
    times: tuple[str, ...]
    cycle: str = ""
    links: tuple[str, ...] = ()


def monitor_alert(monitor: Monitor, transition: Transition, received_at: Instant) -> Alert | str:
    """The alert of one transition, or the reason why there is none."""
    status = _status(transition)
    if isinstance(status, str) and not isinstance(status, AlertStatus):
        return status
    if not transition.title and not monitor.id:
        return "title is missing, and neither alert_id nor monitor_id names the monitor"
    if monitor.scope is None and (titled := _TITLE_SCOPE.match(transition.title[:1100])):
        monitor = monitor._replace(scope=titled.group(1))
    if not (monitor.id or monitor.aggregation):
        monitor = monitor._replace(name=transition.title[:MAX_TITLE])
    size = len(monitor.tags) + len(monitor.query) + len(monitor.scope or "") + len(monitor.metric)
    template = _template(monitor) if size <= LONGEST_KEPT else _template.__wrapped__(monitor)
    severity, severity_reason = template.severity, template.severity_reason
    if severity is None:
        severity, severity_reason = _severity_of_transition(transition)
    return msgspec.structs.replace(
        template,
        status=status,
        occurred_at=first_instant(received_at, *transition.times),
        received_at=received_at,
        title=cut(transition.title or f"Datadog monitor {monitor.id}", MAX_TITLE),
        message=cut(_unwrapped(transition.message), MAX_MESSAGE),
        episode=transition.cycle[:128],
        severity=severity,
        severity_reason=severity_reason,
        url=link(*transition.links),
        muted="muted in Datadog" if _is_muted(transition) else "",
        informational=transition.alert_type == "info",
    )


def _is_muted(transition: Transition) -> bool:
    return transition.name.lower() == "muted" or transition.title[:7].lower() == "[muted]"


def _status(transition: Transition) -> AlertStatus | str:
    if status := STATUSES.get(transition.name.lower()):
        return status
    if transition.name:
        return f"alert_transition is {transition.name[:40]!r}, which is no transition of a monitor"
    if status := TYPE_STATUSES.get(transition.alert_type.lower()):
        return status
    if told := _TITLE_STATE.match(transition.title[:40]):
        return STATUSES[told.group(2).lower()]
    return "alert_transition is missing, and neither alert_type nor the title tells the state"


def _severity_of_transition(transition: Transition) -> tuple[Severity | None, str]:
    if transition.name.lower() in ("warn", "re-warn", "warning"):
        return Severity.MEDIUM, f"transition {transition.name}"
    match transition.alert_type.lower():
        case "warning":
            return Severity.MEDIUM, "alert_type warning"
        case "error":
            return Severity.HIGH, "alert_type error"
        case _:
            return None, ""


def _unwrapped(text: str) -> str:
    """The text less the %%% by which Datadog marks Markdown."""
    text = text.strip()
    return text.strip("%").strip() if text.startswith("%%%") else text


@lru_cache(maxsize=KEPT)
def _template(monitor: Monitor) -> Alert:
    """The alert less its transition."""
    scope = _entries(monitor.scope or "")
    tags = _entries(monitor.tags)
    labels = bounded_labels((*scope, *tags, *((("host", monitor.host),) if monitor.host else ())))
    identity = identify((("tag", labels),), monitor.name[:MAX_TITLE])
    severity = severity_of(monitor.priority)
    metric = monitor.metric or _metric_of(monitor.query)
    return Alert(
        source="datadog",
        fingerprint=_fingerprint(monitor),
        status=AlertStatus.FIRING,
        occurred_at=0,
        received_at=0,
        title="",
        account=identity.account,
        environment=identity.environment,
        environment_reason=identity.environment_reason,
        region=identity.region,
        service=identity.service,
        service_reason=identity.service_reason,
        resources=identity.resources,
        severity=severity,
        severity_reason=f"priority {monitor.priority}" if severity else "",
        metric=cut(metric, MAX_LABEL),
        namespace=cut(metric.partition(".")[0], MAX_LABEL),
        query=cut(monitor.query, MAX_QUERY),
        kind=monitor.event_type[:64],
        labels=labels,
    )


def _entries(text: str) -> list[tuple[str, str]]:
    """The pairs of "k:v,k:v,flag"; a flag has no value and is left out."""
    pairs = (entry.partition(":") for entry in text.split(",", 200)[:200])
    return [(key.strip(), value.strip()) for key, _, value in pairs if value]


def _metric_of(query: str) -> str:
    found = _QUERY_METRIC.search(query[:MAX_QUERY])
    return found.group(1) if found else ""


def _fingerprint(monitor: Monitor) -> str:
    """Org, monitor and group; the aggregation key where monitor or group is not told.

    The partner bus tells no aggregation key and no scope, so that the group must follow from what both
    paths tell: the keys that the query groups by, with their values from scope or tags."""
    if not monitor.id:
        return digest("datadog", monitor.org, "key", monitor.aggregation or f"{monitor.name},{monitor.scope}")
    group = _group(monitor)
    if group is None:
        group = f"key {monitor.aggregation}" if monitor.aggregation else ""
    return digest("datadog", monitor.org, monitor.id, group)


def _group(monitor: Monitor) -> str | None:
    """The sorted "k:v" that tell one group of a monitor from another; None where nothing tells."""
    found = _GROUPED_BY.search(monitor.query)
    scope = dict(_entries(monitor.scope or ""))
    if found:
        keys = {key.strip(" \"'") for key in (found.group(1) or found.group(2) or "").split(",")}
        told = {**dict(reversed(_entries(monitor.tags))), **scope}
        values = {key: told[key] for key in keys if key in told}
        if values:
            return _sorted(values)
    elif monitor.query and monitor.event_type != "composite_monitor":
        return ""
    return None if monitor.scope is None else _sorted(scope)


def _sorted(entries: dict[str, str]) -> str:
    return ",".join(sorted(f"{key}:{value}".lower() for key, value in entries.items()))
