"""From a rule file's text to its rules; errors name the file, the line, the rule and the field."""

import re
import tomllib
from typing import Any, NamedTuple

import msgspec

from cloudops.domain.errors import BadInput
from cloudops.domain.patterns import first_fault
from cloudops.domain.rulefile import Decision, Rule, RuleFile
from cloudops.domain.suggestion import Action

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
    if bad := first_fault(rule.match):
        return _Fault("match", f"pattern {bad[0]!r}: {bad[1]}")
    if not (rule.symptom or rule.component or rule.traits):
        return _Fault("symptom", "the rule tells nothing: give it a symptom, a component or traits")
    return None


def _fault_of_decision(decision: Decision) -> _Fault | None:
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
