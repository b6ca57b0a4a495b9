"""The rules that an alert is read by: rule files merged by id, and compiled so that one pass reads a text."""

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Final

from cloudops.domain.errors import BadInput
from cloudops.domain.meaning import Meaning, parse_meaning
from cloudops.domain.patterns import PatternSet
from cloudops.domain.rulefile import Decision, Rule, RuleFile, SeverityTable, parse_rule_file

PACKAGED: Final = ("rules.toml",)


class RuleSet:
    """Immutable to its users. `rules` and the pattern set run in parallel: pattern i belongs to rule
    `owners[i]`."""

    __slots__ = (
        "alertnames",
        "cloudwatch",
        "decisions",
        "metrics",
        "owners",
        "patterns",
        "rules",
        "severity",
        "technology",
    )

    def __init__(self, merged: RuleFile) -> None:
        self.rules: tuple[Rule, ...] = merged.rule
        self.decisions: tuple[Decision, ...] = merged.decision
        self.severity: SeverityTable = merged.severity
        self.owners = tuple(number for number, rule in enumerate(self.rules) for _ in rule.match)
        self.patterns = PatternSet([pattern for rule in self.rules for pattern in rule.match])
        self.cloudwatch = {
            plain(namespace): {
                plain(metric): _meaning(f"cloudwatch.{namespace!r}", metric, told)
                for metric, told in table.items()
            }
            for namespace, table in merged.cloudwatch.items()
        }
        self.metrics = {plain(name): _meaning("metric", name, told) for name, told in merged.metric.items()}
        self.alertnames = {
            plain(name): _meaning("alertname", name, told) for name, told in merged.alertname.items()
        }
        self.technology = {
            name.lower(): component for component, names in merged.technology.items() for name in names
        }


def load_rules(*texts: str) -> RuleSet:
    """A later text adds to the earlier ones and overrides entries of the same id or name; its new
    decisions are tried before theirs. Raises BadInput that names the place."""
    names = [f"rules[{number}]" for number in range(len(texts))] if len(texts) > 1 else ["rules"]
    return _compiled(parse_rule_file(text, name) for text, name in zip(texts, names, strict=True))


@lru_cache(maxsize=1)
def default_rules() -> RuleSet:
    """The rules that come with the package."""
    return load_rules(*default_rule_texts())


def default_rule_texts() -> tuple[str, ...]:
    """The packaged rule files, for a deployment to load its own on top of them."""
    home = files("cloudops.domain")
    return tuple(home.joinpath(name).read_text("utf-8") for name in PACKAGED)


@lru_cache(maxsize=8192)
def plain(name: str) -> str:
    """A name without case and joints, as vendors spell one metric in several ways."""
    return "".join(filter(str.isalnum, name[:300])).lower()


def _compiled(parsed: Iterable[RuleFile]) -> RuleSet:
    merged = RuleFile()
    for later in parsed:
        merged = _merge(merged, later)
    _check_references(merged)
    return RuleSet(merged)


def _merge(base: RuleFile, later: RuleFile) -> RuleFile:
    rules = {rule.id: rule for rule in base.rule} | {rule.id: rule for rule in later.rule}
    replaced = {decision.id: decision for decision in later.decision}
    known = {decision.id for decision in base.decision}
    added = tuple(decision for decision in later.decision if decision.id not in known)
    cloudwatch = {name: dict(table) for name, table in base.cloudwatch.items()}
    for namespace, table in later.cloudwatch.items():
        cloudwatch.setdefault(namespace, {}).update(table)
    technology = dict(base.technology)
    for component, names in later.technology.items():
        technology[component] = technology.get(component, ()) + names
    return RuleFile(
        rule=tuple(rules.values()),
        decision=added + tuple(replaced.get(decision.id, decision) for decision in base.decision),
        cloudwatch=cloudwatch,
        metric=base.metric | later.metric,
        alertname=base.alertname | later.alertname,
        technology=technology,
        severity=SeverityTable(
            symptom=base.severity.symptom | later.severity.symptom,
            environment=base.severity.environment | later.severity.environment,
        ),
    )


def _meaning(table: str, name: str, sentence: str) -> Meaning:
    try:
        return parse_meaning(sentence)
    except ValueError as error:
        raise BadInput(f"rules: {table}: {name}: {error}", field=f"{table}.{name}") from error


def _check_references(merged: RuleFile) -> None:
    known = {rule.id for rule in merged.rule}
    for rule in merged.rule:
        if missing := [name for name in rule.unless if name not in known]:
            raise BadInput(
                f"rules: rule {rule.id!r}: unless: there is no rule {missing[0]!r}", field="rule.unless"
            )
