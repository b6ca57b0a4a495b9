"""What a rule file may say: rules (wording and what it tells), decisions, and tables of known names."""

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
"""Where wording is looked for: the message's first sentence is its `lead`, the rest its `message`; `queue`
is the queue's name."""
FIELDS: Final[tuple[Field, ...]] = ("title", "metric", "query", "lead", "message")
"""Those that a rule is looked for in when it does not say where."""

Probability: TypeAlias = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Strength: TypeAlias = Annotated[float, msgspec.Meta(gt=0.0, le=100.0)]
Patterns: TypeAlias = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"fields": "in"}):
    """Wording, and what it tells: of the symptom, the component that is alarming, and other traits.

    `when` is the direction in which the worded quantity means trouble; met in the other direction the
    rule tells that the thing is idle. `unless` names rules that, found in the same field, are a
    better reading of the same words. `strength` multiplies the field's weight.
    """

    id: str
    why: str
    match: Patterns
    fields: tuple[Field, ...] = FIELDS
    symptom: Symptom | None = None
    component: str = ""
    traits: tuple[str, ...] = ()
    when: Literal["", "high", "low"] = ""
    unless: tuple[str, ...] = ()
    strength: Strength = 1.0


class DecisionRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which actions to propose for an alert that meets every condition given; no condition meets all.

    `traits` must all be there, `without` none. `propose` gives each action's chance to help, 0 to 1.
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
    """Why an action that is not a decision's first may be right all the same: of `any` symptom, or of one."""

    any: str = ""
    symptom: dict[Symptom, str] = {}


class SeverityTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Severity of a symptom where the source gives none, and the steps that an environment adds."""

    symptom: dict[Symptom, Severity] = {}
    environment: dict[str, int] = {}


class RuleFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file, or several merged.

    The tables `cloudwatch` (namespace, then metric), `metric`, `alertname`, `kind` and `label` (a key) give
    known names a meaning such as "disk on node when low". `technology` and `family` (first words of
    metrics) and `job` (Prometheus jobs) list names by the component that they are."""

    rule: tuple[Rule, ...] = ()
    decision: tuple[DecisionRule, ...] = ()
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
_ENTRY = re.compile(r"(rule|decision)\[(\d+)\]\.?(.*)")


class _Fault(NamedTuple):
    field: str
    reason: str


class _Source(NamedTuple):
    """A file as its errors speak of it."""

    name: str
    text: str

    def error(self, table: str, number: int, entry_id: str, fault: _Fault) -> BadInput:
        where = f"{self.name}: line {self._line(table, number)}: {table} {entry_id!r}"
        path = f"{table}[{number}]" + (f".{fault.field}" if fault.field else "")
        return BadInput(": ".join(filter(None, (where, *fault))), field=path)

    def _line(self, table: str, number: int) -> int:
        """The line, from 1, of the Nth (from 0) entry of an array of tables; 0 where it is written inline."""
        header = re.compile(rf"\s*\[\[\s*{table}\s*\]\]")
        lines = [i for i, line in enumerate(self.text.splitlines(), 1) if header.match(line)]
        return lines[number] if number < len(lines) else 0


def parse_rule_file(text: str, name: str) -> RuleFile:
    """Raises BadInput, whose field is the path inside the file, such as `rule[3].match`."""
    source = _Source(name, text)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{name}: not TOML: {error}", field=name) from error
    try:
        parsed = msgspec.convert(raw, RuleFile)
    except msgspec.ValidationError as error:
        raise _bad_shape(source, raw, str(error)) from error
    _check(source, "rule", [(rule.id, _fault_of_rule(rule)) for rule in parsed.rule])
    _check(source, "decision", [(one.id, _fault_of_decision(one)) for one in parsed.decision])
    return parsed


def _check(source: _Source, table: str, entries: list[tuple[str, _Fault | None]]) -> None:
    seen: set[str] = set()
    for number, (entry_id, fault) in enumerate(entries):
        found = _Fault("id", "stands twice in this file") if entry_id in seen else fault
        if found:
            raise source.error(table, number, entry_id, found)
        seen.add(entry_id)


def _fault_of_rule(rule: Rule) -> _Fault | None:
    if bad := first_invalid_pattern(rule.match):
        return _Fault("match", f"pattern {bad[0]!r}: {bad[1]}")
    if not (rule.symptom or rule.component or rule.traits):
        return _Fault("symptom", "the rule tells nothing: give it a symptom, a component or traits")
    return None


def _fault_of_decision(decision: DecisionRule) -> _Fault | None:
    if Action.NOOP not in decision.propose:
        return _Fault("propose", "noop is missing: a person must always be able to choose it")
    return None


def _bad_shape(source: _Source, raw: dict[str, Any], reason: str) -> BadInput:
    """msgspec says what is wrong, and at which path: "Expected `str`, got `int` - at `$.rule[3].id`"."""
    at = _PATH.search(reason)
    message, path = (reason[: at.start()], at[1]) if at else (reason, "")
    if place := _ENTRY.match(path):
        table, number = place[1], int(place[2])
        entry = raw[table][number]
        entry_id = str(entry.get("id", "")) if isinstance(entry, dict) else ""
        return source.error(table, number, entry_id, _Fault(place[3], message))
    return BadInput(": ".join(filter(None, (source.name, path, message))), field=path or source.name)


def merge(base: RuleFile, later: RuleFile) -> RuleFile:
    """New decisions of the later file are tried before the base's; overridden ones keep their place."""
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
        cloudwatch=cloudwatch,
        metric=base.metric | later.metric,
        alertname=base.alertname | later.alertname,
        technology=_joined(base.technology, later.technology),
        family=_joined(base.family, later.family),
        job=_joined(base.job, later.job),
        label=base.label | later.label,
        kind=base.kind | later.kind,
        severity=SeverityTable(
            symptom=base.severity.symptom | later.severity.symptom,
            environment=base.severity.environment | later.severity.environment,
        ),
        reason=base.reason
        | {
            action: _reasoned(base.reason.get(action, Reasons()), told)
            for action, told in later.reason.items()
        },
    )


def check_references(merged: RuleFile, components: Iterable[str], traits: Iterable[str]) -> None:
    """BadInput where a rule or decision asks for something that nothing tells, which is mostly a slip."""
    told = {
        "unless": {rule.id for rule in merged.rule},
        "component": set(components),
        "traits": set(traits),
        "without": set(traits),
    }
    for rule in merged.rule:
        _check_reference(f"rule {rule.id!r}", "unless", rule.unless, told)
    for decision in merged.decision:
        for field, asked in (
            ("component", decision.component),
            ("traits", decision.traits),
            ("without", decision.without),
        ):
            _check_reference(f"decision {decision.id!r}", field, asked, told)


def _check_reference(entry: str, field: str, asked: Iterable[str], told: Mapping[str, set[str]]) -> None:
    for name in asked:
        if name not in told[field]:
            raise BadInput(f"rules: {entry}: {field}: nothing tells {name!r}", field=field)


def _reasoned(base: Reasons, later: Reasons) -> Reasons:
    return Reasons(any=later.any or base.any, symptom=base.symptom | later.symptom)


def _joined(
    base: Mapping[str, tuple[str, ...]], later: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """A name that the later file gives to another component leaves the one it had."""
    moved = {name for names in later.values() for name in names}
    kept = {component: tuple(n for n in names if n not in moved) for component, names in base.items()}
    return {component: kept.get(component, ()) + later.get(component, ()) for component in (*kept, *later)}
