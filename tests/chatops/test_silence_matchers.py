"""The matchers of a silence that is created from an incident."""

import pytest

from cloudops.alerts.alert import AlertStatus, Scope, Severity
from cloudops.chatops.actions import MAX_PATTERN, silence_matchers_for
from cloudops.core.errors import Conflict
from cloudops.core.taxonomy import Symptom
from cloudops.incidents.incident import AlertSample
from tests.fakes.incident_factory import NOON, an_incident


def matchers(**fields: object) -> list[str]:
    return [str(one) for one in silence_matchers_for(an_incident("checkout", **fields))]


def test_one_service_is_matched_with_its_environment() -> None:
    assert matchers() == ["service=checkout", "environment=prod"]


def test_several_services_are_one_pattern_of_escaped_names() -> None:
    assert matchers(services=("checkout", "pay.v2")) == [r"service=~checkout|pay\.v2", "environment=prod"]


def test_without_an_environment_the_silence_holds_in_all() -> None:
    assert matchers(scope=Scope("1", "", "eu-west-1")) == ["service=checkout"]


def test_without_a_service_the_alerts_are_matched_by_fingerprint() -> None:
    sample = AlertSample(
        fingerprint="f1",
        title="disk is full",
        service="",
        source="datadog",
        status=AlertStatus.FIRING,
        severity=Severity.HIGH,
        symptom=Symptom.DISK,
        occurred_at=NOON,
    )
    assert matchers(services=(), samples=(sample,))[0] == "fingerprint=f1"


def test_a_pattern_that_is_too_long_is_cut_between_two_names() -> None:
    (pattern, _) = silence_matchers_for(
        an_incident("checkout", services=tuple(f"service-{n:04}" for n in range(200)))
    )
    assert len(pattern.value) <= MAX_PATTERN
    assert pattern.value.split("|")[-1][-4:].isdigit()


def test_an_incident_without_service_and_alerts_cannot_be_silenced() -> None:
    with pytest.raises(Conflict):
        silence_matchers_for(an_incident("checkout", services=(), samples=()))
