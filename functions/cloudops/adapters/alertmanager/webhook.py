"""Alertmanager webhooks, version 4, into one alert each of their alerts."""

from typing import Final

import msgspec

from cloudops.adapters.parsing.fields import MAX_MESSAGE, MAX_TITLE, bounded, instant, link, truncate
from cloudops.adapters.parsing.lenient_json import NotJson, decode_lenient
from cloudops.adapters.parsing.severities import labelled_severity
from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.alerts.attribution import attribute
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis


class WireAlert(msgspec.Struct, rename="camel"):
    status: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    starts_at: str = ""
    ends_at: str = ""
    generator_url: str = msgspec.field(default="", name="generatorURL")
    fingerprint: str = ""


class Notification(msgspec.Struct, rename="camel"):
    status: str = ""
    common_labels: dict[str, str] | None = None
    alerts: list[msgspec.Raw] = []


ALERT: Final = msgspec.json.Decoder(WireAlert)
NOTIFICATION: Final = msgspec.json.Decoder(Notification)
STATUSES: Final = {"firing": AlertStatus.FIRING, "resolved": AlertStatus.RESOLVED}


def read_notification(raw: bytes, received_at: EpochMillis) -> list[Alert | str]:
    """An alert, or the reason why there is none, for each entry of `alerts`."""
    try:
        notification = decode_lenient(raw, NOTIFICATION)
    except NotJson as error:
        return [str(error)]
    return [
        _read(entry, f"alerts[{index}]", notification, received_at)
        for index, entry in enumerate(notification.alerts)
    ]


def read_alert(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """The alert in a single entry, as an operator replays it, or the reason why there is none."""
    return _read(msgspec.Raw(raw), "the alert", Notification(), received_at)


def _read(entry: msgspec.Raw, path: str, notification: Notification, received_at: EpochMillis) -> Alert | str:
    try:
        alert = decode_lenient(entry, ALERT)
    except NotJson as error:
        return f"{path}: {error}"
    told = alert.status or notification.status
    status = STATUSES.get(told.lower())
    if status is None:
        return f"{path}.status is {told[:40]!r}, not firing or resolved"
    labels = bounded({**(notification.common_labels or {}), **alert.labels})
    name = labels.get("alertname", "")
    summary = (alert.annotations.get("summary") or alert.annotations.get("title") or "").strip()
    if not name and not summary:
        return f"{path}.labels.alertname is missing"
    started_at = instant(alert.starts_at) if alert.starts_at else None
    ended_at = instant(alert.ends_at) if alert.ends_at and status is AlertStatus.RESOLVED else None
    identity = attribute((("label", labels),))
    severity, severity_key = labelled_severity(labels)
    return Alert(
        source="alertmanager",
        fingerprint=_fingerprint(alert),
        status=status,
        occurred_at=ended_at or (started_at if status is AlertStatus.FIRING else None) or received_at,
        received_at=received_at,
        title=truncate(f"{name}: {summary}" if name and summary else name or summary, MAX_TITLE),
        episode=str(started_at) if started_at is not None else "",
        started_at=started_at,
        message=truncate(
            alert.annotations.get("description") or alert.annotations.get("message") or "", MAX_MESSAGE
        ),
        account=identity.account,
        environment=identity.environment,
        environment_reason=identity.environment_reason,
        region=identity.region,
        service=identity.service,
        service_reason=identity.service_reason,
        resources=identity.resources,
        severity=severity,
        severity_reason=f"label {severity_key}" if severity else "",
        labels=labels,
        url=link(alert.generator_url) or link(alert.annotations.get("runbook_url", "")),
        informational=labels.get("severity", "").lower() == "none",
    )


def _fingerprint(alert: WireAlert) -> str:
    if alert.fingerprint:
        return stable_id("alertmanager", alert.fingerprint)
    return stable_id("alertmanager", *(f"{key}={alert.labels[key]}" for key in sorted(alert.labels)))
