"""A plain alert of our own API, into an alert."""

from typing import Final

import msgspec

from cloudops.adapters.parsing.fields import (
    DOLLAR,
    MAX_LABEL,
    MAX_MESSAGE,
    MAX_TITLE,
    bounded,
    expanded,
    instant,
    link,
    truncate,
)
from cloudops.adapters.parsing.lenient_json import NotJson, decode_lenient
from cloudops.adapters.parsing.severities import labelled_severity, severity_of
from cloudops.alerts.alert import Alert, AlertStatus, Severity
from cloudops.alerts.attribution import attribute, environment_of_name
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis


class PlainAlert(msgspec.Struct, rename="camel"):
    source: str | None = None
    title: str | None = None
    message: str | None = None
    status: str | None = None
    severity: str | None = None
    service: str | None = None
    env: str | None = None
    environment: str | None = None
    region: str | None = None
    account: str | None = None
    metric: str | None = None
    namespace: str | None = None
    unit: str | None = None
    query: str | None = None
    labels: dict[str, str] | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    fingerprint: str | None = None
    url: str | None = None


PLAIN: Final = msgspec.json.Decoder(PlainAlert)

STATUSES: Final = {
    word: status
    for status, words in {
        AlertStatus.FIRING: "firing alarm alert triggered open problem active warn warning critical error"
        " info muted",
        AlertStatus.RESOLVED: "resolved ok recovered closed cleared normal",
        AlertStatus.NO_DATA: "no_data nodata insufficient_data unknown",
    }.items()
    for word in words.split()
}


def read_plain(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """The alert, or the reason why there is none."""
    try:
        alert = decode_lenient(raw, PLAIN)
    except NotJson as error:
        return str(error)
    if DOLLAR in raw:
        alert = expanded(alert)
    title = (alert.title or "").strip()
    if not title:
        return "title is missing"
    told = (alert.status or "").strip().lower().replace(" ", "_") or "firing"
    status = STATUSES.get(told)
    if status is None:
        return f"status is {told[:40]!r}, not firing, resolved or no_data"
    labels = bounded(alert.labels or {})
    declared = bounded(dict(_declared(alert)))
    identity = attribute((("field", declared), ("label", labels)))
    environment, environment_reason = identity.environment, identity.environment_reason
    if not environment:
        environment, environment_reason = environment_of_name(title[:MAX_TITLE])
    severity, severity_reason = _severity(alert.severity, labels)
    source = (alert.source or "").strip().lower()[:64] or "plain"
    return Alert(
        source=source,
        fingerprint=_fingerprint(alert, source, identity.service, title, labels),
        status=status,
        occurred_at=_occurred_at(alert, status, received_at),
        received_at=received_at,
        title=truncate(title, MAX_TITLE),
        started_at=instant(alert.starts_at) if alert.starts_at else None,
        message=truncate((alert.message or "").strip(), MAX_MESSAGE),
        account=identity.account,
        environment=environment,
        environment_reason=environment_reason,
        region=identity.region,
        service=identity.service,
        service_reason=identity.service_reason,
        resources=identity.resources,
        severity=severity,
        severity_reason=severity_reason,
        metric=truncate((alert.metric or "").strip(), MAX_LABEL),
        namespace=truncate((alert.namespace or "").strip(), MAX_LABEL),
        unit=(alert.unit or "").strip()[:64],
        query=truncate((alert.query or "").strip(), MAX_MESSAGE),
        labels=labels,
        url=link(alert.url or ""),
        muted="muted at the source" if told == "muted" else "",
        informational=told == "info",
    )


def _declared(alert: PlainAlert) -> list[tuple[str, str]]:
    pairs = (
        ("service", alert.service),
        ("env", alert.env or alert.environment),
        ("region", alert.region),
        ("account", alert.account),
    )
    return [(key, found) for key, value in pairs if (found := (value or "").strip())]


def _severity(told: str | None, labels: dict[str, str]) -> tuple[Severity | None, str]:
    if told and (severity := severity_of(told)):
        return severity, "field severity"
    severity, key = labelled_severity(labels)
    return severity, f"label {key}" if severity else ""


def _occurred_at(alert: PlainAlert, status: AlertStatus, received_at: EpochMillis) -> EpochMillis:
    told = alert.ends_at if status is AlertStatus.RESOLVED else alert.starts_at
    return (instant(told) if told else None) or received_at


def _fingerprint(alert: PlainAlert, source: str, service: str, title: str, labels: dict[str, str]) -> str:
    if told := (alert.fingerprint or "").strip():
        return stable_id("plain", told)
    return stable_id("plain", source, service, title, *(f"{key}={labels[key]}" for key in sorted(labels)))
