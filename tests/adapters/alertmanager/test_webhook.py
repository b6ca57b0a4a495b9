"""Alerts in Alertmanager's webhook, version 4."""

import json

from cloudops.adapters.payloads.parser import read
from cloudops.alerts.alert import MONITORING, Alert, AlertStatus, Severity, UnparsablePayload
from cloudops.analysis.classifier import classify
from cloudops.analysis.rules import default_rules
from cloudops.core.taxonomy import Action, Symptom
from tests.adapters.event_payloads import ARRIVED, HAPPENED, alert_of, payload, raw


def entry(**changes: object) -> Alert:
    """Returns the first alert of the notification with these fields changed."""
    value = payload("alertmanager")
    value["alerts"] = [value["alerts"][0] | changes]
    return alert_of(value)


def test_each_alert_of_a_notification_is_an_alert() -> None:
    firing, resolved = read(raw("alertmanager"), ARRIVED)
    assert isinstance(firing, Alert)
    assert isinstance(resolved, Alert)
    assert firing.title == resolved.title == "KubePodCrashLooping: Pod is crash looping."
    assert (firing.status, firing.occurred_at) == (AlertStatus.FIRING, HAPPENED)
    assert (resolved.status, resolved.occurred_at) == (AlertStatus.RESOLVED, 1_772_439_300_000)
    assert (resolved.started_at, resolved.episode) == (1_772_434_800_000, "1772434800000")
    assert (firing.service, firing.service_reason) == ("basket-worker", "label pod")
    assert (resolved.service, resolved.service_reason) == ("search", "label pod")
    assert (firing.environment, firing.environment_reason) == ("prod", "label cluster")
    assert firing.resources == ("cluster:prod-eu", "namespace:shop", "pod:basket-worker-6c9f8d7b5d-x2lqk")
    assert (firing.severity, firing.severity_reason) == (Severity.MEDIUM, "label severity")
    assert firing.message == "Pod shop/basket-worker-6c9f8d7b5d-x2lqk is in waiting state."
    assert firing.url == "https://prometheus.example.com/graph?g0.expr=up"
    assert resolved.url == ""


def test_the_fingerprint_is_that_of_alertmanager_else_that_of_the_sorted_labels() -> None:
    labels = {"alertname": "Down", "pod": "a-0"}
    named_a, named_b = entry(fingerprint="a", labels=labels), entry(fingerprint="b", labels=labels)
    assert named_a.fingerprint != named_b.fingerprint
    named = entry(fingerprint="", labels={"alertname": "Down", "pod": "a-0"})
    reordered = entry(fingerprint=None, labels={"pod": "a-0", "alertname": "Down"}, status="resolved")
    other = entry(fingerprint="", labels={"alertname": "Down", "pod": "a-1"})
    assert named.fingerprint == reordered.fingerprint != other.fingerprint


def test_labels_of_an_alert_override_common_labels() -> None:
    alert = entry(labels={"severity": "critical"})
    assert alert.labels["alertname"] == "KubePodCrashLooping"
    assert alert.severity is Severity.CRITICAL


def test_a_malformed_alert_does_not_affect_the_others() -> None:
    value = payload("alertmanager")
    value["alerts"][1:1] = ["text", {"status": "silenced", "labels": {"alertname": "X"}}, None]
    first, second, third, fourth, fifth = read(json.dumps(value), ARRIVED)
    assert isinstance(first, Alert)
    assert isinstance(fifth, Alert)
    refusals = [r for r in (second, third, fourth) if isinstance(r, UnparsablePayload)]
    assert [refusal.reason for refusal in refusals] == [
        "alerts[1]: expected an object, not a string",
        "alerts[2].status is 'silenced', not firing or resolved",
        "alerts[3]: expected an object, not null",
    ]
    assert refusals[1].payload == '{"status":"silenced","labels":{"alertname":"X"}}'


def test_an_alert_without_a_name_is_quarantined() -> None:
    value = {"receiver": "x", "status": "firing", "alerts": [{"labels": {"pod": "a-0"}}]}
    (refusal,) = read(json.dumps(value), ARRIVED)
    assert isinstance(refusal, UnparsablePayload)
    assert refusal.reason == "alerts[0].labels.alertname is missing"


def test_a_single_alert_is_read_for_a_replay() -> None:
    alert = alert_of(payload("alertmanager")["alerts"][0])
    assert (alert.source, alert.service) == ("alertmanager", "basket-worker")


def test_a_severity_of_none_is_informational() -> None:
    watchdog = entry(labels={"alertname": "Watchdog", "severity": "none"})
    assert watchdog.informational
    assert not entry(labels={"alertname": "CPUThrottlingHigh", "severity": "info"}).informational


def test_an_alert_stays_the_same_while_the_exporter_that_measures_it_gets_another_address() -> None:
    labels = {"alertname": "KubeJobFailed", "job": "kube-state-metrics", "job_name": "billing-close-29387520"}
    one = entry(fingerprint="a", labels={**labels, "instance": "10.0.0.1:8080"})
    moved = entry(fingerprint="b", labels={**labels, "instance": "10.0.0.2:8080"})
    other = entry(fingerprint="a", labels={**labels, "instance": "10.0.0.1:8080", "job_name": "billing-open"})
    assert one.fingerprint == moved.fingerprint != other.fingerprint
    assert one.labels["instance"] == "10.0.0.1:8080"


def broken(name: str, **labels: str) -> Alert:
    """Returns Grafana's alert about a rule of billing that it cannot evaluate."""
    rule = {
        "alertname": name,
        "datasource_uid": "P1",
        "service": "billing",
        "env": "prod",
        "severity": "critical",
    }
    annotations = {"summary": "billing errors above 5%", "Error": "connection refused"}
    return entry(labels={**rule, **labels}, annotations=annotations)


def test_a_rule_that_grafana_cannot_evaluate_says_nothing_of_its_service() -> None:
    for name in ("DatasourceError", "DatasourceNoData"):
        alert = broken(name, rulename="billing errors")
        assert (alert.kind, alert.service, alert.environment) == (MONITORING, "", "")
        assert (alert.severity, alert.resources) == (Severity.MEDIUM, ("datasource:P1",))
        assert "billing errors above" not in f"{alert.title} {alert.message}"
        analysis = classify(alert, default_rules())
        assert (analysis.symptom, analysis.proposals[0].action) == (Symptom.AVAILABILITY, Action.NOOP)


def test_each_rule_of_a_broken_data_source_is_an_alert_of_its_own() -> None:
    one, other = broken("DatasourceError", rulename="a"), broken("DatasourceError", rulename="b")
    assert one.fingerprint != other.fingerprint
    assert one.scope == other.scope
