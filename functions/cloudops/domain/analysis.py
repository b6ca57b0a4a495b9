"""What one alert, alone, means to the person on call: symptom, severity, title, and what to try first."""

from cloudops.domain.alert import Alert, AlertStatus
from cloudops.domain.facets import Facets, facets
from cloudops.domain.rulefile import Decision
from cloudops.domain.rules import RuleSet
from cloudops.domain.severity import severity_of
from cloudops.domain.suggestion import Action, Analysis, Proposal
from cloudops.domain.wording import clean_title

MAX_TITLE = 160


def analyse(alert: Alert, rules: RuleSet) -> Analysis:
    """Pure: the same alert and rules give the same analysis."""
    found = facets(alert, rules)
    severity, why_severity = severity_of(alert, found.symptom, rules.severity)
    return Analysis(
        symptom=found.symptom,
        severity=severity,
        title=_title(alert),
        proposals=_proposals(alert, found, rules),
        evidence=(*found.evidence, why_severity),
        component=found.component,
        traits=tuple(sorted(found.traits)),
    )


def _proposals(alert: Alert, found: Facets, rules: RuleSet) -> tuple[Proposal, ...]:
    if calm := _calm(alert):
        return (Proposal(Action.NOOP, 0.95, (calm,)),)
    for decision in rules.decisions:
        if _applies(decision, alert, found):
            ranked = sorted(decision.propose.items(), key=lambda item: -item[1])
            return tuple(Proposal(action, chance, (decision.why,)) for action, chance in ranked)
    return (Proposal(Action.NOOP, 0.5, ("no rule proposes an action",)),)


def _calm(alert: Alert) -> str:
    """Why nothing is to be done about this alert now, whatever it is about; empty where it fires."""
    if alert.status is AlertStatus.RESOLVED:
        return "the alert has recovered"
    if alert.status is AlertStatus.NO_DATA:
        return "the alert has no data"
    if alert.muted:
        return f"the alert is muted: {alert.muted}"
    return "the alert is informational" if alert.informational else ""


def _applies(decision: Decision, alert: Alert, found: Facets) -> bool:
    return (
        (not decision.symptom or found.symptom in decision.symptom)
        and (not decision.component or (found.component or "unknown") in decision.component)
        and found.traits.issuperset(decision.traits)
        and found.traits.isdisjoint(decision.without)
        and (not decision.service or alert.service in decision.service)
        and (not decision.environment or alert.environment in decision.environment)
        and (not decision.source or alert.source in decision.source)
    )


def _title(alert: Alert) -> str:
    title = clean_title(alert.title)
    if alert.service and alert.service.lower() not in title.lower():
        title = f"{title}: {alert.service}"
    if alert.environment and alert.environment.lower() not in title.lower():
        title = f"{title} ({alert.environment})"
    return title[:MAX_TITLE]
