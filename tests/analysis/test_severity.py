"""Severity and title of an alert."""

import pytest

from cloudops.alerts.alert import Severity
from tests.analysis.cases import described, read


def test_the_severity_of_the_source_wins() -> None:
    analysis = read(
        described("OOMKilled", severity=Severity.LOW, severity_reason="priority P4", environment="prod")
    )
    assert (analysis.severity, analysis.evidence[-1]) == ("low", "low: priority P4")


@pytest.mark.parametrize(
    ("title", "environment", "expected"),
    [
        ("checkout OOMKilled", "prod", "critical"),
        ("checkout OOMKilled", "", "high"),
        ("checkout OOMKilled", "staging", "medium"),
        ("CPU high", "prod", "high"),
        ("CPU high", "dev", "low"),
        ("Something odd", "prod", "medium"),
        ("Something odd", "dev", "low"),
    ],
)
def test_without_a_severity_symptom_and_environment_decide(
    title: str, environment: str, expected: str
) -> None:
    assert read(described(title, environment=environment)).severity == expected


def test_a_severity_has_its_reason_in_the_evidence() -> None:
    assert read(described("CPU high", environment="prod")).evidence[-1] == "high: saturation_cpu in prod"


def test_an_informational_alert_is_low_whatever_its_priority() -> None:
    analysis = read(
        described("5xx errors", informational=True, severity=Severity.CRITICAL, environment="prod")
    )
    assert (analysis.severity, analysis.evidence[-1]) == ("low", "low: informational")


@pytest.mark.parametrize(
    ("title", "service", "environment", "expected"),
    [
        ("[Triggered on {host:a,env:b}] CPU high", "web", "prod", "CPU high: web (prod)"),
        ("[P2] [Re-Triggered] %%% CPU {{value}} high", "", "", "[P2] CPU high"),
        ("[FIRING:2] HighErrorRate checkout", "checkout", "prod", "HighErrorRate checkout (prod)"),
        ("prod-checkout-5xx", "checkout", "prod", "prod-checkout-5xx"),
        ("$ALERT_TITLE", "web", "", "Untitled alert: web"),
    ],
)
def test_a_title_is_cleaned_and_names_service_and_environment(
    title: str, service: str, environment: str, expected: str
) -> None:
    assert read(described(title, service=service, environment=environment)).title == expected
