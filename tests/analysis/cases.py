"""Builds alerts as their sources describe them, with defaults for the rest."""

from cloudops.alerts.alert import Alert, AlertStatus, Severity
from cloudops.analysis.classifier import classify
from cloudops.analysis.model import Analysis
from cloudops.analysis.rules import RuleSet, default_rules

SymptomAndAction = tuple[str, str]
"""Symptom and first action."""


def described(
    title: str,
    message: str = "",
    *,
    source: str = "plain",
    metric: str = "",
    namespace: str = "",
    query: str = "",
    kind: str = "",
    labels: dict[str, str] | None = None,
    service: str = "",
    environment: str = "",
    severity: Severity | None = None,
    severity_reason: str = "",
    status: AlertStatus = AlertStatus.FIRING,
    muted: str = "",
    informational: bool = False,
) -> Alert:
    return Alert(
        source=source,
        fingerprint="00112233aabbccdd",
        status=status,
        occurred_at=1_763_900_000_000,
        received_at=1_763_900_000_000,
        title=title,
        message=message,
        metric=metric,
        namespace=namespace,
        query=query,
        kind=kind,
        labels=labels or {},
        service=service,
        environment=environment,
        severity=severity,
        severity_reason=severity_reason,
        muted=muted,
        informational=informational,
    )


def alarm(namespace: str, metric: str, name: str = "alarm", reason: str = "", **dimensions: str) -> Alert:
    """Returns the alert of an alarm; `reason` is "above" or "below" its threshold, or a whole sentence."""
    sentence = {"above": "greater than the threshold (5.0)", "below": "less than the threshold (5.0)"}
    return described(
        name,
        f"Threshold Crossed: 1 datapoint [7.0] was {sentence[reason]}." if reason in sentence else reason,
        source="cloudwatch",
        namespace=namespace,
        metric=metric,
        labels=dimensions,
    )


def monitor(title: str, metric: str, query: str = "", message: str = "", kind: str = "query_alert") -> Alert:
    """Returns the alert of a Datadog monitor."""
    family = metric.partition(".")[0]
    return described(
        title,
        message,
        source="datadog",
        metric=metric,
        namespace=family,
        query=query,
        kind=kind,
        labels={"integration": family},
    )


def prometheus(name: str, summary: str, description: str = "", **labels: str) -> Alert:
    return described(
        f"{name}: {summary}", description, source="alertmanager", labels={"alertname": name, **labels}
    )


def symptom_and_action(alert: Alert, rules: RuleSet | None = None) -> SymptomAndAction:
    analysis = read(alert, rules)
    return analysis.symptom, first(analysis)


def read(alert: Alert, rules: RuleSet | None = None) -> Analysis:
    return classify(alert, rules or default_rules())


def first(analysis: Analysis) -> str:
    return analysis.proposals[0].action


def actions(analysis: Analysis) -> list[str]:
    return [proposal.action for proposal in analysis.proposals]
