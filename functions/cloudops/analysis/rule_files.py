"""Rule files: the TOML format of rules, decisions and tables of known names; parsing, checking and
merging."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias

import msgspec

from cloudops.alerts.alert import Severity
from cloudops.analysis.pattern_set import first_invalid_pattern
from cloudops.core.errors import BadInput
from cloudops.core.taxonomy import Action, Symptom

Field: TypeAlias = Literal["title", "metric", "query", "lead", "message", "queue"]
"""Where a pattern is looked for. `lead` is the message's first sentence, `message` the rest, `queue` the
name of the queue."""
DEFAULT_FIELDS: Final[tuple[Field, ...]] = ("title", "metric", "query", "lead", "message")
"""Fields of a rule that names none."""

Probability: TypeAlias = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Strength: TypeAlias = Annotated[float, msgspec.Meta(gt=0.0, le=100.0)]
Patterns: TypeAlias = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"fields": "in"}):
    """Patterns, and the symptom, component and traits that a match signals.

    `when` is the direction in which the quantity means trouble; in the other direction a match signals the
    trait idle. `unless` names rules that are a better reading of the same words if they match the same field.
    `strength` multiplies the field's weight.
    """

    id: str
    why: str
    match: Patterns
    fields: tuple[Field, ...] = DEFAULT_FIELDS
    symptom: Symptom | None = None
    component: str = ""
    traits: tuple[str, ...] = ()
    when: Literal["", "high", "low"] = ""
    unless: tuple[str, ...] = ()
    strength: Strength = 1.0


class NormalRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Alerts that report normal operation and never open an incident.

    An alert meets the rule if it comes from one of `source`, and has one of the alert names or matches a
    pattern in its title or message. `enabled = false` in a later file ends a rule of the package.
    """

    id: str
    why: str
    source: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    alertname: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    message: tuple[str, ...] = ()
    enabled: bool = True


class DecisionRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The actions to propose for an alert that meets every condition. An empty condition is always met.

    All of `traits` must be present and none of `without`. `propose` maps each action to the probability
    that it helps, 0 to 1.
    """

    id: str
    why: str
    propose: dict[Action, Probability]
    symptom: tuple[Symptom, ...] = ()
    component: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


class Reasons(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an action that is not a decision's first may still be right: for `any` symptom, or by symptom."""

    any: str = ""
    symptom: dict[Symptom, str] = {}


class SeverityTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Severity by symptom if the source reports none, and the steps that an environment adds."""

    symptom: dict[Symptom, Severity] = {}
    environment: dict[str, int] = {}


class RuleFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule file, or several merged.

    The tables `cloudwatch` (namespace, then metric), `metric`, `alertname`, `kind` and `label` (a key) map
    known names to a meaning such as "disk on node when low" (see `rule_grammar`). `technology`, `family`
    (first words of metrics) and `job` (Prometheus jobs) list names by component.
    """

    rule: tuple[Rule, ...] = ()
    decision: tuple[DecisionRule, ...] = ()
    normal: tuple[NormalRule, ...] = ()
    cloudwatch: dict[str, dict[str, str]] = {}
    metric: dict[str, str] = {}
    alertname: dict[str, str] = {}
    technology: dict[str, tuple[str, ...]] = {}
    family: dict[str, tuple[str, ...]] = {}
    job: dict[str, tuple[str, ...]] = {}
    label: dict[str, str] = {}
    kind: dict[str, str] = {}
    severity: SeverityTable = SeverityTable()
    reason: dict[Action, Reasons] = {}


_PATH = re.compile(r" - at (?:`key` in )?`\$\.?(.*)`$")
_ENTRY = re.compile(r"(rule|decision|normal)\[(\d+)\]\.?(.*)")


class _Problem(NamedTuple):
    field: str
    reason: str


class _SourceText(NamedTuple):
    """A file, for error messages that name file, line and entry."""

    name: str
    text: str

    def error(self, table: str, number: int, entry_id: str, problem: _Problem) -> BadInput:
        where = f"{self.name}: line {self._line(table, number)}: {table} {entry_id!r}"
        path = f"{table}[{number}]" + (f".{problem.field}" if problem.field else "")
        return BadInput(": ".join(filter(None, (where, *problem))), field=path)

    def _line(self, table: str, number: int) -> int:
        """Returns the line (from 1) of the nth entry (from 0) of an array of tables; 0 if it is written
        inline."""
        header = re.compile(rf"\s*\[\[\s*{table}\s*\]\]")
        lines = [i for i, line in enumerate(self.text.splitlines(), 1) if header.match(line)]
        return lines[number] if number < len(lines) else 0


def parse_rule_file(text: str, name: str) -> RuleFile:
    """Parses and checks one file.

    Raises:
        BadInput: The file is invalid; `field` is the path in it, such as `rule[3].match`.
    """
    source = _SourceText(name, text)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{name}: not TOML: {error}", field=name) from error
    try:
        parsed = msgspec.convert(raw, RuleFile)
    except msgspec.ValidationError as error:
        raise _invalid_file(source, raw, str(error)) from error
    _check(source, "rule", [(rule.id, _problem_of_rule(rule)) for rule in parsed.rule])
    _check(
        source, "decision", [(decision.id, _problem_of_decision(decision)) for decision in parsed.decision]
    )
    _check(source, "normal", [(normal.id, _problem_of_normal(normal)) for normal in parsed.normal])
    return parsed


def _check(source: _SourceText, table: str, entries: list[tuple[str, _Problem | None]]) -> None:
    seen: set[str] = set()
    for number, (entry_id, problem) in enumerate(entries):
        violation = _Problem("id", "is used twice in this file") if entry_id in seen else problem
        if violation:
            raise source.error(table, number, entry_id, violation)
        seen.add(entry_id)


def _problem_of_rule(rule: Rule) -> _Problem | None:
    if bad := first_invalid_pattern(rule.match):
        return _Problem("match", f"pattern {bad[0]!r}: {bad[1]}")
    if not (rule.symptom or rule.component or rule.traits):
        return _Problem("symptom", "the rule has no effect: give it a symptom, a component or traits")
    return None


def _problem_of_decision(decision: DecisionRule) -> _Problem | None:
    if Action.NOOP not in decision.propose:
        return _Problem("propose", "noop is missing: a person must always be able to choose it")
    return None


def _problem_of_normal(normal: NormalRule) -> _Problem | None:
    if bad := first_invalid_pattern((*normal.title, *normal.message)):
        return _Problem("title" if bad[0] in normal.title else "message", f"pattern {bad[0]!r}: {bad[1]}")
    if normal.enabled and not (normal.alertname or normal.title or normal.message):
        return _Problem("alertname", "the rule meets no alert: give it an alertname, a title or a message")
    return None


def _invalid_file(source: _SourceText, raw: dict[str, Any], reason: str) -> BadInput:
    """Adds file, line and entry to msgspec's message, such as "Expected `str`, got `int` - at
    `$.rule[3].id`"."""
    path_match = _PATH.search(reason)
    message, path = (reason[: path_match.start()], path_match[1]) if path_match else (reason, "")
    if entry_match := _ENTRY.match(path):
        table, number = entry_match[1], int(entry_match[2])
        entry = raw[table][number]
        entry_id = str(entry.get("id", "")) if isinstance(entry, dict) else ""
        return source.error(table, number, entry_id, _Problem(entry_match[3], message))
    return BadInput(": ".join(filter(None, (source.name, path, message))), field=path or source.name)


def merge_rule_files(base: RuleFile, later: RuleFile) -> RuleFile:
    """Merges two files. New decisions of the later file go first; overridden entries keep their place."""
    known = {decision.id for decision in base.decision}
    overridden = {decision.id: decision for decision in later.decision}
    added = tuple(decision for decision in later.decision if decision.id not in known)
    rules = {rule.id: rule for rule in (*base.rule, *later.rule)}
    cloudwatch = {namespace: dict(table) for namespace, table in base.cloudwatch.items()}
    for namespace, table in later.cloudwatch.items():
        cloudwatch.setdefault(namespace, {}).update(table)
    return RuleFile(
        rule=tuple(rules.values()),
        decision=added + tuple(overridden.get(decision.id, decision) for decision in base.decision),
        normal=tuple({one.id: one for one in (*base.normal, *later.normal)}.values()),
        cloudwatch=cloudwatch,
        metric=base.metric | later.metric,
        alertname=base.alertname | later.alertname,
        technology=_merge_lists(base.technology, later.technology),
        family=_merge_lists(base.family, later.family),
        job=_merge_lists(base.job, later.job),
        label=base.label | later.label,
        kind=base.kind | later.kind,
        severity=SeverityTable(
            symptom=base.severity.symptom | later.severity.symptom,
            environment=base.severity.environment | later.severity.environment,
        ),
        reason=base.reason
        | {
            action: _merge_reasons(base.reason.get(action, Reasons()), reasons)
            for action, reasons in later.reason.items()
        },
    )


def check_references(merged: RuleFile, components: Iterable[str], traits: Iterable[str]) -> None:
    """Checks that every name in a condition is one that some rule signals.

    Raises:
        BadInput: A name is unknown, usually a typing error.
    """
    known = {
        "unless": {rule.id for rule in merged.rule},
        "component": set(components),
        "traits": set(traits),
        "without": set(traits),
    }
    for rule in merged.rule:
        _check_reference(f"rule {rule.id!r}", "unless", rule.unless, known)
    for decision in merged.decision:
        for field, names in (
            ("component", decision.component),
            ("traits", decision.traits),
            ("without", decision.without),
        ):
            _check_reference(f"decision {decision.id!r}", field, names, known)


def _check_reference(entry: str, field: str, names: Iterable[str], known: Mapping[str, set[str]]) -> None:
    for name in names:
        if name not in known[field]:
            raise BadInput(f"rules: {entry}: {field}: no rule signals {name!r}", field=field)


def _merge_reasons(base: Reasons, later: Reasons) -> Reasons:
    return Reasons(any=later.any or base.any, symptom=base.symptom | later.symptom)


def _merge_lists(
    base: Mapping[str, tuple[str, ...]], later: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Merges lists of names by component. The later file may move a name to another component."""
    moved = {name for names in later.values() for name in names}
    remaining = {component: tuple(n for n in names if n not in moved) for component, names in base.items()}
    return {
        component: remaining.get(component, ()) + later.get(component, ())
        for component in (*remaining, *later)
    }
