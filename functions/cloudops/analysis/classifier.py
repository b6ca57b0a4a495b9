"""What one alert, alone, means to the person on call: symptom, severity, title, and what to try first."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

import msgspec

from cloudops.alerts.alert import Alert, AlertStatus, Severity
from cloudops.analysis.facets import Facets, infer_facets
from cloudops.analysis.model import Analysis, Proposal
from cloudops.analysis.rule_files import DecisionRule, SeverityTable
from cloudops.analysis.rules import RuleSet
from cloudops.analysis.signals import NamedFields, Signal, name_signals, text_signals, vote_of_prose
from cloudops.analysis.text import MAX_MESSAGE, MAX_QUERY, MAX_TITLE, clean_title, lead_and_message
from cloudops.core.bounded_cache import put_bounded
from cloudops.core.taxonomy import Action, Symptom

NOTHING_TO_DO = 0.95
"""How sure it is that an alert which does not fire needs no action."""


class Place(NamedTuple):
    """Where the alert stands: what a deployment's own decisions may ask for."""

    service: str
    environment: str
    source: str


def decide_actions(
    facets: Facets, place: Place, decisions: Iterable[DecisionRule], reasons: Mapping[Action, str]
) -> tuple[Proposal, ...]:
    """The actions of the symptom's first decision that applies, likeliest to help first; never empty.

    The decision says why its first one; `reasons` say when the others may be right instead."""
    for decision in decisions:
        if _applies(decision, facets, place):
            (first, chance), *others = sorted(decision.propose.items(), key=lambda item: -item[1])
            return (
                Proposal(first, chance, (decision.why,)),
                *(Proposal(action, less, (reasons.get(action) or decision.why,)) for action, less in others),
            )
    return (Proposal(Action.NOOP, 0.5, ("no rule proposes an action",)),)


def no_action(reason: str) -> tuple[Proposal, ...]:
    return (Proposal(Action.NOOP, NOTHING_TO_DO, (reason,)),)


def _applies(decision: DecisionRule, facets: Facets, place: Place) -> bool:
    return (
        (not decision.component or facets.component in decision.component)
        and facets.traits.issuperset(decision.traits)
        and facets.traits.isdisjoint(decision.without)
        and (not decision.service or place.service in decision.service)
        and (not decision.environment or place.environment in decision.environment)
        and (not decision.source or place.source in decision.source)
    )


_BY_RANK = tuple(Severity)


def severity_of(
    symptom: Symptom, environment: str, hint: Severity | None, hint_reason: str, table: SeverityTable
) -> tuple[Severity, str]:
    """The severity and the reason for it; `hint` is what the source says."""
    if hint is not None:
        return hint, f"{hint}: {hint_reason or 'as the source says'}"
    base = table.symptom.get(symptom, Severity.MEDIUM)
    step = table.environment.get(environment, 0)
    found = _BY_RANK[min(max(base.rank + step, 0), len(_BY_RANK) - 1)]
    return found, f"{found}: {symptom}{f' in {environment}' if step else ''}"


LONGEST_TITLE: Final = 160
MAX_LABELS: Final = 64
REMEMBERED: Final = 8_192
"""Readings that are kept, because an alarm says the same each time that it fires."""


class _CachedClassification(msgspec.Struct, frozen=True, gc=False):
    """What an alerting thing said last, by which rules, and what that came to."""

    alert: Alert
    rules: RuleSet
    analysis: Analysis


_last_said: dict[str, _CachedClassification] = {}
"""By fingerprint: most alerts of a storm repeat what they said, which is cheaper to compare than to hash."""


class _Read:
    """What names tell. Compared by identity, which makes it a cheap key."""

    __slots__ = ("tells_component", "votes")

    def __init__(self, votes: tuple[Signal, ...]) -> None:
        self.votes = votes
        self.tells_component = any(vote.meaning.component for vote in votes)


class _ClassifierInput(msgspec.Struct, frozen=True):
    """All that an analysis depends on, and nothing else, so that it can be remembered by it."""

    names: _Read
    prose: tuple[Signal, ...]
    lead: tuple[int, ...]
    message: tuple[int, ...]
    title: str
    service: str
    environment: str
    source: str
    severity: Severity | None
    severity_reason: str
    calm: str


def classify(alert: Alert, rules: RuleSet) -> Analysis:
    """Pure: the same alert and rules give the same analysis."""
    said = _last_said.get(alert.fingerprint)
    if said is not None and said.rules is rules and _says_the_same(alert, said.alert):
        return said.analysis
    analysis = _analyse(alert, rules)
    put_bounded(_last_said, alert.fingerprint, _CachedClassification(alert, rules, analysis), REMEMBERED)
    return analysis


def _says_the_same(one: Alert, other: Alert) -> bool:
    """Whether all that an analysis depends on is equal. A test holds that it is all."""
    return (
        one.title == other.title
        and one.message == other.message
        and one.status is other.status
        and (one.labels is other.labels or one.labels == other.labels)
        and one.metric == other.metric
        and one.namespace == other.namespace
        and one.query == other.query
        and one.kind == other.kind
        and one.service == other.service
        and one.environment == other.environment
        and one.source == other.source
        and one.severity is other.severity
        and one.severity_reason == other.severity_reason
        and one.muted == other.muted
        and one.informational is other.informational
    )


def _analyse(alert: Alert, rules: RuleSet) -> Analysis:
    title = alert.title[:MAX_TITLE]
    names = _read_names(_names(alert, title), rules)
    first, lead, message = _read_message(alert.message[:MAX_MESSAGE], rules)
    prose = () if names.tells_component or not first else vote_of_prose(first, rules)
    severity, reason = alert.severity, alert.severity_reason
    if alert.informational:
        severity, reason = Severity.LOW, "informational"
    place = (alert.service, alert.environment, alert.source)
    return _analysis(
        _ClassifierInput(names, prose, lead, message, title, *place, severity, reason, _calm(alert)), rules
    )


def _names(alert: Alert, title: str) -> NamedFields:
    labels = alert.labels
    return NamedFields(
        alert.namespace,
        alert.metric[:MAX_TITLE],
        title,
        alert.query[:MAX_QUERY],
        alert.kind,
        labels.get("alertname", ""),
        labels.get("integration", ""),
        labels.get("job", ""),
        tuple(labels) if len(labels) <= MAX_LABELS else tuple(islice(labels, MAX_LABELS)),
        labels.get("QueueName") or labels.get("queuename") or labels.get("queue") or "",
        alert.service,
    )


@lru_cache(maxsize=REMEMBERED)
def _read_names(names: NamedFields, rules: RuleSet) -> _Read:
    return _Read(tuple(name_signals(names, rules)))


@lru_cache(maxsize=REMEMBERED)
def _read_message(text: str, rules: RuleSet) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """The first sentence, and the rules whose wording stands in it and in the rest."""
    lead, rest = lead_and_message(text)
    return lead, rules.wordings(lead), rules.wordings(rest)


@lru_cache(maxsize=REMEMBERED)
def _analysis(told: _ClassifierInput, rules: RuleSet) -> Analysis:
    found = infer_facets(
        (
            *told.names.votes,
            *told.prose,
            *text_signals("lead", told.lead, rules),
            *text_signals("message", told.message, rules),
        )
    )
    place = Place(told.service, told.environment, told.source)
    severity, why = severity_of(
        found.symptom, told.environment, told.severity, told.severity_reason, rules.severity
    )
    return Analysis(
        symptom=found.symptom,
        severity=severity,
        title=_title(told.title, place),
        proposals=no_action(told.calm)
        if told.calm
        else decide_actions(found, place, rules.decisions_on[found.symptom], rules.reasons_on[found.symptom]),
        evidence=(*found.evidence, why),
        component=found.component,
        traits=tuple(sorted(found.traits)),
    )


def _calm(alert: Alert) -> str:
    """Why nothing is to be done about this alert now, whatever it is about; empty where it fires."""
    if alert.status is not AlertStatus.FIRING:
        return "the alert has no data" if alert.status is AlertStatus.NO_DATA else "the alert has recovered"
    if alert.muted:
        return f"the alert is muted: {alert.muted}"
    return "the alert is informational" if alert.informational else ""


def _title(title: str, place: Place) -> str:
    text = clean_title(title)
    if place.service and place.service.lower() not in text.lower():
        text = f"{text}: {place.service}"
    if place.environment and place.environment.lower() not in text.lower():
        text = f"{text} ({place.environment})"
    return text[:LONGEST_TITLE]
