"""Datadog alerts by webhook and by partner event."""

import json

import pytest

from cloudops.alerts.alert import AlertStatus, Severity
from tests.adapters.event_payloads import ARRIVED, alert_of, payload, raw, refusal_of

TRIGGERED_AT = 1_772_439_330_000


def test_the_template_of_cloudops_fills_every_field_of_the_alert() -> None:
    alert = alert_of(raw("datadog_webhook"))
    assert (alert.source, alert.status) == ("datadog", AlertStatus.FIRING)
    assert (alert.occurred_at, alert.received_at) == (TRIGGERED_AT, ARRIVED)
    assert alert.episode == "8812345678901234567"
    assert alert.title == "[Triggered on {host:ip-10-20-3-4,service:cart}] Requests of cart are slow"
    assert alert.message == "Requests of cart took **2.8 s** on average.\n\n@webhook-cloudops"
    assert str(alert.scope) == "111122223333/prod/eu-central-1"
    assert alert.environment_reason == "tag env"
    assert (alert.service, alert.service_reason) == ("cart", "tag service")
    assert alert.resources == (
        "deployment:cart-api",
        "host:ip-10-20-3-4",
        "pod:cart-api-579b9bff58-t2dbm",
    )
    assert (alert.severity, alert.severity_reason) == (Severity.HIGH, "priority P2")
    assert (alert.namespace, alert.metric) == ("trace", "trace.http.request.duration")
    assert alert.query.endswith("by {service,host} > 2")
    assert alert.kind == "query_alert_monitor"
    assert alert.url == "https://app.datadoghq.eu/event/event?id=7511111111111111111"


def test_the_keys_of_other_templates_are_read() -> None:
    alert = alert_of(raw("datadog_webhook_synonyms"))
    assert (alert.status, alert.severity) == (AlertStatus.FIRING, Severity.MEDIUM)
    assert (alert.service, alert.environment) == ("invoicing", "staging")
    assert alert.message == "Disk of db-1 is nearly full"
    assert alert.url == "https://app.datadoghq.eu/monitors/4712"
    assert alert.resources == ("host:db-1",)


def test_a_variable_that_was_not_filled_in_is_absent() -> None:
    alert = alert_of(raw("datadog_webhook_unexpanded"))
    assert alert.status is AlertStatus.NO_DATA
    assert alert.occurred_at == ARRIVED
    assert (alert.episode, alert.metric, alert.query, alert.kind, alert.url) == ("", "", "", "", "")
    assert alert.resources == ()
    assert alert.message == "No heartbeat for $10 minutes"


def test_the_same_alert_by_partner_bus_and_by_webhook_is_one_alert() -> None:
    webhook, partner = alert_of(raw("datadog_webhook")), alert_of(raw("datadog_partner"))
    for field in ("fingerprint", "occurred_at", "status", "scope", "service", "resources", "metric"):
        assert getattr(partner, field) == getattr(webhook, field), field


def test_the_account_and_region_of_the_event_bus_are_ignored() -> None:
    event = payload("datadog_partner")
    event["detail"]["tags"] = ["host:ip-10-20-3-4", "service:cart"]
    assert str(alert_of(event).scope) == "-/-/-"


@pytest.mark.parametrize(
    ("query", "scope"),
    [
        ("avg(last_5m):avg:system.load.1{env:prod} by {host} > 4", "host:web-1"),
        ('"ntp.in_sync".over("*").by("host").last(2).count_by_status()', "host:web-1"),
        ("avg(last_5m):avg:system.load.1{env:prod} > 4", "env:prod"),
        ("avg(last_5m):avg:system.load.1{*} > 4", "*"),
        ("avg(last_5m):avg:system.load.1{*} > 4", ""),
        (
            "avg(last_5m):avg:system.load.1{*} by {availability-zone,host} > 4",
            "host:web-1,availability-zone:a",
        ),
    ],
)
def test_webhook_and_partner_bus_agree_on_the_group(query: str, scope: str) -> None:
    tags = ["availability-zone:a", "env:prod", "host:web-1", "team:x"]
    webhook = payload("datadog_webhook") | {
        "alert_query": query,
        "alert_scope": scope,
        "tags": ",".join(tags),
    }
    partner = payload("datadog_partner")
    partner["detail"]["meta"]["monitor"]["query"] = query
    partner["detail"]["tags"] = tags
    assert alert_of(webhook).fingerprint == alert_of(partner).fingerprint


def test_each_group_of_a_monitor_is_an_alert_of_its_own() -> None:
    other = payload("datadog_webhook") | {"alert_scope": "host:ip-10-20-3-5,service:cart"}
    assert alert_of(other).fingerprint != alert_of(raw("datadog_webhook")).fingerprint


def test_the_order_of_a_scope_does_not_matter() -> None:
    other = payload("datadog_webhook") | {"alert_scope": "service:cart,host:ip-10-20-3-4"}
    assert alert_of(other).fingerprint == alert_of(raw("datadog_webhook")).fingerprint


def test_monitors_of_two_organizations_are_two_alerts() -> None:
    other = payload("datadog_webhook") | {"org": {"id": "9", "name": "Other"}}
    assert alert_of(other).fingerprint != alert_of(raw("datadog_webhook")).fingerprint


def test_the_aggregation_key_replaces_a_missing_group() -> None:
    base = {"alert_transition": "Triggered", "title": "Slow", "alert_id": "1", "aggreg_key": "a"}
    assert alert_of(base).fingerprint == alert_of(base | {"title": "Still slow"}).fingerprint
    assert alert_of(base).fingerprint != alert_of(base | {"aggreg_key": "b"}).fingerprint


def test_a_composite_monitor_s_group_is_its_scope() -> None:
    base = payload("datadog_webhook") | {"alert_query": "123 && 456", "event_type": "composite_monitor"}
    other = base | {"alert_scope": "host:ip-10-20-3-5"}
    assert alert_of(base).fingerprint != alert_of(other).fingerprint


def test_trigger_and_recovery_without_ids_are_the_same_alert() -> None:
    firing = {"alert_type": "error", "title": "[Triggered on {host:a}] Disk is full"}
    recovered = {"alert_type": "success", "title": "[Recovered on {host:a}] Disk is full"}
    elsewhere = {"alert_type": "error", "title": "[Triggered on {host:b}] Disk is full"}
    assert alert_of(firing).fingerprint == alert_of(recovered).fingerprint
    assert alert_of(firing).fingerprint != alert_of(elsewhere).fingerprint
    assert alert_of(firing).resources == ("host:a",)


@pytest.mark.parametrize(
    ("transition", "status"),
    [
        ("Triggered", AlertStatus.FIRING),
        ("Re-Triggered", AlertStatus.FIRING),
        ("Warn", AlertStatus.FIRING),
        ("Re-Warn", AlertStatus.FIRING),
        ("Renotify", AlertStatus.FIRING),
        ("triggered", AlertStatus.FIRING),
        ("No Data", AlertStatus.NO_DATA),
        ("Re-No Data", AlertStatus.NO_DATA),
        ("Recovered", AlertStatus.RESOLVED),
    ],
)
def test_each_transition_has_its_status(transition: str, status: AlertStatus) -> None:
    assert alert_of(payload("datadog_webhook") | {"alert_transition": transition}).status is status


@pytest.mark.parametrize(
    ("changes", "severity", "reason"),
    [
        ({"priority": "P1"}, Severity.CRITICAL, "priority P1"),
        ({"priority": "P5"}, Severity.LOW, "priority P5"),
        ({"priority": "normal"}, Severity.HIGH, "alert_type error"),
        ({"priority": "", "severity": "sev-3"}, Severity.MEDIUM, "severity sev-3"),
        ({"priority": "", "alert_type": "warning"}, Severity.MEDIUM, "alert_type warning"),
        ({"priority": "", "title": "[P3] [Triggered] Slow"}, Severity.MEDIUM, "title [P3]"),
        ({"priority": "", "alert_type": "success", "alert_transition": "Recovered"}, None, ""),
    ],
)
def test_the_severity_has_a_reason(changes: dict[str, str], severity: Severity | None, reason: str) -> None:
    alert = alert_of(payload("datadog_webhook") | changes)
    assert (alert.severity, alert.severity_reason) == (severity, reason)


def test_a_muted_monitor_is_a_muted_alert() -> None:
    assert alert_of(payload("datadog_webhook") | {"alert_transition": "Muted"}).muted == "muted in Datadog"
    assert alert_of(raw("datadog_webhook")).muted == ""


def test_an_event_of_type_info_is_informational() -> None:
    assert alert_of(payload("datadog_webhook") | {"alert_type": "info"}).informational
    assert not alert_of(raw("datadog_webhook")).informational


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://x y", "//x", 5, None])
def test_only_an_http_address_is_the_url(url: object) -> None:
    assert alert_of(payload("datadog_webhook") | {"link": url, "url": url}).url == ""


@pytest.mark.parametrize("field", ["date", "alert_id", "alert_cycle_key", "monitor_id", "org_id"])
def test_a_number_of_thousands_of_digits_is_ignored(field: str) -> None:
    text = json.dumps(payload("datadog_webhook") | {field: "HUGE"}).replace('"HUGE"', "9" * 5_000)
    assert alert_of(text).occurred_at == TRIGGERED_AT


def test_the_last_update_is_used_if_the_date_is_not_a_time() -> None:
    body = payload("datadog_webhook") | {"date": "soon", "last_updated": 1_772_439_331_000}
    assert alert_of(body).occurred_at == 1_772_439_331_000


def test_a_webhook_without_a_state_is_quarantined_with_the_reason() -> None:
    body = {"alert_id": "1", "title": "Disk is full"}
    reason = "alert_transition is missing, and neither alert_type nor the title shows the state"
    assert refusal_of(body).reason == reason
    unknown = payload("datadog_webhook") | {"alert_transition": "Exploded"}
    assert refusal_of(unknown).reason == "alert_transition is 'Exploded', which is no transition of a monitor"


def test_a_webhook_without_an_id_or_a_title_is_quarantined() -> None:
    refusal = refusal_of({"alert_transition": "Triggered", "event_type": "query_alert_monitor"})
    assert refusal.reason == "alert_id is missing, and no monitor_id, aggreg_key or title names the monitor"
    assert (refusal.source, refusal.received_at) == ("datadog", ARRIVED)


def test_a_partner_event_without_detail_is_quarantined() -> None:
    assert (
        refusal_of(payload("datadog_partner") | {"detail": []}).reason == "detail is missing or not an object"
    )


def test_a_partner_event_without_a_transition_has_the_status_of_its_states() -> None:
    event = payload("datadog_partner")
    del event["detail"]["meta"]["transition"]
    event["detail"]["meta"]["states"]["dest_state"] = "No Data"
    assert alert_of(event).status is AlertStatus.NO_DATA


def test_a_webhook_through_the_event_bus_is_the_same_alert() -> None:
    event = payload("webhook_event")
    assert json.loads(event["detail"]["body"]) == payload("datadog_webhook")
    assert alert_of(event) == alert_of(raw("datadog_webhook"))


def test_every_transition_that_begins_with_recovered_resolves() -> None:
    body = payload("datadog_webhook") | {"alert_transition": "Recovered from No Data"}
    assert alert_of(body).status is AlertStatus.RESOLVED


def test_missing_data_that_datadog_notifies_is_a_problem_by_itself() -> None:
    body = payload("datadog_webhook")
    assert alert_of(body | {"alert_transition": "No Data"}).notify_no_data
    assert not alert_of(body | {"alert_transition": "Triggered"}).notify_no_data
