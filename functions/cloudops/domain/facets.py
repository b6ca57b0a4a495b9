"""What an alert tells of itself, by weighed votes: its symptom, the component that alarms, its traits."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from cloudops.domain.alert import Alert
from cloudops.domain.meaning import Meaning
from cloudops.domain.rules import RuleSet, plain
from cloudops.domain.suggestion import Symptom
from cloudops.domain.wording import clean_title, lead_and_message, words

KNOWN_NAME: Final = 6.0
"""Weight of a source's own fact, such as a namespace and metric: more than any one field's prose."""

WEIGHTS: Final = {"title": 4.0, "metric": 3.0, "query": 2.0, "lead": 2.0, "message": 1.0}
"""Weight of a wording by the field that it stands in."""

LABEL: Final = 2.0
BELOW: Final = "below"
ABOVE: Final = "above"
IDLE: Final = "idle"

SPECIFIC: Final = (
    Symptom.OOM, Symptom.CERTIFICATE, Symptom.CRASH_LOOP, Symptom.THROTTLING, Symptom.DISK, Symptom.QUEUE_BACKLOG,
    Symptom.AVAILABILITY, Symptom.ERROR_RATE, Symptom.LATENCY, Symptom.SATURATION_MEMORY, Symptom.SATURATION_CPU,
    Symptom.OTHER,
)  # fmt: skip
"""Of equal votes the more specific symptom wins: a crash loop explains errors, not the reverse."""


class Vote(NamedTuple):
    """What one place says. `evidence` is a sentence's worth of words for a person."""

    weight: float
    meaning: Meaning
    evidence: str
    field: str


class Facets(NamedTuple):
    symptom: Symptom
    component: str
    traits: frozenset[str]
    evidence: tuple[str, ...]


def facets(alert: Alert, rules: RuleSet) -> Facets:
    votes = [*_known_names(alert, rules), *_technology(alert, rules), *_wording(alert, rules)]
    traits = {trait for vote in votes for trait in vote.meaning.traits}
    direction = _direction(votes)
    symptom, why_symptom = _symptom(votes, direction, traits)
    component, why_component = _component(votes)
    return Facets(symptom, component, frozenset(traits), tuple(filter(None, (why_symptom, why_component))))


def _known_names(alert: Alert, rules: RuleSet) -> Iterable[Vote]:
    metric = plain(alert.metric)
    table = rules.cloudwatch.get(_namespace(alert))
    if table is not None:
        if component := table.get("component"):
            yield Vote(
                KNOWN_NAME,
                component,
                f"{alert.namespace or alert.metric} is {component.component}",
                "namespace",
            )
        bare = metric.removeprefix(_namespace(alert)) if not alert.namespace else metric
        if meaning := table.get(bare):
            yield Vote(KNOWN_NAME, meaning, f"metric {alert.metric}", "metric name")
    if meaning := rules.metrics.get(metric):
        yield Vote(KNOWN_NAME, meaning, f"metric {alert.metric}", "metric name")
    for name in (alert.labels.get("alertname", ""), alert.title.partition(":")[0]):
        if name and (meaning := rules.alertnames.get(plain(name))):
            yield Vote(KNOWN_NAME, meaning, f"alert name {name}", "alert name")
            break


def _namespace(alert: Alert) -> str:
    """The CloudWatch namespace without joints; Datadog spells AWS/Lambda Errors as aws.lambda.errors."""
    if alert.namespace:
        return plain(alert.namespace)
    first, _, rest = alert.metric.partition(".")
    return plain(first + rest.partition(".")[0]) if first == "aws" else ""


def _technology(alert: Alert, rules: RuleSet) -> Iterable[Vote]:
    known = rules.technology
    parts = alert.metric.lower().replace(".", "_").split("_") if alert.metric else []
    for size in (3, 2, 1):
        if component := known.get(" ".join(parts[:size])):
            yield Vote(
                4.0, Meaning(component=component), f"metric {alert.metric} is of {component}", "metric"
            )
            break
    for text, weight, field in (
        (alert.labels.get("integration", ""), 3.0, "integration"),
        (clean_title(alert.title), 3.0, "title"),
    ):
        spoken = words(text).split()[:40]
        pairs = map(" ".join, zip(spoken, spoken[1:]))
        for name in (*pairs, *spoken):
            if component := known.get(name.strip("[](){},'\"")):
                yield Vote(weight, Meaning(component=component), f"{field} names {name}", field)
                break


def _wording(alert: Alert, rules: RuleSet) -> Iterable[Vote]:
    lead, message = lead_and_message(alert)
    title = clean_title(alert.title)
    for field, text in (
        ("title", words(title)),
        ("metric", words(alert.metric)),
        ("query", alert.query[:600].replace("_", " ")),
        ("lead", lead),
        ("message", message),
    ):
        if not text:
            continue
        found = {rules.owners[number] for number in rules.patterns.matches(text)}
        names = {rules.rules[number].id for number in found}
        for number in sorted(found):
            rule = rules.rules[number]
            if field in rule.fields and names.isdisjoint(rule.unless):
                told = Meaning(rule.symptom, rule.component, rule.when, rule.traits)
                yield Vote(WEIGHTS[field] * rule.strength, told, f"{field}: {rule.id}", field)


def _direction(votes: Sequence[Vote]) -> str:
    for field in ("query", "title", "lead", "message"):
        told = {trait for vote in votes if vote.field == field for trait in vote.meaning.traits}
        if (BELOW in told) != (ABOVE in told):
            return BELOW if BELOW in told else ABOVE
    return ""


def _symptom(votes: Sequence[Vote], direction: str, traits: set[str]) -> tuple[Symptom, str]:
    scores: dict[tuple[Symptom, str], Vote] = {}
    right = {
        v.meaning.symptom for v in votes if v.meaning.symptom and not _opposite(v.meaning.when, direction)
    }
    for vote in votes:
        symptom = vote.meaning.symptom
        if symptom is None:
            continue
        if _opposite(vote.meaning.when, direction):
            if symptom in right:
                continue
            symptom = Symptom.OTHER
            traits.add(IDLE)
        key = (symptom, vote.field)
        if key not in scores or vote.weight > scores[key].weight:
            scores[key] = vote
    totals: dict[Symptom, float] = {}
    for (symptom, _), vote in scores.items():
        totals[symptom] = totals.get(symptom, 0.0) + vote.weight
    if not totals:
        return Symptom.OTHER, ""
    best = max(totals, key=lambda symptom: (totals[symptom], -SPECIFIC.index(symptom)))
    heaviest = max((v for (s, _), v in scores.items() if s is best), key=lambda v: v.weight)
    return best, f"{best}: {heaviest.evidence}"


def _opposite(when: str, direction: str) -> bool:
    return (when == "high" and direction == BELOW) or (when == "low" and direction == ABOVE)


def _component(votes: Sequence[Vote]) -> tuple[str, str]:
    totals: dict[str, float] = {}
    seen: dict[tuple[str, str], float] = {}
    for vote in votes:
        component = vote.meaning.component
        if component:
            key = (component, vote.field)
            gain = max(0.0, vote.weight - seen.get(key, 0.0))
            seen[key] = max(vote.weight, seen.get(key, 0.0))
            totals[component] = totals.get(component, 0.0) + gain
    if not totals:
        return "", ""
    best = max(totals, key=totals.__getitem__)
    heaviest = max((v for v in votes if v.meaning.component == best), key=lambda v: v.weight)
    return best, f"{best}: {heaviest.evidence}"
