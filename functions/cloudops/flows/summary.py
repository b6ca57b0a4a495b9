"""A backtest as a person reads it: how many alerts became how many incidents, and the largest ones."""

from collections.abc import Iterable, Sequence
from typing import Final

from cloudops.domain.incident import Incident

LARGEST: Final = 10
HEADINGS: Final = ("events", "severity", "title", "cause", "first suggestion")


def summary(alerts: int, unread: int, incidents: Sequence[Incident]) -> str:
    """A table for a terminal."""
    ratio = f"{alerts / len(incidents):.1f} alerts an incident" if incidents else "no incidents"
    head = f"{alerts} alerts, {len(incidents)} incidents, {ratio}"
    lines = [f"{head}, {unread} unreadable" if unread else head]
    largest = sorted(incidents, key=lambda one: (-one.event_count, one.opened_at, one.id))[:LARGEST]
    if largest:
        lines += ["", *_table([HEADINGS, *map(_row, largest)])]
    return "\n".join(lines)


def _row(incident: Incident) -> tuple[str, ...]:
    first = incident.suggestions[0] if incident.suggestions else None
    return (
        str(incident.event_count),
        incident.severity,
        incident.title[:70],
        incident.causes[0].service if incident.causes else "-",
        f"{first.action} {first.confidence:.2f}" if first else "-",
    )


def _table(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
