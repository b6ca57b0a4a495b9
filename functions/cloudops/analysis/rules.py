"""Compiled rules: one pass matches a text, one look-up reads a known name."""

from collections.abc import Mapping, Sequence
from functools import lru_cache, reduce
from importlib.resources import files
from typing import Final

from cloudops.analysis.normal_operation import NormalOperation
from cloudops.analysis.pattern_set import PatternSet
from cloudops.analysis.rule_files import (
    DecisionRule,
    RuleFile,
    check_references,
    merge_rule_files,
    parse_rule_file,
)
from cloudops.analysis.rule_grammar import IDLE, UNKNOWN, FacetSpec, parse_meaning
from cloudops.analysis.text import normalize_name
from cloudops.core.errors import BadInput
from cloudops.core.taxonomy import Action, Symptom

PACKAGED: Final = (
    "rules.toml",
    "normal_operation.toml",
    "knowledge/words.toml",
    "knowledge/cloudwatch.toml",
    "knowledge/technology.toml",
    "knowledge/alertnames.toml",
)


class RuleSet:
    """Merged and compiled rule files. Immutable to its users.

    `meanings`, `apart` (the same without a component) and `exceptions` (numbers of the rules that are a
    better reading) run parallel to `rules`; pattern i belongs to rule `owners[i]`. `decisions_on` maps a
    symptom to the
    decisions that it can meet, in order; `reasons_on` to the reasons for actions that are not a decision's
    first. The tables of known names are keyed by normalized name.
    """

    def __init__(self, merged: RuleFile) -> None:
        self.rules = merged.rule
        self.severity = merged.severity
        self.meanings = tuple(FacetSpec(r.symptom, r.component, r.when, r.traits) for r in self.rules)
        self.apart = tuple(FacetSpec(r.symptom, "", r.when, r.traits) for r in self.rules)
        self.decisions = merged.decision
        self.normal = NormalOperation(merged.normal)
        self.decisions_on: dict[Symptom, tuple[DecisionRule, ...]] = {
            symptom: tuple(
                decision
                for decision in merged.decision
                if not decision.symptom or symptom in decision.symptom
            )
            for symptom in Symptom
        }
        self.reasons_on = {symptom: _reasons(merged, symptom) for symptom in Symptom}
        self.cloudwatch = {
            normalize_name(namespace) or namespace: _meanings(f"cloudwatch.{namespace}", table)
            for namespace, table in merged.cloudwatch.items()
        }
        self.metrics = _meanings("metric", merged.metric)
        self.alertnames = _meanings("alertname", merged.alertname)
        self.kinds = _meanings("kind", merged.kind)
        self.labels = _meanings("label", merged.label)
        self.technology = _components(merged.technology)
        self.families = _components(merged.family) | self.technology
        self.jobs = _components(merged.job)
        signaled = self._all_meanings()
        check_references(
            merged,
            {UNKNOWN, *(meaning.component for meaning in signaled)},
            {IDLE, *(trait for meaning in signaled for trait in meaning.traits)},
        )
        numbers = {rule.id: number for number, rule in enumerate(self.rules)}
        self.exceptions = tuple(frozenset(numbers[name] for name in rule.unless) for rule in self.rules)
        self.owners = tuple(number for number, rule in enumerate(self.rules) for _ in rule.match)
        self.patterns = PatternSet([pattern for rule in self.rules for pattern in rule.match])

    def match(self, text: str) -> tuple[int, ...]:
        """Returns the numbers of the rules that match a text, ascending."""
        if not text:
            return ()
        owners = self.owners
        return tuple(sorted({owners[number] for number in self.patterns.matches(text)}))

    def _all_meanings(self) -> list[FacetSpec]:
        tables = (self.metrics, self.alertnames, self.kinds, self.labels, self.families, self.jobs)
        return [
            *self.meanings,
            *(meaning for table in (*tables, *self.cloudwatch.values()) for meaning in table.values()),
        ]


def load_rules(*texts: str, names: Sequence[str] = ()) -> RuleSet:
    """Compiles rule files. A later text adds to the earlier ones and overrides entries of the same id or
    name.

    Args:
        texts: Contents of rule files, in TOML.
        names: What error messages call the texts; by default "rules 1" and so on.

    Raises:
        BadInput: A text is invalid; names file, line and entry.
    """
    called = names or [f"rules {number}" for number in range(1, len(texts) + 1)]
    parsed = [parse_rule_file(text, name) for text, name in zip(texts, called, strict=True)]
    return RuleSet(reduce(merge_rule_files, parsed, RuleFile()))


@lru_cache(maxsize=1)
def default_rules() -> RuleSet:
    """Returns the compiled rules of the package; compiled once a process."""
    return load_rules(*default_rule_texts(), names=PACKAGED)


def default_rule_texts() -> tuple[str, ...]:
    """Returns the contents of the packaged rule files."""
    home = files("cloudops.analysis")
    return tuple(home.joinpath(name).read_text("utf-8") for name in PACKAGED)


def extend_default_rules(text: str, name: str) -> RuleSet:
    """Compiles a deployment's own rules on top of the packaged ones."""
    return load_rules(*default_rule_texts(), text, names=(*PACKAGED, name))


def _reasons(merged: RuleFile, symptom: Symptom) -> dict[Action, str]:
    return {action: reasons.symptom.get(symptom, reasons.any) for action, reasons in merged.reason.items()}


def _components(names: Mapping[str, tuple[str, ...]]) -> dict[str, FacetSpec]:
    return {name: FacetSpec(component=component) for component, members in names.items() for name in members}


def _meanings(table: str, phrases: Mapping[str, str]) -> dict[str, FacetSpec]:
    """Returns the meanings by normalized name: vendors spell one name in several ways."""
    meanings: dict[str, FacetSpec] = {}
    for name, phrase in phrases.items():
        try:
            meanings[normalize_name(name)] = parse_meaning(phrase)
        except ValueError as error:
            raise BadInput(f"rules: {table}: {name}: {error}", field=f"{table}.{name}") from error
    return meanings
