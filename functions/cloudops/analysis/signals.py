"""Signals of an alert: weighted evidence from its names, known names and texts."""

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
"""Weight of a matching pattern, by field."""
COMPONENT_FIELDS: Final = frozenset({"title", "metric", "lead"})
"""Fields whose words name the component. A query groups by host, and prose may name a possible cause."""
TECHNOLOGY_WEIGHT: Final = {"title": 3.0, "integration": 3.0, "lead": 1.5}
"""Weight of a product's name, by field."""
MAX_TECHNOLOGY_WORDS: Final = 40
"""Words of a text in which a product is searched."""
_AROUND_WORDS: Final = "[](){}<>,;!?'\"*"


class Signal(NamedTuple):
    """Evidence of one field for a symptom, a component or traits. `facets` counts the heaviest of each
    field."""

    weight: float
    meaning: FacetSpec
    evidence: str
    field: str


def text_signals(field: str, matched: Sequence[int], rules: RuleSet) -> Iterator[Signal]:
    """Yields the signals of the rules that match a field; `matched` are their numbers."""
    for number in matched:
        rule = rules.rules[number]
        if field in rule.fields and rules.exceptions[number].isdisjoint(matched):
            meaning = rules.meanings[number] if field in COMPONENT_FIELDS else rules.apart[number]
            yield Signal(WEIGHTS[field] * rule.strength, meaning, f"{field}: {rule.why}", field)


def technology_signals(field: str, tokens: str, rules: RuleSet) -> tuple[Signal, ...]:
    """Returns the signal of the first product that the text names, if any."""
    known = rules.technology
    bare = [word.strip(_AROUND_WORDS) for word in tokens.split()[:MAX_TECHNOLOGY_WORDS]]
    for first, second in pairwise((*bare, "")):
        for name in (f"{first} {second}", first):
            if component := known.get(name):
                return (
                    Signal(
                        TECHNOLOGY_WEIGHT[field], component, f"{field} names {name}", f"{field} technology"
                    ),
                )
    return ()


@lru_cache(maxsize=2048)
def prose_signals(lead: str, rules: RuleSet) -> tuple[Signal, ...]:
    """Returns the product in a message's first sentence, for alerts whose names signal no component."""
    return technology_signals("lead", tokenize(lead), rules)


KNOWN_NAME_WEIGHT: Final = 20.0
"""Of a metric or alert name with a published meaning: more than all prose together."""
NAMESPACE_WEIGHT: Final = 10.0
FAMILY_WEIGHT: Final = 6.0
LABEL_WEIGHT: Final = 2.0
KIND_WEIGHT: Final = 1.5

MANAGED: Final = FacetSpec(component="platform")
_LOG_SOURCE: Final = re.compile(r"\bsource:([\w-]{1,60})")
"""The product whose logs a log monitor reads."""
PRODUCTS: Final = frozenset({"datastore", "index", "broker", "middleware", "job"})
"""Components that the first words of an alert name may signal: "Server" in ServerErrors is no machine."""
EVERYWHERE: Final = "*"
"""Key of the CloudWatch table of metrics that mean the same in every namespace."""


class NamedFields(msgspec.Struct, frozen=True):
    """The names in an alert, which stay the same each time it fires.

    `queue` is the queue that it is about; `kind` the monitor's kind, if the source has kinds.
    """

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
    """Yields the signals of all names of an alert."""
    yield from _of_metric(names.namespace, names.metric, rules)
    yield from _of_labels(names.label_keys, rules)
    yield from _of_alert_name(names.alertname, rules)
    if meaning := rules.kinds.get(normalize_name(names.kind)):
        yield Signal(KIND_WEIGHT, meaning, f"kind {names.kind}", "kind")
    yield from technology_signals("integration", tokenize(names.integration), rules)
    yield from _of_namespace(names.namespace, rules)
    if component := rules.jobs.get(tokenize(names.job).strip()):
        yield Signal(TECHNOLOGY_WEIGHT["integration"], component, f"job {names.job}", "job")
    yield from _of_query(names.query, rules)
    yield from text_signals("queue", rules.match(names.queue), rules)
    clean = clean_title(names.title)
    if not names.kind:
        yield from _known(clean.partition(":")[0], rules.alertnames, "alert name")
    yield from _of_title(clean, tokenize(names.service), rules)


@lru_cache(maxsize=2048)
def _of_alert_name(name: str, rules: RuleSet) -> tuple[Signal, ...]:
    """By custom an alert name starts with its product: PrestoHighFailedQueries."""
    known = _known(name, rules.alertnames, "alert name")
    product = _family_of(tokenize(name), rules)
    if product is None or product.component not in PRODUCTS:
        return known
    return (*known, Signal(TECHNOLOGY_WEIGHT["title"], product, f"alert name {name}", "title technology"))


@lru_cache(maxsize=2048)
def _of_namespace(namespace: str, rules: RuleSet) -> tuple[Signal, ...]:
    """Namespaces other than CloudWatch's are named after products: Microsoft.KeyVault/vaults."""
    known = normalize_name(namespace) in rules.cloudwatch or namespace.startswith("AWS/")
    return () if known else technology_signals("integration", tokenize(namespace), rules)


def _of_title(clean: str, service: str, rules: RuleSet) -> Iterator[Signal]:
    """Patterns do not see the service's name: "billing" and "node-api" are services too."""
    tokens = tokenize(clean)
    yield from technology_signals("title", tokens, rules)
    rest = f" {tokens} ".replace(f" {service} ", " ") if service else tokens
    yield from text_signals("title", rules.match(rest.strip()), rules)


@lru_cache(maxsize=2048)
def _of_metric(namespace: str, metric: str, rules: RuleSet) -> tuple[Signal, ...]:
    tokens = tokenize(metric)
    return (
        *_cloudwatch(*_cloudwatch_name(namespace, metric), rules),
        *_known(metric, rules.metrics, "metric"),
        *_family(metric, tokens, rules),
        *text_signals("metric", rules.match(tokens), rules),
    )


@lru_cache(maxsize=2048)
def _of_labels(keys: tuple[str, ...], rules: RuleSet) -> tuple[Signal, ...]:
    known = rules.labels
    return tuple(
        Signal(LABEL_WEIGHT, meaning, f"label {key}", "label")
        for key in keys
        if (meaning := known.get(normalize_name(key)))
    )


@lru_cache(maxsize=2048)
def _of_query(query: str, rules: RuleSet) -> tuple[Signal, ...]:
    source = _LOG_SOURCE.search(query)
    return (
        *technology_signals("integration", tokenize(source[1]) if source else "", rules),
        *text_signals("query", rules.match(query.replace("_", " ")), rules),
    )


def _cloudwatch(namespace: str, metric: str, rules: RuleSet) -> Iterator[Signal]:
    table = rules.cloudwatch.get(normalize_name(namespace)) if namespace else None
    if table and (component := table.get("component")):
        yield Signal(NAMESPACE_WEIGHT, component, f"{namespace} is a {component.component}", "namespace")
    elif namespace.startswith("AWS/"):
        yield Signal(NAMESPACE_WEIGHT, MANAGED, f"{namespace} is the provider's", "namespace")
    meaning = table.get(normalize_name(metric)) if table else None
    if meaning is None and (table or "/" in namespace):
        meaning = rules.cloudwatch.get(EVERYWHERE, {}).get(normalize_name(metric))
    if meaning:
        yield Signal(KNOWN_NAME_WEIGHT, meaning, f"metric {namespace} {metric}", "known name")


def _cloudwatch_name(namespace: str, metric: str) -> tuple[str, str]:
    """Returns namespace and metric; Datadog writes AWS/Lambda Errors as aws.lambda.errors."""
    first, _, rest = metric.partition(".")
    service, _, bare = rest.partition(".")
    return (f"AWS/{service}", bare) if first == "aws" and bare else (namespace, metric)


def _known(name: str, table: Mapping[str, FacetSpec], kind: str) -> tuple[Signal, ...]:
    meaning = table.get(normalize_name(name)) if name else None
    return (Signal(KNOWN_NAME_WEIGHT, meaning, f"{kind} {name}", "known name"),) if meaning else ()


def _family(metric: str, tokens: str, rules: RuleSet) -> tuple[Signal, ...]:
    """system.cpu.user starts with its family; CloudWatch's CPUUtilization does not."""
    component = _family_of(tokens, rules) if metric[:1].islower() else None
    return (Signal(FAMILY_WEIGHT, component, f"metric {metric}", "metric family"),) if component else ()


def _family_of(tokens: str, rules: RuleSet) -> FacetSpec | None:
    """Returns the meaning of the longest family name that the first words form, or None."""
    first = tokens.split()[:3]
    for size in range(len(first), 0, -1):
        if component := rules.families.get(" ".join(first[:size])):
            return component
    return None
