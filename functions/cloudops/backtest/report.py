"""What a change of rules would have changed: a recording decided under both, side by side."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from cloudops.analysis.rules import RuleSet
from cloudops.backtest.recording import RecordedPayload
from cloudops.backtest.replay import Backtest, Outcome, batches
from cloudops.catalog.topology import Topology
from cloudops.core.ids import NO_INCIDENT, IncidentId
from cloudops.incidents.incident import Incident

NONE: Final = "-"


class Comparison(msgspec.Struct, frozen=True):
    """Sentences, one an incident. A `split` incident's alerts are in several now, those of several were
    `merged` into one, and a `changed` one holds the same alerts and tells another story."""

    split: tuple[str, ...]
    merged: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int

    @property
    def text(self) -> str:
        """For a terminal or a review."""
        head = f"{len(self.split)} split, {len(self.merged)} merged, {len(self.changed)} changed"
        lines = [f"{head}, {self.unchanged} the same"]
        for verb, told in (("split", self.split), ("merged", self.merged), ("changed", self.changed)):
            lines += [f"{verb:8} {one}" for one in told]
        return "\n".join(lines)


def compare(
    readings: Iterable[RecordedPayload], before: RuleSet, after: RuleSet, topology: Topology
) -> Comparison:
    """Decide each reading under both rule sets, and set the incidents at the end against each other."""
    old, new = Backtest(before, topology), Backtest(after, topology)
    told: Counter[tuple[object, object]] = Counter()
    for batch in batches(readings):
        pairs = zip(old.decide(batch), new.decide(batch), strict=True)
        told.update((one["incident"], other["incident"]) for one, other in pairs)
    shared: Counter[tuple[IncidentId, IncidentId]] = Counter()
    for (one, other), count in told.items():
        shared[old.final(_id(one)) or NO_INCIDENT, new.final(_id(other)) or NO_INCIDENT] += count
    return _compared(shared, old.incidents, new.incidents)


def _id(told: object) -> IncidentId | None:
    return IncidentId(str(told)) if told else None


def _compared(
    shared: Counter[tuple[IncidentId, IncidentId]],
    old: Mapping[IncidentId, Incident],
    new: Mapping[IncidentId, Incident],
) -> Comparison:
    went: dict[IncidentId, dict[IncidentId, int]] = {}
    came: dict[IncidentId, dict[IncidentId, int]] = {}
    for (one, other), count in sorted(shared.items()):
        went.setdefault(one, {})[other] = count
        came.setdefault(other, {})[one] = count
    split = [f"{_told(old, one)} -> {_parts(new, to)}" for one, to in went.items() if len(to) > 1 and one]
    merged = [f"{_parts(old, of)} -> {_told(new, one)}" for one, of in came.items() if len(of) > 1 and one]
    alike = [(one, other) for one, to in went.items() for other in to if len(to) == len(came[other]) == 1]
    alike = [(one, other) for one, other in alike if one and other]
    changed = [
        f"{_told(new, other)}: {'; '.join(differences)}"
        for one, other in alike
        if (differences := _differences(old[one], new[other]))
    ]
    return Comparison(tuple(split), tuple(merged), tuple(changed), len(alike) - len(changed))


def _told(incidents: Mapping[IncidentId, Incident], name: IncidentId) -> str:
    return f'{name} "{incidents[name].title}"' if name in incidents else "no incident"


def _parts(incidents: Mapping[IncidentId, Incident], parts: Mapping[IncidentId, int]) -> str:
    largest = sorted(parts.items(), key=lambda part: (-part[1], part[0]))
    return ", ".join(f"{_told(incidents, name)} ({count} alerts)" for name, count in largest)


def _differences(one: Incident, other: Incident) -> Sequence[str]:
    stories = zip(_story(one).items(), _story(other).values(), strict=True)
    return [f"{word} {old} -> {new}" for (word, old), new in stories if old != new]


def _story(incident: Incident) -> dict[str, str]:
    return {
        "title": incident.title,
        "severity": incident.severity,
        "symptom": incident.symptom,
        "cause": incident.causes[0].service if incident.causes else NONE,
        "first suggestion": incident.suggestions[0].action if incident.suggestions else NONE,
    }


LARGEST: Final = 10
TITLE_WIDTH: Final = 70
HEADINGS: Final = ("alerts", "severity", "title", "cause", "first suggestion")


def summary(alerts: int, unread: int, incidents: Sequence[Outcome]) -> str:
    """Returns the counts and a table of the largest incidents, for a terminal.

    Args:
        alerts: The number of alerts in the recording.
        unread: The number of payloads that could not be parsed.
        incidents: The incidents at the end, in any order.
    """
    head = f"{_count(alerts, 'alert')} in {_count(len(incidents), 'incident')}"
    if incidents:
        head += f", {alerts / len(incidents):.1f} alerts per incident"
    lines = [head]
    if unread:
        lines.append(f"{_count(unread, 'payload')} could not be parsed")
    largest = sorted(incidents, key=lambda one: (-one.alerts, one.incident.opened_at, one.incident.id))[
        :LARGEST
    ]
    if largest:
        lines += ["", *_table([HEADINGS, *map(_row, largest)])]
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _row(outcome: Outcome) -> tuple[str, ...]:
    incident, advice = outcome.incident, outcome.advice
    return (
        str(outcome.alerts),
        incident.severity,
        incident.title[:TITLE_WIDTH],
        incident.causes[0].service if incident.causes else "-",
        f"{advice.action} {advice.confidence:.2f}" if advice else "-",
    )


def _table(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
