"""What a rule file says, checked against its shape: TOML text in, one frozen `RuleFile` out."""

import re
import tomllib
from typing import Any, Final

import msgspec

from cloudops.domain.alert import Severity
from cloudops.domain.errors import BadInput
from cloudops.domain.patterns import fault_of
from cloudops.domain.suggestion import Action, Symptom

FIELDS: Final = ("title", "metric", "query", "lead", "message")
"""Where wording is looked for: the message's first sentence is its `lead`, the rest its `message`."""
QUEUE: Final = "queue"
"""The names of the queues, topics and streams: people's words, so read only by rules that ask for them."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"fields": "in"}):
    """Wording, and what it tells: of the symptom, the component that is alarming, and other traits.

    `when` is the direction in which the worded quantity means trouble; met in the other direction the
    rule tells that the thing is idle. `unless` names rules that, found in the same field, are a
    better reading of the same words. `strength` multiplies the field's weight.
    """

    id: str
    why: str
    match: tuple[str, ...]
    fields: tuple[str, ...] = FIELDS
    symptom: Symptom | None = None
    component: str = ""
    traits: tuple[str, ...] = ()
    when: str = ""
    unless: tuple[str, ...] = ()
    strength: float = 1.0


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which actions to propose for an alert that meets every condition given; no condition meets all.

    `traits` must all be there, `without` none. `propose` gives each action's chance to help, 0 to 1.
    """

    id: str
    why: str
    propose: dict[Action, float]
    symptom: tuple[Symptom, ...] = ()
    component: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


class SeverityTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Severity of a symptom where the source gives none, and the steps that an environment adds."""

    symptom: dict[Symptom, Severity] = {}
    environment: dict[str, int] = {}


class RuleFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file. The tables `cloudwatch` (namespace, then metric), `metric`, `alertname`, `kind` and `label`
    (a key) give known names a meaning such as "disk on node when low"; `technology` lists names by the component they are."""

    rule: tuple[Rule, ...] = ()
    decision: tuple[Decision, ...] = ()
    cloudwatch: dict[str, dict[str, str]] = {}
    metric: dict[str, str] = {}
    alertname: dict[str, str] = {}
    technology: dict[str, tuple[str, ...]] = {}
    family: dict[str, tuple[str, ...]] = {}
    label: dict[str, str] = {}
    kind: dict[str, str] = {}
    severity: SeverityTable = SeverityTable()


def parse_rule_file(text: str, name: str = "rules") -> RuleFile:
    """Raises BadInput that names the file, the rule's id and line, and the field."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{name}: not TOML: {error}", field=name) from error
    try:
        parsed = msgspec.convert(raw, RuleFile)
    except msgspec.ValidationError as error:
        raise _bad_shape(name, text, raw, str(error)) from error
    for number, rule in enumerate(parsed.rule):
        _check(name, text, "rule", number, rule.id, _faults_of_rule(rule))
    for number, decision in enumerate(parsed.decision):
        _check(name, text, "decision", number, decision.id, _faults_of_decision(decision))
    return parsed


def _faults_of_rule(rule: Rule) -> tuple[str, str] | None:
    """The field at fault and what is wrong with it."""
    if not rule.match:
        return "match", "needs at least one pattern"
    for pattern in rule.match:
        if fault := fault_of(pattern):
            return "match", f"pattern {pattern!r}: {fault}"
    if unknown := set(rule.fields) - {*FIELDS, QUEUE}:
        return "in", f"{', '.join(sorted(unknown))} is not one of {', '.join(FIELDS)}, {QUEUE}"
    if rule.when not in {"", "high", "low"}:
        return "when", f"{rule.when!r} is neither high nor low"
    if not (rule.symptom or rule.component or rule.traits):
        return "symptom", "the rule tells nothing: give it a symptom, a component or traits"
    return None


def _faults_of_decision(decision: Decision) -> tuple[str, str] | None:
    if Action.NOOP not in decision.propose:
        return "propose", "noop is missing: a person must always be able to choose it"
    for action, chance in decision.propose.items():
        if not 0.0 <= chance <= 1.0:
            return "propose", f"{action} = {chance} is not between 0 and 1"
    return None


def _check(
    name: str, text: str, table: str, number: int, rule_id: str, fault: tuple[str, str] | None
) -> None:
    if fault:
        field, reason = fault
        where = f"{name}: line {_line_of(text, table, number)}: {table} {rule_id!r}"
        raise BadInput(f"{where}: {field}: {reason}", field=f"{table}[{number}].{field}")


def _bad_shape(name: str, text: str, raw: dict[str, Any], reason: str) -> BadInput:
    message, _, path = reason.partition(" - at `$")
    path = path.rstrip("`").lstrip(".")
    if place := re.match(r"(rule|decision)\[(\d+)\]\.?(.*)", path):
        table, number, field = place[1], int(place[2]), place[3]
        rule_id = raw[table][number].get("id", "")
        where = f"{name}: line {_line_of(text, table, number)}: {table} {rule_id!r}"
        return BadInput(": ".join(filter(None, (where, field, message))), field=path)
    return BadInput(": ".join(filter(None, (name, path, message))), field=path or name)


def _line_of(text: str, table: str, number: int) -> int:
    """The line, from 1, of the Nth (from 0) entry of an array of tables; 0 where it is written inline."""
    headers = [
        i for i, line in enumerate(text.splitlines(), 1) if re.match(rf"\s*\[\[\s*{table}\s*\]\]", line)
    ]
    return headers[number] if number < len(headers) else 0
