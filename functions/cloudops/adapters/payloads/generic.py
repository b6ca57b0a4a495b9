"""Reads an alert in the generic format of the CloudOps API."""

from typing import Final

import msgspec

from cloudops.adapters.parsing.fields import (
    DOLLAR,
    MAX_ALERT_TITLE,
    MAX_LABEL,
    MAX_MESSAGE,
    bound_labels,
    instant,
    truncate,
    web_link,
    without_variables,
)
from cloudops.adapters.parsing.lenient_json import NotJson, decode_lenient
from cloudops.adapters.parsing.severities import labeled_severity, parse_severity
from cloudops.alerts.alert import Alert, AlertStatus, Severity
from cloudops.alerts.attribution import attribute, environment_of_name
from cloudops.alerts.scrape_targets import measured_labels
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis


class PlainAlert(msgspec.Struct, rename="camel"):
    """The fields of the generic format; only `title` is required."""

    source: str | None = None
    title: str | None = None
    name: str | None = None
    message: str | None = None
    status: str | None = None
    state: str | None = None
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

STATUS_WORDS: Final = {
    word: status
    for status, words in {
        AlertStatus.FIRING: "firing fired alarm alert alerting alerted triggered trigger open opened problem"
        " active activated new warn warning critical crit error down unhealthy failed failing breached"
        " info muted",
        AlertStatus.RESOLVED: "resolved resolve ok recovered recovery close closed clear cleared normal up"
        " healthy passed passing success solved inactive deactivated ended",
        AlertStatus.NO_DATA: "no_data nodata insufficient_data unknown missing stale",
    }.items()
    for word in words.split()
}


def read_plain(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """Returns the alert, or the reason for the quarantine."""
    try:
        alert = decode_lenient(raw, PLAIN)
    except NotJson as error:
        return str(error)
    if DOLLAR in raw:
        alert = without_variables(alert)
    title = (alert.title or alert.name or "").strip()
    if not title:
        return "title is missing"
    text = _status_word(alert.status or alert.state or "") or "firing"
    status = STATUS_WORDS.get(text)
    if status is None:
        return f"status is {text[:40]!r}, not firing, resolved or no_data"
    labels = bound_labels(alert.labels or {})
    declared = bound_labels(dict(_declared(alert)))
    attribution = attribute((("field", declared), ("label", measured_labels(labels).labels)))
    environment, environment_reason = attribution.environment, attribution.environment_reason
    if not environment:
        environment, environment_reason = environment_of_name(title[:MAX_ALERT_TITLE])
    severity, severity_reason = _severity(alert.severity, labels)
    source = (alert.source or "").strip().lower()[:64] or "plain"
    return Alert(
        source=source,
        fingerprint=_fingerprint(alert, source, attribution.service, title, labels),
        status=status,
        occurred_at=_occurred_at(alert, status, received_at),
        received_at=received_at,
        title=truncate(title, MAX_ALERT_TITLE),
        started_at=instant(alert.starts_at) if alert.starts_at else None,
        message=truncate((alert.message or "").strip(), MAX_MESSAGE),
        account=attribution.account,
        environment=environment,
        environment_reason=environment_reason,
        region=attribution.region,
        service=attribution.service,
        service_reason=attribution.service_reason,
        resources=attribution.resources,
        severity=severity,
        severity_reason=severity_reason,
        metric=truncate((alert.metric or "").strip(), MAX_LABEL),
        namespace=truncate((alert.namespace or "").strip(), MAX_LABEL),
        unit=(alert.unit or "").strip()[:64],
        query=truncate((alert.query or "").strip(), MAX_MESSAGE),
        labels=labels,
        url=web_link(alert.url or ""),
        muted="muted at the source" if text == "muted" else "",
        informational=text == "info",
    )


def _status_word(text: str) -> str:
    return text.strip().lower().replace(" ", "_").replace("-", "_")


def _declared(alert: PlainAlert) -> list[tuple[str, str]]:
    pairs = (
        ("service", alert.service),
        ("env", alert.env or alert.environment),
        ("region", alert.region),
        ("account", alert.account),
    )
    return [(key, stripped) for key, value in pairs if (stripped := (value or "").strip())]


def _severity(text: str | None, labels: dict[str, str]) -> tuple[Severity | None, str]:
    if text and (severity := parse_severity(text)):
        return severity, "field severity"
    severity, key = labeled_severity(labels)
    return severity, f"label {key}" if severity else ""


def _occurred_at(alert: PlainAlert, status: AlertStatus, received_at: EpochMillis) -> EpochMillis:
    text = alert.ends_at if status is AlertStatus.RESOLVED else alert.starts_at
    return (instant(text) if text else None) or received_at


def _fingerprint(alert: PlainAlert, source: str, service: str, title: str, labels: dict[str, str]) -> str:
    if text := (alert.fingerprint or "").strip():
        return stable_id("plain", text)
    return stable_id("plain", source, service, title, *(f"{key}={labels[key]}" for key in sorted(labels)))
