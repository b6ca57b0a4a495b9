"""Reads the alerts of an Alertmanager webhook, version 4."""

from typing import Final

import msgspec

from cloudops.adapters.parsing.fields import (
    MAX_ALERT_TITLE,
    MAX_LABEL,
    MAX_MESSAGE,
    bound_labels,
    instant,
    truncate,
    web_link,
)
from cloudops.adapters.parsing.lenient_json import NotJson, decode_lenient
from cloudops.adapters.parsing.severities import labeled_severity
from cloudops.alerts.alert import MONITORING, Alert, AlertStatus, Severity
from cloudops.alerts.attribution import attribute
from cloudops.alerts.scrape_targets import MeasuredLabels, measured_labels
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis


class WireAlert(msgspec.Struct, rename="camel"):
    """One entry of `alerts`."""

    status: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    starts_at: str = ""
    ends_at: str = ""
    generator_url: str = msgspec.field(default="", name="generatorURL")
    fingerprint: str = ""


class AlertGroup(msgspec.Struct, rename="camel"):
    """A notification: the alerts of one Alertmanager group."""

    status: str = ""
    common_labels: dict[str, str] | None = None
    alerts: list[msgspec.Raw] = []


WIRE_ALERT: Final = msgspec.json.Decoder(WireAlert)
ALERT_GROUP: Final = msgspec.json.Decoder(AlertGroup)
ALERTMANAGER_STATUSES: Final = {"firing": AlertStatus.FIRING, "resolved": AlertStatus.RESOLVED}


DATA_SOURCE_ALERTS: Final = frozenset({"DatasourceError", "DatasourceNoData"})
"""Alerts that Grafana raises about a rule that it cannot evaluate. They carry the labels and the summary of
that rule, although what the rule measures is not known."""


def read_alert_group(raw: bytes, received_at: EpochMillis) -> list[Alert | str]:
    """Returns an alert, or the reason for the quarantine, for each entry of `alerts`."""
    try:
        group = decode_lenient(raw, ALERT_GROUP)
    except NotJson as error:
        return [str(error)]
    return [
        _read_entry(entry, f"alerts[{index}]", group, received_at) for index, entry in enumerate(group.alerts)
    ]


def read_alert(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """Returns the alert of a single entry, as an operator replays it, or the reason for the quarantine."""
    return _read_entry(msgspec.Raw(raw), "the alert", AlertGroup(), received_at)


def _read_entry(entry: msgspec.Raw, path: str, group: AlertGroup, received_at: EpochMillis) -> Alert | str:
    try:
        alert = decode_lenient(entry, WIRE_ALERT)
    except NotJson as error:
        return f"{path}: {error}"
    status_text = alert.status or group.status
    status = ALERTMANAGER_STATUSES.get(status_text.lower())
    if status is None:
        return f"{path}.status is {status_text[:40]!r}, not firing or resolved"
    labels = bound_labels({**(group.common_labels or {}), **alert.labels})
    name = labels.get("alertname", "")
    summary = (alert.annotations.get("summary") or alert.annotations.get("title") or "").strip()
    if not name and not summary:
        return f"{path}.labels.alertname is missing"
    started_at = instant(alert.starts_at) if alert.starts_at else None
    ended_at = instant(alert.ends_at) if alert.ends_at and status is AlertStatus.RESOLVED else None
    measured = measured_labels(labels)
    attribution = attribute((("label", measured.labels),))
    if name in DATA_SOURCE_ALERTS:
        return _data_source_alert(alert, status, labels, received_at)
    severity, severity_key = labeled_severity(labels)
    return Alert(
        source="alertmanager",
        fingerprint=_fingerprint(alert, measured),
        status=status,
        occurred_at=ended_at or (started_at if status is AlertStatus.FIRING else None) or received_at,
        received_at=received_at,
        title=truncate(f"{name}: {summary}" if name and summary else name or summary, MAX_ALERT_TITLE),
        episode=str(started_at) if started_at is not None else "",
        started_at=started_at,
        message=truncate(
            alert.annotations.get("description") or alert.annotations.get("message") or "", MAX_MESSAGE
        ),
        account=attribution.account,
        environment=attribution.environment,
        environment_reason=attribution.environment_reason,
        region=attribution.region,
        service=attribution.service,
        service_reason=attribution.service_reason,
        resources=attribution.resources,
        severity=severity,
        severity_reason=f"label {severity_key}" if severity else "",
        labels=labels,
        url=web_link(alert.generator_url) or web_link(alert.annotations.get("runbook_url", "")),
        informational=labels.get("severity", "").lower() == "none",
    )


def _data_source_alert(
    alert: WireAlert, status: AlertStatus, labels: dict[str, str], received_at: EpochMillis
) -> Alert:
    """Returns one alert for all rules that cannot be evaluated because of the same data source.

    It names no service and no environment: those of the rule are not known to be affected."""
    name, source = labels["alertname"], labels.get("datasource_uid") or labels.get("ref_id", "")
    started_at = instant(alert.starts_at) if alert.starts_at else None
    ended_at = instant(alert.ends_at) if alert.ends_at and status is AlertStatus.RESOLVED else None
    detail = alert.annotations.get("Error") or ""
    rule = labels.get("rulename", "")
    return Alert(
        source="alertmanager",
        fingerprint=stable_id("alertmanager", alert.fingerprint, name, source, rule),
        status=status,
        occurred_at=ended_at or (started_at if status is AlertStatus.FIRING else None) or received_at,
        received_at=received_at,
        title=truncate(f"{name}: Grafana cannot evaluate rules of data source {source}", MAX_ALERT_TITLE),
        episode=str(started_at) if started_at is not None else "",
        started_at=started_at,
        message=truncate(f"Rule {rule} is not evaluated. {detail}" if rule else detail, MAX_MESSAGE),
        resources=(f"datasource:{truncate(source, MAX_LABEL)}",) if source else (),
        severity=Severity.MEDIUM,
        severity_reason="the monitoring itself is affected",
        kind=MONITORING,
        labels=labels,
        url=web_link(alert.generator_url),
    )


def _fingerprint(alert: WireAlert, measured: MeasuredLabels) -> str:
    """Returns Alertmanager's own fingerprint, or one of the measured labels if an exporter reports it:
    Alertmanager's changes whenever the exporter gets another address."""
    if alert.fingerprint and not measured.by_exporter:
        return stable_id("alertmanager", alert.fingerprint)
    labels = measured.labels if measured.by_exporter else alert.labels
    return stable_id("alertmanager", *(f"{key}={labels[key]}" for key in sorted(labels)))
