"""Alerts in the generic format of the CloudOps API."""

import pytest

from cloudops.alerts.alert import Alert, AlertStatus, Severity
from tests.adapters.event_payloads import ARRIVED, HAPPENED, alert_of, payload, raw, refusal_of


def plain(**changes: object) -> Alert:
    return alert_of(payload("plain") | changes)


def test_every_field_of_the_generic_format_is_read() -> None:
    alert = alert_of(raw("plain"))
    assert (alert.source, alert.status) == ("synthetics", AlertStatus.FIRING)
    assert (alert.title, alert.message) == ("Sign-in takes too long", "p95 4.2 s")
    assert (alert.occurred_at, alert.started_at, alert.received_at) == (HAPPENED, HAPPENED, ARRIVED)
    assert str(alert.scope) == "111122223333/prod/eu-central-1"
    assert (alert.service, alert.service_reason) == ("identity", "field service")
    assert alert.environment_reason == "field env"
    assert (alert.severity, alert.severity_reason) == (Severity.HIGH, "field severity")
    assert (alert.metric, alert.labels) == ("signin.p95", {"browser": "firefox"})
    assert alert.url == "https://synthetics.example.com/runs/42"


def test_only_the_title_is_required() -> None:
    alert = alert_of({"title": "Something is wrong"})
    assert (alert.source, alert.status, alert.occurred_at) == ("plain", AlertStatus.FIRING, ARRIVED)
    assert (alert.service, alert.environment, alert.severity) == ("", "", None)


def test_labels_replace_missing_fields() -> None:
    alert = alert_of(
        {"title": "Slow", "labels": {"app": "cart", "namespace": "prod", "severity": "critical"}}
    )
    assert (alert.service, alert.service_reason) == ("cart", "label app")
    assert (alert.environment, alert.environment_reason) == ("prod", "label namespace")
    assert (alert.severity, alert.severity_reason) == (Severity.CRITICAL, "label severity")
    assert alert.resources == ("namespace:prod",)


def test_firing_and_resolved_are_the_same_alert() -> None:
    resolved = plain(status="resolved", endsAt="2026-03-02T08:20:00Z", message="fine again", severity="low")
    assert resolved.status is AlertStatus.RESOLVED
    assert resolved.occurred_at == 1_772_439_600_000
    assert resolved.fingerprint == alert_of(raw("plain")).fingerprint


@pytest.mark.parametrize(
    "change", [{"title": "x"}, {"service": "x"}, {"source": "x"}, {"labels": {"a": "b"}}]
)
def test_source_service_title_and_labels_make_the_fingerprint(change: dict[str, object]) -> None:
    assert plain(**change).fingerprint != alert_of(raw("plain")).fingerprint


def test_a_fingerprint_of_the_sender_replaces_all_else() -> None:
    assert plain(fingerprint="f1").fingerprint == plain(fingerprint="f1", title="x").fingerprint
    assert plain(fingerprint="f1").fingerprint != plain(fingerprint="f2").fingerprint


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("insufficient_data", AlertStatus.NO_DATA),
        ("No Data", AlertStatus.NO_DATA),
        ("OK", AlertStatus.RESOLVED),
        ("triggered", AlertStatus.FIRING),
        ("Alerting", AlertStatus.FIRING),
        ("activated", AlertStatus.FIRING),
        ("down", AlertStatus.FIRING),
        ("closed", AlertStatus.RESOLVED),
        ("Deactivated", AlertStatus.RESOLVED),
        ("healthy", AlertStatus.RESOLVED),
        ("up", AlertStatus.RESOLVED),
        (None, AlertStatus.FIRING),
        ("$STATUS", AlertStatus.FIRING),
    ],
)
def test_each_word_of_a_status_is_known(text: str | None, status: AlertStatus) -> None:
    assert plain(status=text).status is status


def test_the_status_may_be_muted_or_info() -> None:
    assert plain(status="muted").muted == "muted at the source"
    assert plain(status="info").informational


@pytest.mark.parametrize("title", [None, "", "  ", [], "$TITLE", True])
def test_an_alert_without_a_title_is_quarantined(title: object) -> None:
    refusal = refusal_of({"title": title, "service": "cart"})
    assert (refusal.source, refusal.reason) == ("plain", "title is missing")


def test_an_alert_with_an_unknown_status_is_quarantined() -> None:
    refusal = refusal_of({"title": "Slow", "status": "purple"})
    assert refusal.reason == "status is 'purple', not firing, resolved or no_data"


def test_a_number_in_a_text_field_is_read_as_text() -> None:
    alert = alert_of({"title": 42, "account": 111122223333, "startsAt": 1_772_439_330_917})
    assert (alert.title, alert.account, alert.occurred_at) == ("42", "111122223333", HAPPENED)


def test_a_sender_may_call_the_title_name_and_the_status_state() -> None:
    alert = alert_of({"name": "Nightly export", "state": "closed", "labels": {"app": "billing"}})
    assert (alert.source, alert.title, alert.service) == ("plain", "Nightly export", "billing")
    assert alert.status is AlertStatus.RESOLVED
