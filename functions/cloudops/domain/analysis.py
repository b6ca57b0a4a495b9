"""What one alert, alone, means to the person on call: symptom, severity, title, and what to try first."""

from functools import lru_cache

from cloudops.domain.alert import Alert, AlertStatus
from cloudops.domain.facets import Facets, facets
from cloudops.domain.rulefile import Decision
from cloudops.domain.rules import RuleSet
from cloudops.domain.severity import severity_of
from cloudops.domain.suggestion import Action, Analysis, Proposal
from cloudops.domain.votes import Names, Vote, vote_of_prose, votes_of_names, votes_of_wording, wordings
from cloudops.domain.wording import clean_title, lead_and_message

MAX_TITLE = 160
_QUEUES = ("queue:", "topic:", "stream:")


def analyse(alert: Alert, rules: RuleSet) -> Analysis:
    """Pure: the same alert and rules give the same analysis. What an alarm says each time it fires is read
    once and remembered, in a bounded number."""
    lead, message = lead_and_message(alert.message)
    names = _names(alert)
    prose = () if _tells_component(names, rules) else vote_of_prose(lead, rules)
    found = _facets(names, prose, wordings(lead, rules), wordings(message, rules), rules)
    severity, why_severity = severity_of(alert, found.symptom, rules.severity)
    return Analysis(
        symptom=found.symptom,
        severity=severity,
        title=_title(alert.title, alert.service, alert.environment),
        proposals=_proposals(alert, found, rules),
        evidence=(*found.evidence, why_severity),
        component=found.component,
        traits=tuple(sorted(found.traits)),
    )


def _names(alert: Alert) -> Names:
    labels = alert.labels
    return Names(
        namespace=alert.namespace,
        metric=alert.metric,
        title=alert.title,
        query=alert.query,
        kind=alert.kind,
        alertname=labels.get("alertname", ""),
        integration=labels.get("integration", ""),
        label_keys=tuple(labels),
        queues=tuple(name for name in alert.resources if name.startswith(_QUEUES)),
    )


@lru_cache(maxsize=4096)
def _named(names: Names, rules: RuleSet) -> tuple[Vote, ...]:
    return tuple(votes_of_names(names, rules))


@lru_cache(maxsize=4096)
def _tells_component(names: Names, rules: RuleSet) -> bool:
    return any(vote.meaning.component for vote in _named(names, rules))


@lru_cache(maxsize=8192)
def _facets(
    names: Names, prose: tuple[Vote, ...], lead: tuple[int, ...], message: tuple[int, ...], rules: RuleSet
) -> Facets:
    return facets(
        (
            *_named(names, rules),
            *prose,
            *votes_of_wording("lead", lead, rules),
            *votes_of_wording("message", message, rules),
        )
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
        and (not decision.component or found.component in decision.component)
        and found.traits.issuperset(decision.traits)
        and found.traits.isdisjoint(decision.without)
        and (not decision.service or alert.service in decision.service)
        and (not decision.environment or alert.environment in decision.environment)
        and (not decision.source or alert.source in decision.source)
    )


@lru_cache(maxsize=4096)
def _title(title: str, service: str, environment: str) -> str:
    text = clean_title(title)
    if service and service.lower() not in text.lower():
        text = f"{text}: {service}"
    if environment and environment.lower() not in text.lower():
        text = f"{text} ({environment})"
    return text[:MAX_TITLE]
