"""What the rules make of each alert of a recording, alone."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from cloudops.domain.alert import Alert, Unreadable
from cloudops.domain.analysis import analyse
from cloudops.domain.rules import RuleSet
from cloudops.domain.suggestion import Analysis
from cloudops.flows.recording import Reading

Row: TypeAlias = dict[str, object]
"""One object of output."""


def analyze(readings: Iterable[Reading], rules: RuleSet) -> Iterator[Row]:
    """One row an alert, in order; one that cannot be read has no action and says why."""
    for reading in readings:
        match reading.content:
            case Unreadable() as unreadable:
                yield unread_row(reading.line, unreadable)
            case alert:
                yield alert_row(reading.line, alert, analyse(alert, rules))


def alert_row(line: int, alert: Alert, analysis: Analysis) -> Row:
    """The row of an alert and what the rules made of it."""
    first = analysis.proposals[0]
    return {
        "line": line,
        "source": alert.source,
        "status": alert.status,
        "title": analysis.title,
        "service": alert.service or None,
        "environment": alert.environment or None,
        "symptom": analysis.symptom,
        "severity": analysis.severity,
        "action": first.action,
        "confidence": first.prior,
        "evidence": [*analysis.evidence, *first.evidence],
    }


def unread_row(line: int, unreadable: Unreadable) -> Row:
    """The row of something that no alert could be read from."""
    return {
        "line": line,
        "source": unreadable.source,
        "status": None,
        "title": None,
        "service": None,
        "environment": None,
        "symptom": None,
        "severity": None,
        "action": None,
        "confidence": None,
        "evidence": [],
        "decision": "quarantined",
        "reason": unreadable.reason,
    }
