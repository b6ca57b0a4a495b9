"""A backtest as a person reads it: how many alerts became how many incidents, and the largest ones."""

from collections.abc import Iterable, Sequence
from typing import Final

from cloudops.flows.backtest import Outcome

LARGEST: Final = 10
TITLE_WIDTH: Final = 70
HEADINGS: Final = ("alerts", "severity", "title", "cause", "first suggestion")


def summary(alerts: int, unread: int, incidents: Sequence[Outcome]) -> str:
    """A table for a terminal."""
    ratio = f"{alerts / len(incidents):.1f} alerts an incident" if incidents else "no incidents"
    head = f"{alerts} alerts, {len(incidents)} incidents, {ratio}"
    lines = [f"{head}, {unread} unreadable" if unread else head]
    largest = sorted(incidents, key=lambda one: (-one.alerts, one.incident.opened_at, one.incident.id))[
        :LARGEST
    ]
    if largest:
        lines += ["", *_table([HEADINGS, *map(_row, largest)])]
    return "\n".join(lines)


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
