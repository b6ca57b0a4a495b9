"""Reads the webhook of Grafana's legacy alerting, which ended with Grafana 10."""

from typing import Final

import msgspec

from cloudops.adapters.parsing.fields import (
    MAX_ALERT_TITLE,
    MAX_LABEL,
    MAX_MESSAGE,
    bound_labels,
    truncate,
    web_link,
)
from cloudops.adapters.parsing.lenient_json import NotJson, decode_lenient
from cloudops.adapters.parsing.severities import labeled_severity
from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.alerts.attribution import attribute, environment_of_name
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis

STATES: Final = {
    "alerting": AlertStatus.FIRING,
    "ok": AlertStatus.RESOLVED,
    "no_data": AlertStatus.NO_DATA,
}
"""https://grafana.com/docs/grafana/v8.5/alerting/old-alerting/notifications/#webhook. A paused or
pending rule says nothing of what it measures."""


class LegacyAlert(msgspec.Struct, rename="camel"):
    """The body of the webhook."""

    rule_id: int | None = None
    rule_name: str = ""
    rule_url: str = ""
    org_id: int | None = None
    title: str = ""
    state: str = ""
    message: str = ""
    tags: dict[str, str] | None = None


LEGACY_ALERT: Final = msgspec.json.Decoder(LegacyAlert)


def read_legacy_alert(raw: bytes, received_at: EpochMillis) -> Alert | str:
    """Returns the alert, or the reason for the quarantine."""
    try:
        alert = decode_lenient(raw, LEGACY_ALERT)
    except NotJson as error:
        return str(error)
    name = (alert.rule_name or alert.title.partition("] ")[2] or alert.title).strip()
    if not name:
        return "ruleName is missing, and title too"
    status = STATES.get(alert.state.strip().lower())
    if status is None:
        return f"state is {alert.state[:40]!r}, not alerting, ok or no_data"
    labels = bound_labels(alert.tags or {})
    attribution = attribute((("tag", labels),))
    environment, environment_reason = attribution.environment, attribution.environment_reason
    if not environment:
        environment, environment_reason = environment_of_name(name[:MAX_ALERT_TITLE])
    severity, severity_key = labeled_severity(labels)
    return Alert(
        source="grafana",
        fingerprint=stable_id(
            "grafana", str(alert.org_id or ""), str(alert.rule_id or ""), truncate(name, MAX_LABEL)
        ),
        status=status,
        occurred_at=received_at,
        received_at=received_at,
        title=truncate(name, MAX_ALERT_TITLE),
        message=truncate(alert.message.strip(), MAX_MESSAGE),
        account=attribution.account,
        environment=environment,
        environment_reason=environment_reason,
        region=attribution.region,
        service=attribution.service,
        service_reason=attribution.service_reason,
        resources=attribution.resources,
        severity=severity,
        severity_reason=f"tag {severity_key}" if severity else "",
        labels=labels,
        url=web_link(alert.rule_url),
        notify_no_data=status is AlertStatus.NO_DATA,
    )
