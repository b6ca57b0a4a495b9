"""Classifies one alert by itself: symptom, severity, title, and the actions to try first."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

import msgspec

from cloudops.alerts.alert import MONITORING, Alert, AlertStatus, Severity
from cloudops.analysis.facets import Facets, infer_facets
from cloudops.analysis.model import Analysis, Proposal
from cloudops.analysis.rule_files import DecisionRule, SeverityTable
from cloudops.analysis.rules import RuleSet
from cloudops.analysis.signals import NamedFields, Signal, name_signals, prose_signals, text_signals
from cloudops.analysis.text import (
    MAX_READ_MESSAGE,
    MAX_READ_QUERY,
    MAX_READ_TITLE,
    clean_title,
    lead_and_message,
)
from cloudops.core.bounded_cache import put_bounded
from cloudops.core.taxonomy import Action, Symptom

NO_ACTION_PRIOR = 0.95
"""Probability that an alert that does not fire needs no action."""


class Place(NamedTuple):
    """Where the alert comes from: fields that a deployment's own decision rules may test."""

    service: str
    environment: str
    source: str


def decide_actions(
    facets: Facets, place: Place, decisions: Iterable[DecisionRule], reasons: Mapping[Action, str]
) -> tuple[Proposal, ...]:
    """Returns the actions of the first decision rule that applies, the likeliest to help first; never empty.

    Args:
        facets: Symptom, component and traits of the alert.
        place: Service, environment and source of the alert.
        decisions: Decision rules for the symptom, in order.
        reasons: Action -> when it may be right although it is not the rule's first.
    """
    for decision in decisions:
        if _applies(decision, facets, place):
            (first, chance), *others = sorted(decision.propose.items(), key=lambda item: -item[1])
            return (
                Proposal(first, chance, (decision.why,)),
                *(Proposal(action, less, (reasons.get(action) or decision.why,)) for action, less in others),
            )
    return (Proposal(Action.NOOP, 0.5, ("no rule proposes an action",)),)


def no_action(reason: str) -> tuple[Proposal, ...]:
    """Returns the proposal to do nothing, for this reason."""
    return (Proposal(Action.NOOP, NO_ACTION_PRIOR, (reason,)),)


def _applies(decision: DecisionRule, facets: Facets, place: Place) -> bool:
    return (
        (not decision.component or facets.component in decision.component)
        and facets.traits.issuperset(decision.traits)
        and facets.traits.isdisjoint(decision.without)
        and (not decision.service or place.service in decision.service)
        and (not decision.environment or place.environment in decision.environment)
        and (not decision.source or place.source in decision.source)
    )


_SEVERITIES_BY_RANK = tuple(Severity)


def infer_severity(
    symptom: Symptom, environment: str, hint: Severity | None, hint_reason: str, table: SeverityTable
) -> tuple[Severity, str]:
    """Returns the severity and its reason.

    Args:
        symptom: Symptom of the alert.
        environment: Canonical environment.
        hint: Severity as the source reports it; it wins if there is one.
        hint_reason: Why the source reports it.
        table: Severity by symptom, and the steps that an environment adds.
    """
    if hint is not None:
        return hint, f"{hint}: {hint_reason or 'as the source says'}"
    base = table.symptom.get(symptom, Severity.MEDIUM)
    step = table.environment.get(environment, 0)
    severity = _SEVERITIES_BY_RANK[min(max(base.rank + step, 0), len(_SEVERITIES_BY_RANK) - 1)]
    return severity, f"{severity}: {symptom}{f' in {environment}' if step else ''}"


MAX_SHOWN_TITLE: Final = 160
MAX_LABEL_KEYS: Final = 64
CACHE_SIZE: Final = 8_192
"""Classifications in each cache: an alarm sends the same text each time that it fires."""


class _CachedClassification(msgspec.Struct, frozen=True, gc=False):
    """The last alert of one fingerprint, the rules applied to it, and the result."""

    alert: Alert
    rules: RuleSet
    analysis: Analysis


_last_by_fingerprint: dict[str, _CachedClassification] = {}
"""Most alerts of a storm repeat the text of their last delivery: comparing is cheaper than hashing."""


class _NameSignals:
    """The signals of an alert's names. Compared by identity, which makes it a cheap cache key."""

    __slots__ = ("names_component", "signals")

    def __init__(self, signals: tuple[Signal, ...]) -> None:
        self.signals = signals
        self.names_component = any(signal.meaning.component for signal in signals)


class _ClassifierInput(msgspec.Struct, frozen=True):
    """Everything that a classification depends on, and nothing else: its cache key."""

    names: _NameSignals
    prose: tuple[Signal, ...]
    lead: tuple[int, ...]
    message: tuple[int, ...]
    title: str
    service: str
    environment: str
    source: str
    severity: Severity | None
    severity_reason: str
    no_action_reason: str


def classify(alert: Alert, rules: RuleSet) -> Analysis:
    """Classifies an alert. Pure: the same alert and rules give the same analysis; results are cached.

    Args:
        alert: The alert, with its service and place attributed.
        rules: Compiled rules; a RuleSet is compared by identity.

    Returns:
        Symptom, severity, title, proposals (the best first, never empty) and their evidence.
    """
    cached = _last_by_fingerprint.get(alert.fingerprint)
    if cached is not None and cached.rules is rules and _is_same_input(alert, cached.alert):
        return cached.analysis
    analysis = _classify(alert, rules)
    put_bounded(
        _last_by_fingerprint, alert.fingerprint, _CachedClassification(alert, rules, analysis), CACHE_SIZE
    )
    return analysis


def _is_same_input(alert: Alert, other: Alert) -> bool:
    """Returns whether every field that a classification depends on is equal; a test checks the list."""
    return (
        alert.title == other.title
        and alert.message == other.message
        and alert.status is other.status
        and (alert.labels is other.labels or alert.labels == other.labels)
        and alert.metric == other.metric
        and alert.namespace == other.namespace
        and alert.query == other.query
        and alert.kind == other.kind
        and alert.service == other.service
        and alert.environment == other.environment
        and alert.source == other.source
        and alert.severity is other.severity
        and alert.severity_reason == other.severity_reason
        and alert.muted == other.muted
        and alert.informational is other.informational
    )


def _classify(alert: Alert, rules: RuleSet) -> Analysis:
    title = alert.title[:MAX_READ_TITLE]
    names = _read_names(_names(alert, title), rules)
    first, lead, message = _read_message(alert.message[:MAX_READ_MESSAGE], rules)
    prose = () if names.names_component or not first else prose_signals(first, rules)
    severity, reason = alert.severity, alert.severity_reason
    if alert.informational:
        severity, reason = Severity.LOW, "informational"
    place = (alert.service, alert.environment, alert.source)
    normal = rules.normal.reason(alert)
    no_action_reason = _no_action_reason(alert) or (normal and f"this is normal operation, by rule {normal}")
    analysis = _classify_input(
        _ClassifierInput(names, prose, lead, message, title, *place, severity, reason, no_action_reason),
        rules,
    )
    return msgspec.structs.replace(analysis, normal=normal) if normal else analysis


def _names(alert: Alert, title: str) -> NamedFields:
    labels = alert.labels
    return NamedFields(
        alert.namespace,
        alert.metric[:MAX_READ_TITLE],
        title,
        alert.query[:MAX_READ_QUERY],
        alert.kind,
        labels.get("alertname", ""),
        labels.get("integration", ""),
        labels.get("job", ""),
        tuple(labels) if len(labels) <= MAX_LABEL_KEYS else tuple(islice(labels, MAX_LABEL_KEYS)),
        labels.get("QueueName") or labels.get("queuename") or labels.get("queue") or "",
        alert.service,
    )


@lru_cache(maxsize=CACHE_SIZE)
def _read_names(names: NamedFields, rules: RuleSet) -> _NameSignals:
    return _NameSignals(tuple(name_signals(names, rules)))


@lru_cache(maxsize=CACHE_SIZE)
def _read_message(text: str, rules: RuleSet) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """Returns the first sentence, and the numbers of the rules that match it and the rest."""
    lead, rest = lead_and_message(text)
    return lead, rules.match(lead), rules.match(rest)


@lru_cache(maxsize=CACHE_SIZE)
def _classify_input(key: _ClassifierInput, rules: RuleSet) -> Analysis:
    facets = infer_facets(
        (
            *key.names.signals,
            *key.prose,
            *text_signals("lead", key.lead, rules),
            *text_signals("message", key.message, rules),
        )
    )
    place = Place(key.service, key.environment, key.source)
    severity, why = infer_severity(
        facets.symptom, key.environment, key.severity, key.severity_reason, rules.severity
    )
    return Analysis(
        symptom=facets.symptom,
        severity=severity,
        title=_title(key.title, place),
        proposals=no_action(key.no_action_reason)
        if key.no_action_reason
        else decide_actions(
            facets, place, rules.decisions_on[facets.symptom], rules.reasons_on[facets.symptom]
        ),
        evidence=(*facets.evidence, why),
        component=facets.component,
        traits=tuple(sorted(facets.traits)),
    )


_NO_ACTION: Final = {
    AlertStatus.RESOLVED: "the alert has recovered",
    AlertStatus.NO_DATA: "the alert has no data",
    AlertStatus.GONE: "the alert no longer exists in its source",
}


def _no_action_reason(alert: Alert) -> str:
    """Returns why the alert needs no action now, or "" if it fires and is not muted."""
    if alert.status is not AlertStatus.FIRING:
        return _NO_ACTION[alert.status]
    if alert.muted:
        return f"the alert is muted: {alert.muted}"
    if alert.kind == MONITORING:
        return "the monitoring is broken, which says nothing of the services that it monitors"
    return "the alert is informational" if alert.informational else ""


def _title(title: str, place: Place) -> str:
    text = clean_title(title)
    if place.service and place.service.lower() not in text.lower():
        text = f"{text}: {place.service}"
    if place.environment and place.environment.lower() not in text.lower():
        text = f"{text} ({place.environment})"
    return text[:MAX_SHOWN_TITLE]
