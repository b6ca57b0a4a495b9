"""Rules that recognize alerts of normal operation, and that a deployment may change."""

import pytest
from msgspec.structs import replace

from cloudops.alerts.alert import Alert
from cloudops.analysis.classifier import classify
from cloudops.analysis.rules import default_rules, extend_default_rules
from cloudops.core.errors import BadInput
from cloudops.core.taxonomy import Action
from tests.analysis.cases import described


def alert(source: str, title: str, message: str = "", **labels: str) -> Alert:
    return replace(described(title, message), source=source, labels=labels)


@pytest.mark.parametrize(
    ("one", "rule"),
    [
        (alert("cloudwatch", "TargetTracking-billing-asg-AlarmHigh-0a1b"), "target-tracking"),
        (alert("cloudwatch", "TargetTracking-table/billing-ProvisionedCapacityLow-0a1b"), "target-tracking"),
        (
            alert("cloudwatch", "x", "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy arn:aws:y"),
            "target-tracking",
        ),
        (
            alert("cloudwatch", "awseb-e-abc-stack-AWSEBCloudwatchAlarmLow-1X"),
            "beanstalk-scaling",
        ),
        (alert("alertmanager", "DeadMansSwitch", alertname="DeadMansSwitch"), "heartbeat"),
        (alert("alertmanager", "InfoInhibitor", alertname="InfoInhibitor"), "inhibitor"),
        (alert("alertmanager", "TestAlert", alertname="TestAlert"), "test-notification"),
        (alert("datadog", "[TEST] [Triggered] CPU is high"), "datadog-test-notification"),
    ],
)
def test_the_rule_that_recognizes_an_alert_is_its_reason(one: Alert, rule: str) -> None:
    analysis = classify(one, default_rules())
    assert analysis.normal.startswith(f"{rule}: ")
    assert [proposal.action for proposal in analysis.proposals] == [Action.NOOP]


@pytest.mark.parametrize(
    "one",
    [
        alert("cloudwatch", "billing-AlarmHigh-errors"),
        alert("cloudwatch", "TargetTracking dashboard is down"),
        alert(
            "cloudwatch", "billing", "See the note: DO NOT EDIT OR DELETE. For TargetTrackingScaling policy x"
        ),
        alert("datadog", "Watchdog: latency anomaly on billing", alertname="Watchdog"),
        alert("alertmanager", "WatchdogDown", alertname="WatchdogDown"),
        alert("alertmanager", "billing is down", alertname="BillingDown", severity="none"),
    ],
)
def test_an_alert_that_resembles_one_is_not_excluded(one: Alert) -> None:
    assert classify(one, default_rules()).normal == ""


def test_a_deployment_ends_a_rule_and_adds_its_own() -> None:
    rules = extend_default_rules(
        """
        [[normal]]
        id = "heartbeat"
        why = "ended"
        source = ["alertmanager"]
        enabled = false

        [[normal]]
        id = "drill"
        why = "the weekly drill"
        source = ["plain"]
        title = ['^drill ']
        """,
        "own.toml",
    )
    assert classify(alert("alertmanager", "Watchdog", alertname="Watchdog"), rules).normal == ""
    assert classify(alert("plain", "drill of Monday"), rules).normal == "drill: the weekly drill"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("", "the rule meets no alert"),
        ("title = ['(']", "pattern '('"),
        ("tittle = ['x']", "unknown field"),
    ],
)
def test_an_invalid_rule_is_refused_with_its_line(entry: str, reason: str) -> None:
    text = f"[[normal]]\nid = 'a'\nwhy = 'b'\nsource = ['plain']\n{entry}"
    with pytest.raises(BadInput, match="line 1: normal 'a'") as refused:
        extend_default_rules(text, "own.toml")
    assert reason in str(refused.value)
