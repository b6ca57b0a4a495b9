"""The cache of classifications: a changed alert is classified again."""

import pytest
from msgspec.structs import replace

from cloudops.alerts.alert import Alert, AlertStatus, Severity
from cloudops.analysis.classifier import classify
from cloudops.analysis.rules import default_rules
from tests.analysis.cases import described

CHANGES: dict[str, object] = {
    "title": "Out of memory",
    "message": "5xx errors",
    "status": AlertStatus.RESOLVED,
    "labels": {"alertname": "KubePodCrashLooping"},
    "metric": "CPUUtilization",
    "namespace": "AWS/RDS",
    "query": "avg:system.cpu.user{*} > 90",
    "kind": "composite",
    "service": "orders",
    "environment": "staging",
    "source": "alertmanager",
    "severity": Severity.CRITICAL,
    "severity_reason": "label severity",
    "muted": "maintenance",
    "informational": True,
}


@pytest.mark.parametrize("field", CHANGES)
def test_an_alert_with_a_changed_field_is_classified_again(field: str) -> None:
    before = described("Latency is high", "p99 above 800 ms", metric="TargetResponseTime")
    after = replace(before, **{field: CHANGES[field]})
    uncached = replace(after, fingerprint="ffffffffffffffff")
    classify(before, default_rules())
    assert classify(after, default_rules()) == classify(uncached, default_rules())


def test_every_field_that_a_classification_reads_is_compared() -> None:
    ignored = {
        "fingerprint",
        "occurred_at",
        "received_at",
        "started_at",
        "episode",
        "reported_at",
        "notify_no_data",
        "account",
        "account_reason",
        "region",
        "url",
    }
    ignored |= {"environment_reason", "service_reason", "resources", "unit"}
    assert set(CHANGES) == set(Alert.__struct_fields__) - ignored
