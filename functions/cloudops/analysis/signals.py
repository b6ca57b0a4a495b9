"""What the names of an alert say: its source's own facts first, then the words that names are made of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

import msgspec

from cloudops.analysis.rule_grammar import FacetSpec
from cloudops.analysis.rules import RuleSet
from cloudops.analysis.text import clean_title, normalize_name, tokenize

WEIGHTS: Final = {"title": 4.0, "metric": 3.0, "query": 2.0, "lead": 2.0, "message": 1.0, "queue": 4.0}
"""A wording by the field that it stands in."""
TELLS_COMPONENT: Final = frozenset({"title", "metric", "lead"})
"""Fields whose words tell what alarms; a query groups by host, and prose names whatever may be the cause."""
TECHNOLOGY: Final = {"title": 3.0, "integration": 3.0, "lead": 1.5}
"""A product's name by the field that it stands in."""
MAX_WORDS: Final = 40
_AROUND_WORDS: Final = "[](){}<>,;!?'\"*"


class Signal(NamedTuple):
    """What one place says; of one field only the heaviest vote for a thing counts."""

    weight: float
    meaning: FacetSpec
    evidence: str
    field: str


def text_signals(field: str, found: Sequence[int], rules: RuleSet) -> Iterator[Signal]:
    """What the rules say whose wording stands in the field; `found` are their numbers."""
    for number in found:
        rule = rules.rules[number]
        if field in rule.fields and rules.exceptions[number].isdisjoint(found):
            told = rules.meanings[number] if field in TELLS_COMPONENT else rules.apart[number]
            yield Signal(WEIGHTS[field] * rule.strength, told, f"{field}: {rule.why}", field)


def votes_of_technology(field: str, spoken: str, rules: RuleSet) -> tuple[Signal, ...]:
    """What the first product that is named says."""
    known = rules.technology
    bare = [word.strip(_AROUND_WORDS) for word in spoken.split()[:MAX_WORDS]]
    for one, two in pairwise((*bare, "")):
        for name in (f"{one} {two}", one):
            if component := known.get(name):
                return (Signal(TECHNOLOGY[field], component, f"{field} names {name}", f"{field} technology"),)
    return ()


@lru_cache(maxsize=2048)
def vote_of_prose(lead: str, rules: RuleSet) -> tuple[Signal, ...]:
    """The product that a message's first sentence names: for alerts whose names tell of no component."""
    return votes_of_technology("lead", tokenize(lead), rules)


KNOWN_NAME: Final = 20.0
"""A metric or alert name whose meaning is published: more than all prose together."""
NAMESPACE: Final = 10.0
FAMILY: Final = 6.0
LABEL: Final = 2.0
KIND: Final = 1.5

MANAGED: Final = FacetSpec(component="platform")
_LOG_SOURCE: Final = re.compile(r"\bsource:([\w-]{1,60})")
"""Whose logs a log monitor reads."""
PRODUCTS: Final = frozenset({"datastore", "index", "broker", "middleware", "job"})
"""Components whose words begin an alert's name as a product's only: ServerErrors are no machine's."""
EVERYWHERE: Final = "*"
"""The CloudWatch table of metrics that mean the same in every namespace."""


class NamedFields(msgspec.Struct, frozen=True):
    """The parts of an alert that stay the same each time it fires. `queue` is the one that it is about;
    `kind` its monitor's, where its source has such: there, no title begins with a Prometheus rule."""

    namespace: str
    metric: str
    title: str
    query: str
    kind: str
    alertname: str
    integration: str
    job: str
    label_keys: tuple[str, ...]
    queue: str
    service: str


def name_signals(names: NamedFields, rules: RuleSet) -> Iterator[Signal]:
    yield from _of_metric(names.namespace, names.metric, rules)
    yield from _of_labels(names.label_keys, rules)
    yield from _of_alert_name(names.alertname, rules)
    if meaning := rules.kinds.get(normalize_name(names.kind)):
        yield Signal(KIND, meaning, f"kind {names.kind}", "kind")
    yield from votes_of_technology("integration", tokenize(names.integration), rules)
    yield from _of_namespace(names.namespace, rules)
    if component := rules.jobs.get(tokenize(names.job).strip()):
        yield Signal(TECHNOLOGY["integration"], component, f"job {names.job}", "job")
    yield from _of_query(names.query, rules)
    yield from text_signals("queue", rules.wordings(names.queue), rules)
    clean = clean_title(names.title)
    if not names.kind:
        yield from _known(clean.partition(":")[0], rules.alertnames, "alert name")
    yield from _of_title(clean, tokenize(names.service), rules)


@lru_cache(maxsize=2048)
def _of_alert_name(name: str, rules: RuleSet) -> tuple[Signal, ...]:
    """PrestoHighFailedQueries begins with its product, as is the custom, however English "presto" is."""
    known = _known(name, rules.alertnames, "alert name")
    product = _beginning(tokenize(name), rules)
    if product is None or product.component not in PRODUCTS:
        return known
    return (*known, Signal(TECHNOLOGY["title"], product, f"alert name {name}", "title technology"))


@lru_cache(maxsize=2048)
def _of_namespace(namespace: str, rules: RuleSet) -> tuple[Signal, ...]:
    """Other than CloudWatch's own, namespaces are named after products: Microsoft.KeyVault/vaults."""
    known = normalize_name(namespace) in rules.cloudwatch or namespace.startswith("AWS/")
    return () if known else votes_of_technology("integration", tokenize(namespace), rules)


def _of_title(clean: str, service: str, rules: RuleSet) -> Iterator[Signal]:
    """A service's name is left out where wording is read: "billing" and "node-api" are services too."""
    spoken = tokenize(clean)
    yield from votes_of_technology("title", spoken, rules)
    told = f" {spoken} ".replace(f" {service} ", " ") if service else spoken
    yield from text_signals("title", rules.wordings(told.strip()), rules)


@lru_cache(maxsize=2048)
def _of_metric(namespace: str, metric: str, rules: RuleSet) -> tuple[Signal, ...]:
    spoken = tokenize(metric)
    return (
        *_cloudwatch(*_cloudwatch_name(namespace, metric), rules),
        *_known(metric, rules.metrics, "metric"),
        *_family(metric, spoken, rules),
        *text_signals("metric", rules.wordings(spoken), rules),
    )


@lru_cache(maxsize=2048)
def _of_labels(keys: tuple[str, ...], rules: RuleSet) -> tuple[Signal, ...]:
    known = rules.labels
    return tuple(
        Signal(LABEL, meaning, f"label {key}", "label")
        for key in keys
        if (meaning := known.get(normalize_name(key)))
    )


@lru_cache(maxsize=2048)
def _of_query(query: str, rules: RuleSet) -> tuple[Signal, ...]:
    source = _LOG_SOURCE.search(query)
    return (
        *votes_of_technology("integration", tokenize(source[1]) if source else "", rules),
        *text_signals("query", rules.wordings(query.replace("_", " ")), rules),
    )


def _cloudwatch(namespace: str, metric: str, rules: RuleSet) -> Iterator[Signal]:
    table = rules.cloudwatch.get(normalize_name(namespace)) if namespace else None
    if table and (component := table.get("component")):
        yield Signal(NAMESPACE, component, f"{namespace} is a {component.component}", "namespace")
    elif namespace.startswith("AWS/"):
        yield Signal(NAMESPACE, MANAGED, f"{namespace} is the provider's", "namespace")
    meaning = table.get(normalize_name(metric)) if table else None
    if meaning is None and (table or "/" in namespace):
        meaning = rules.cloudwatch.get(EVERYWHERE, {}).get(normalize_name(metric))
    if meaning:
        yield Signal(KNOWN_NAME, meaning, f"metric {namespace} {metric}", "known name")


def _cloudwatch_name(namespace: str, metric: str) -> tuple[str, str]:
    """Namespace and metric; Datadog spells AWS/Lambda Errors as aws.lambda.errors."""
    first, _, rest = metric.partition(".")
    service, _, bare = rest.partition(".")
    return (f"AWS/{service}", bare) if first == "aws" and bare else (namespace, metric)


def _known(name: str, table: Mapping[str, FacetSpec], kind: str) -> tuple[Signal, ...]:
    meaning = table.get(normalize_name(name)) if name else None
    return (Signal(KNOWN_NAME, meaning, f"{kind} {name}", "known name"),) if meaning else ()


def _family(metric: str, spoken: str, rules: RuleSet) -> tuple[Signal, ...]:
    """system.cpu.user begins with its family; CloudWatch writes CPUUtilization, of whatever."""
    component = _beginning(spoken, rules) if metric[:1].islower() else None
    return (Signal(FAMILY, component, f"metric {metric}", "metric family"),) if component else ()


def _beginning(spoken: str, rules: RuleSet) -> FacetSpec | None:
    """The family that the first words name, the longest name first."""
    first = spoken.split()[:3]
    for size in range(len(first), 0, -1):
        if component := rules.families.get(" ".join(first[:size])):
            return component
    return None
