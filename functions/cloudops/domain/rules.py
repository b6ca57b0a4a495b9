"""The rules that an alert is read by: rule files merged by id, and compiled so that one pass reads a text."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final

from cloudops.domain.errors import BadInput
from cloudops.domain.meaning import Meaning, parse_meaning
from cloudops.domain.patterns import PatternSet
from cloudops.domain.rulefile import Decision, Rule, RuleFile, SeverityTable, parse_rule_file
from cloudops.domain.wording import plain

PACKAGED: Final = (
    "rules.toml",
    "knowledge/cloudwatch.toml",
    "knowledge/technology.toml",
    "knowledge/alertnames.toml",
)


class RuleSet:
    """Immutable to its users. `rules` and the pattern set run in parallel: pattern i belongs to rule
    `owners[i]`."""

    __slots__ = (
        "alertnames",
        "apart",
        "cloudwatch",
        "decisions",
        "exceptions",
        "families",
        "kinds",
        "labels",
        "meanings",
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
        self.meanings = tuple(Meaning(r.symptom, r.component, r.when, r.traits) for r in self.rules)
        self.apart = tuple(Meaning(r.symptom, "", r.when, r.traits) for r in self.rules)
        numbers = {rule.id: number for number, rule in enumerate(self.rules)}
        self.exceptions = tuple(frozenset(numbers[name] for name in rule.unless) for rule in self.rules)
        self.owners = tuple(number for number, rule in enumerate(self.rules) for _ in rule.match)
        self.patterns = PatternSet([pattern for rule in self.rules for pattern in rule.match])
        self.cloudwatch = {
            plain(namespace) or namespace: _meanings(f"cloudwatch.{namespace}", table)
            for namespace, table in merged.cloudwatch.items()
        }
        self.metrics = _meanings("metric", merged.metric)
        self.alertnames = _meanings("alertname", merged.alertname)
        self.kinds = _meanings("kind", merged.kind)
        self.labels = _meanings("label", merged.label)
        self.technology = _components(merged.technology)
        self.families = _components(merged.family) | self.technology

    def wordings(self, text: str) -> tuple[int, ...]:
        """The numbers of the rules whose wording stands in a text, ascending."""
        if not text:
            return ()
        owners = self.owners
        return tuple(sorted({owners[number] for number in self.patterns.matches(text)}))


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
    return RuleFile(
        rule=tuple(rules.values()),
        decision=added + tuple(replaced.get(decision.id, decision) for decision in base.decision),
        cloudwatch=cloudwatch,
        metric=base.metric | later.metric,
        alertname=base.alertname | later.alertname,
        technology=_joined(base.technology, later.technology),
        family=_joined(base.family, later.family),
        label=base.label | later.label,
        kind=base.kind | later.kind,
        severity=SeverityTable(
            symptom=base.severity.symptom | later.severity.symptom,
            environment=base.severity.environment | later.severity.environment,
        ),
    )


def _joined(
    base: Mapping[str, tuple[str, ...]], later: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """A name that the later file gives to another component leaves the one it had."""
    moved = {name for names in later.values() for name in names}
    kept = {component: tuple(n for n in names if n not in moved) for component, names in base.items()}
    return {component: kept.get(component, ()) + later.get(component, ()) for component in (*kept, *later)}


def _components(names: Mapping[str, tuple[str, ...]]) -> dict[str, Meaning]:
    return {name: Meaning(component=component) for component, several in names.items() for name in several}


def _meanings(table: str, sentences: Mapping[str, str]) -> dict[str, Meaning]:
    """By plain name, as vendors spell one name in several ways."""
    told: dict[str, Meaning] = {}
    for name, sentence in sentences.items():
        try:
            told[plain(name)] = parse_meaning(sentence)
        except ValueError as error:
            raise BadInput(f"rules: {table}: {name}: {error}", field=f"{table}.{name}") from error
    return told


def _check_references(merged: RuleFile) -> None:
    known = {rule.id for rule in merged.rule}
    for rule in merged.rule:
        if missing := [name for name in rule.unless if name not in known]:
            raise BadInput(
                f"rules: rule {rule.id!r}: unless: there is no rule {missing[0]!r}", field="rule.unless"
            )
