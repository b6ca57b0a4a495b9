"""Selects the timeline entries that replies in an incident's thread show."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from cloudops.core.errors import CloudOpsError
from cloudops.core.ids import IncidentId
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import TimelineEntry, TimelineKind
from cloudops.notifications.card import LINE_LENGTH, NAME_LENGTH, sanitize_line

MAX_LINES: Final = 20
"""Lines of one reply; the dashboard shows all."""


class ThreadVerbosity(StrEnum):
    """How much a thread shows, from everything to nothing."""

    EVERYTHING = "everything"
    SUMMARY = "summary"
    """Alerts that joined since the last reply in one line."""
    DECISIONS = "decisions"
    """Actions of people and automation, and changes of severity; no alerts."""
    NOTHING = "nothing"


class Note(msgspec.Struct, frozen=True):
    """A timeline entry, and the number of alerts that it reports, or 0."""

    entry: TimelineEntry
    alerts: int = 0


class Line(msgspec.Struct, frozen=True):
    """One line of a reply, sanitized; `at` is in milliseconds since 1970."""

    at: EpochMillis
    kind: TimelineKind
    text: str
    actor: str = ""


_ALERTS: Final = (TimelineKind.OPENED, TimelineKind.ALERT)


def is_shown(note: Note, verbosity: ThreadVerbosity) -> bool:
    """Returns whether the thread shows a note; the incident's message itself shows that it opened."""
    match verbosity:
        case ThreadVerbosity.NOTHING:
            return False
        case ThreadVerbosity.DECISIONS:
            return note.entry.kind not in _ALERTS
        case _:
            return note.entry.kind is not TimelineKind.OPENED


def lines_of(notes: Iterable[Note], verbosity: ThreadVerbosity) -> tuple[Line, ...]:
    """Returns at most MAX_LINES lines, oldest first; the last one counts what is left out."""
    shown = sorted(
        (one for one in notes if is_shown(one, verbosity)), key=lambda one: (one.entry.at, one.entry.id)
    )
    if verbosity is ThreadVerbosity.SUMMARY:
        shown = _sum_alerts(shown)
    lines = [_line(one) for one in shown]
    if len(lines) <= MAX_LINES:
        return tuple(lines)
    omitted = len(lines) - MAX_LINES + 1
    last = Line(lines[-1].at, TimelineKind.ALERT, f"and {omitted} more, in the dashboard")
    return (*lines[: MAX_LINES - 1], last)


def _sum_alerts(notes: Sequence[Note]) -> list[Note]:
    """Returns the notes with all joined alerts in one note, at the time of the last."""
    joined = [one for one in notes if one.entry.kind is TimelineKind.ALERT]
    if len(joined) < 2:
        return list(notes)
    latest, count = joined[-1].entry, sum(max(one.alerts, 1) for one in joined)
    entry = msgspec.structs.replace(latest, text=f"{count} alerts joined")
    others = [one for one in notes if one.entry.kind is not TimelineKind.ALERT]
    return sorted([*others, Note(entry, count)], key=lambda one: (one.entry.at, one.entry.id))


def _line(note: Note) -> Line:
    entry = note.entry
    return Line(
        entry.at, entry.kind, sanitize_line(entry.text, LINE_LENGTH), sanitize_line(entry.actor, NAME_LENGTH)
    )


class IncidentUpdate(msgspec.Struct, frozen=True):
    """An incident that changed, and its new timeline entries."""

    incident_id: IncidentId
    notes: tuple[Note, ...] = ()


class UnreadableRecord(msgspec.Struct, frozen=True):
    """A stream record that could not be parsed, by the keys of its row."""

    pk: str
    sk: str
    error: CloudOpsError
