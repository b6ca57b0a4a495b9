"""Compares the incidents of a recording under two rule sets, and summarizes a replay."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from cloudops.analysis.rules import RuleSet
from cloudops.backtest.recording import RecordedPayload
from cloudops.backtest.replay import Backtest, ReplayedIncident, batches
from cloudops.catalog.topology import Topology
from cloudops.core.ids import NO_INCIDENT, IncidentId
from cloudops.correlation.decision import Layer
from cloudops.incidents.incident import Incident

EMPTY_CELL: Final = "-"


class Comparison(msgspec.Struct, frozen=True):
    """Differences, one line for each incident.

    The alerts of a `split` incident are in several now; several are `merged` into one; a `changed` one
    has the same alerts and another title, severity, symptom, cause or suggestion."""

    split: tuple[str, ...]
    merged: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int

    @property
    def text(self) -> str:
        """The comparison as text for a terminal or a review."""
        head = f"{len(self.split)} split, {len(self.merged)} merged, {len(self.changed)} changed"
        lines = [f"{head}, {self.unchanged} the same"]
        for verb, differences in (("split", self.split), ("merged", self.merged), ("changed", self.changed)):
            lines += [f"{verb:8} {difference}" for difference in differences]
        return "\n".join(lines)


def compare(
    readings: Iterable[RecordedPayload], before: RuleSet, after: RuleSet, topology: Topology
) -> Comparison:
    """Replays a recording under both rule sets and compares the incidents at the end."""
    old, new = Backtest(before, topology), Backtest(after, topology)
    pair_counts: Counter[tuple[object, object]] = Counter()
    for batch in batches(readings):
        pairs = zip(old.decide(batch), new.decide(batch), strict=True)
        pair_counts.update((before_row["incident"], after_row["incident"]) for before_row, after_row in pairs)
    shared: Counter[tuple[IncidentId, IncidentId]] = Counter()
    for (old_id, new_id), count in pair_counts.items():
        shared[old.final(_id(old_id)) or NO_INCIDENT, new.final(_id(new_id)) or NO_INCIDENT] += count
    return _compared(shared, old.incidents, new.incidents)


def _id(value: object) -> IncidentId | None:
    return IncidentId(str(value)) if value else None


def _compared(
    shared: Counter[tuple[IncidentId, IncidentId]],
    old: Mapping[IncidentId, Incident],
    new: Mapping[IncidentId, Incident],
) -> Comparison:
    new_parts: dict[IncidentId, dict[IncidentId, int]] = {}
    old_parts: dict[IncidentId, dict[IncidentId, int]] = {}
    for (old_id, new_id), count in sorted(shared.items()):
        new_parts.setdefault(old_id, {})[new_id] = count
        old_parts.setdefault(new_id, {})[old_id] = count
    split = [
        f"{_label(old, old_id)} -> {_parts(new, parts)}"
        for old_id, parts in new_parts.items()
        if len(parts) > 1 and old_id
    ]
    merged = [
        f"{_parts(old, parts)} -> {_label(new, new_id)}"
        for new_id, parts in old_parts.items()
        if len(parts) > 1 and new_id
    ]
    same_alerts = [
        (old_id, new_id)
        for old_id, parts in new_parts.items()
        for new_id in parts
        if len(parts) == len(old_parts[new_id]) == 1
    ]
    same_alerts = [(old_id, new_id) for old_id, new_id in same_alerts if old_id and new_id]
    changed = [
        f"{_label(new, new_id)}: {'; '.join(differences)}"
        for old_id, new_id in same_alerts
        if (differences := _differences(old[old_id], new[new_id]))
    ]
    return Comparison(tuple(split), tuple(merged), tuple(changed), len(same_alerts) - len(changed))


def _label(incidents: Mapping[IncidentId, Incident], name: IncidentId) -> str:
    return f'{name} "{incidents[name].title}"' if name in incidents else "no incident"


def _parts(incidents: Mapping[IncidentId, Incident], parts: Mapping[IncidentId, int]) -> str:
    largest = sorted(parts.items(), key=lambda part: (-part[1], part[0]))
    return ", ".join(f"{_label(incidents, name)} ({count} alerts)" for name, count in largest)


def _differences(before: Incident, after: Incident) -> Sequence[str]:
    descriptions = zip(_description(before).items(), _description(after).values(), strict=True)
    return [f"{word} {old} -> {new}" for (word, old), new in descriptions if old != new]


def _description(incident: Incident) -> dict[str, str]:
    return {
        "title": incident.title,
        "severity": incident.severity,
        "symptom": incident.symptom,
        "cause": incident.causes[0].service if incident.causes else EMPTY_CELL,
        "first suggestion": incident.suggestions[0].action if incident.suggestions else EMPTY_CELL,
    }


MAX_LISTED_INCIDENTS: Final = 10
TITLE_WIDTH: Final = 70
HEADINGS: Final = ("alerts", "severity", "title", "cause", "first suggestion")


def summary(
    alerts: int,
    unread: int,
    incidents: Sequence[ReplayedIncident],
    layers: Mapping[Layer, int],
    excluded: Mapping[str, int],
) -> str:
    """Returns the counts and a table of the largest incidents, for a terminal.

    Args:
        alerts: The number of alerts in the recording.
        unread: The number of payloads that could not be parsed.
        incidents: The incidents at the end, in any order.
        layers: The number of alerts that each layer of correlation joined to an incident.
        excluded: The number of alerts that report normal operation, by rule.
    """
    head = f"{_count(alerts, 'alert')} in {_count(len(incidents), 'incident')}"
    if incidents:
        head += f", {alerts / len(incidents):.1f} alerts per incident"
    lines = [head]
    if incidents:
        lines.append("joined by " + ", ".join(f"{layer} {layers.get(layer, 0)}" for layer in Layer))
    if unread:
        lines.append(f"{_count(unread, 'payload')} could not be parsed")
    lines += [f"{_count(size, 'alert')} excluded by {rule}" for rule, size in sorted(excluded.items())]
    largest = sorted(incidents, key=lambda item: (-item.alerts, item.incident.opened_at, item.incident.id))[
        :MAX_LISTED_INCIDENTS
    ]
    if largest:
        lines += ["", *_table([HEADINGS, *map(_row, largest)])]
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _row(outcome: ReplayedIncident) -> tuple[str, ...]:
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
