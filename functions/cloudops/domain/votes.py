"""What each place of an alert says, weighed: the source's own names most, prose least."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from cloudops.domain.meaning import Meaning
from cloudops.domain.rules import RuleSet
from cloudops.domain.wording import MAX_QUERY, clean_title, plain, words

KNOWN_NAME: Final = 20.0
"""A metric or alert name whose meaning is published: more than all prose together."""
NAMESPACE: Final = 10.0
METRIC_FAMILY: Final = 6.0
NAMED_TECHNOLOGY: Final = 3.0
TECHNOLOGY_IN_PROSE: Final = 1.5
LABEL: Final = 2.0
KIND: Final = 1.5
WEIGHTS: Final = {"title": 4.0, "metric": 3.0, "query": 2.0, "lead": 2.0, "message": 1.0, "queue": 4.0}
"""A wording by the field that it stands in."""

MANAGED: Final = Meaning(component="platform")
TELLS_COMPONENT: Final = frozenset({"title", "metric", "lead"})
"""Fields whose words tell what alarms; a query groups by host, and prose names whatever may be the cause."""
EVERYWHERE: Final = "*"
"""The CloudWatch table of metrics that mean the same in every namespace."""


class Vote(NamedTuple):
    """What one place says; of one field only the heaviest vote for a thing counts."""

    weight: float
    meaning: Meaning
    evidence: str
    field: str


class Names(NamedTuple):
    """The parts of an alert that stay the same each time it fires."""

    namespace: str
    metric: str
    title: str
    query: str
    kind: str
    alertname: str
    integration: str
    label_keys: tuple[str, ...]
    queues: tuple[str, ...]


def votes_of_names(names: Names, rules: RuleSet) -> Iterator[Vote]:
    yield from _cloudwatch(names, rules)
    yield from _known(names, rules)
    yield from _technology(names, rules)
    title = clean_title(names.title)
    for field, text in (
        ("title", words(title)),
        ("metric", words(names.metric)),
        ("query", names.query[:MAX_QUERY].replace("_", " ")),
        ("queue", " ".join(names.queues)),
    ):
        yield from votes_of_wording(field, wordings(text, rules), rules)


def wordings(text: str, rules: RuleSet) -> tuple[int, ...]:
    """The numbers of the rules whose wording stands in a text, ascending."""
    if not text:
        return ()
    owners = rules.owners
    return tuple(sorted({owners[number] for number in rules.patterns.matches(text)}))


def votes_of_wording(field: str, found: Sequence[int], rules: RuleSet) -> Iterator[Vote]:
    for number in found:
        rule = rules.rules[number]
        if field in rule.fields and rules.exceptions[number].isdisjoint(found):
            told = rules.meanings[number] if field in TELLS_COMPONENT else rules.apart[number]
            yield Vote(WEIGHTS[field] * rule.strength, told, f"{field}: {rule.why}", field)


def _cloudwatch(names: Names, rules: RuleSet) -> Iterator[Vote]:
    namespace, metric = _cloudwatch_name(names)
    table = rules.cloudwatch.get(plain(namespace)) if namespace else None
    if table and (component := table.get("component")):
        yield Vote(NAMESPACE, component, f"{namespace} is a {component.component}", "namespace")
    elif namespace.startswith("AWS/"):
        yield Vote(NAMESPACE, MANAGED, f"{namespace} is the provider's", "namespace")
    meaning = table.get(plain(metric)) if table else None
    if meaning is None and (table or "/" in namespace):
        meaning = rules.cloudwatch.get(EVERYWHERE, {}).get(plain(metric))
    if meaning:
        yield Vote(KNOWN_NAME, meaning, f"metric {namespace} {metric}", "known metric")


def _cloudwatch_name(names: Names) -> tuple[str, str]:
    """Namespace and metric; Datadog spells AWS/Lambda Errors as aws.lambda.errors."""
    first, _, rest = names.metric.partition(".")
    service, _, metric = rest.partition(".")
    if first == "aws" and metric:
        return f"AWS/{service}", metric
    return names.namespace, names.metric


def _known(names: Names, rules: RuleSet) -> Iterator[Vote]:
    if meaning := rules.metrics.get(plain(names.metric)):
        yield Vote(KNOWN_NAME, meaning, f"metric {names.metric}", "known metric")
    for name in (names.alertname, clean_title(names.title).partition(":")[0]):
        if meaning := rules.alertnames.get(plain(name)):
            yield Vote(KNOWN_NAME, meaning, f"alert name {name}", "alert name")
            break
    if meaning := rules.kinds.get(plain(names.kind)):
        yield Vote(KIND, meaning, f"kind {names.kind}", "kind")
    for key in names.label_keys:
        if meaning := rules.labels.get(plain(key)):
            yield Vote(LABEL, meaning, f"label {key}", "label")


def _technology(names: Names, rules: RuleSet) -> Iterator[Vote]:
    metric = words(names.metric).split() if _has_family(names.metric) else ()
    for size in (3, 2, 1):
        if component := rules.families.get(" ".join(metric[:size])):
            yield Vote(METRIC_FAMILY, component, f"metric {names.metric}", "metric family")
            break
    for field, text in (("integration", names.integration), ("title", clean_title(names.title))):
        if found := _first_technology(words(text).split()[:40], rules):
            name, component = found
            yield Vote(NAMED_TECHNOLOGY, component, f"{field} names {name}", f"{field} technology")


@lru_cache(maxsize=2048)
def vote_of_prose(lead: str, rules: RuleSet) -> tuple[Vote, ...]:
    """The product that a sentence names: for alerts whose names tell of no component."""
    found = _first_technology(words(lead).split()[:40], rules)
    return (Vote(TECHNOLOGY_IN_PROSE, found[1], f"message names {found[0]}", "lead"),) if found else ()


def _has_family(metric: str) -> bool:
    """CloudWatch writes CPUUtilization, of whatever; system.cpu.user and node_load1 begin with their family."""
    return metric[:1].islower()


def _first_technology(spoken: Iterable[str], rules: RuleSet) -> tuple[str, Meaning] | None:
    bare = [word.strip("[](){}<>,;!?'\"*") for word in spoken]
    for one, two in pairwise([*bare, ""]):
        for name in (f"{one} {two}", one):
            if component := rules.technology.get(name):
                return name, component
    return None
