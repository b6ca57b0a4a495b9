"""Alerts of Grafana's legacy alerting."""

import pytest

from cloudops.alerts.alert import AlertStatus, Severity
from tests.adapters.event_payloads import ARRIVED, alert_of, refusal_of

ALERTING = {
    "title": "[Alerting] billing-prod latency", "state": "alerting", "message": "p99 above 2 s", "orgId": 1,
    "ruleId": 7, "ruleName": "billing-prod latency", "ruleUrl": "https://grafana.example.com/d/7",
    "evalMatches": [], "tags": {"service": "billing", "severity": "critical"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "title", "status"),
    [
        ("alerting", "[Alerting]", AlertStatus.FIRING),
        ("ok", "[OK]", AlertStatus.RESOLVED),
        ("no_data", "[No Data]", AlertStatus.NO_DATA),
    ],
)
def test_the_state_decides_and_the_rule_is_the_identity(state: str, title: str, status: AlertStatus) -> None:
    alert = alert_of(ALERTING | {"state": state, "title": f"{title} billing-prod latency"})
    assert (alert.source, alert.status, alert.title) == ("grafana", status, "billing-prod latency")
    assert alert.fingerprint == alert_of(ALERTING).fingerprint
    assert (alert.service, alert.environment, alert.severity) == ("billing", "prod", Severity.CRITICAL)
    assert (alert.occurred_at, alert.url) == (ARRIVED, "https://grafana.example.com/d/7")


def test_rules_of_two_organizations_are_two_alerts() -> None:
    assert alert_of(ALERTING).fingerprint != alert_of(ALERTING | {"orgId": 2}).fingerprint


@pytest.mark.parametrize("state", ["paused", "pending", "", None])
def test_another_state_is_quarantined(state: str | None) -> None:
    refusal = refusal_of(ALERTING | {"state": state})
    assert refusal.reason == f"state is {state or ''!r}, not alerting, ok or no_data"


def test_a_rule_without_a_name_is_quarantined() -> None:
    refusal = refusal_of(ALERTING | {"ruleName": "", "title": ""})
    assert (refusal.source, refusal.reason) == ("grafana", "ruleName is missing, and title too")
