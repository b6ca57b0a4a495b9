"""The learning store in memory: cells, the log that they add up to, and what is published of them."""

from collections.abc import Collection, Sequence

from cloudops.confidence.observations import (
    Cell,
    CellKey,
    Counts,
    Observation,
    PersonSum,
    Vote,
    apply_observation,
    observed,
)
from cloudops.confidence.snapshot import ConfidenceSnapshot
from cloudops.core.errors import CloudOpsError, WriteConflict
from cloudops.core.ids import IncidentId
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import TimelineEntry
from cloudops.incidents.suggestion import ActionSuggestion, Feedback
from cloudops.learning.outcomes import AGENT, Reports
from cloudops.learning.store import Day, ImportedCell, Logged


class MemoryLearningStore:
    """`entries` are the timeline entries that outcomes left; `fails` is raised instead of the levels."""

    def __init__(self) -> None:
        self.entries: list[TimelineEntry] = []
        self.fails: CloudOpsError | None = None
        self._cells: dict[CellKey, Cell] = {}
        self._people: dict[tuple[str, CellKey], PersonSum] = {}
        self._votes: dict[str, Logged] = {}
        self._reports: dict[IncidentId, Reports] = {}
        self._carried: dict[tuple[str, CellKey], ImportedCell] = {}
        self._published: tuple[ConfidenceSnapshot, EpochMillis] | None = None
        self._days: dict[str, Day] = {}

    def cells(self) -> list[Cell]:
        return list(self._cells.values())

    def learned(self) -> ConfidenceSnapshot | None:
        if self.fails:
            raise self.fails
        return self._published[0] if self._published else None

    def publish(self, learned: ConfidenceSnapshot, at: EpochMillis) -> bool:
        if self._published and (self._published[0] == learned or self._published[1] > at):
            return False
        self._published = (learned, at)
        return True

    def keep_day(self, day: Day) -> None:
        self._days[day.date] = day

    def days(self, since: str) -> tuple[Day, ...]:
        return tuple(self._days[date] for date in sorted(self._days) if date >= since)

    def reports(self, incident_ids: Collection[IncidentId]) -> dict[IncidentId, Reports]:
        return {name: self._reports.get(name, Reports(name)) for name in incident_ids}

    def record(self, before: Reports, after: Reports, entry: TimelineEntry | None = None) -> None:
        held = self._reports.get(after.incident_id, Reports(after.incident_id))
        if held == after:
            return
        if held != before:
            raise WriteConflict(f"outcomes of {after.incident_id}: at {held.version}, not {before.version}")
        self._reports[after.incident_id] = after
        self.entries += [entry] if entry else []
        for name in {**before.reports, **after.reports}:
            old, new = before.reports.get(name), after.reports.get(name)
            report = new or old
            if old == new or report is None:
                continue
            counted = new.counted if new else None
            previous = old.counted if old else None
            self._move(report.cell, report.counted_for, previous, counted, report.reported_at)

    def due(self, now: EpochMillis) -> list[IncidentId]:
        ends = sorted((one.due, one.incident_id) for one in self._reports.values() if one.due is not None)
        return [name for end, name in ends if end < now]

    def log(self) -> tuple[Sequence[Logged], Sequence[ImportedCell]]:
        outcomes = [
            Logged(one.cell, one.counted_for, one.counted)
            for held in self._reports.values()
            for one in held.reports.values()
            if one.counted
        ]
        return [*self._votes.values(), *outcomes], list(self._carried.values())

    def carry(self, batch: str, carried: Sequence[ImportedCell], at: EpochMillis) -> int:
        new = {(batch, one.cell): one for one in carried if (batch, one.cell) not in self._carried}
        for one in new.values():
            self._add(one.cell, one.tally, at)
        self._carried |= new
        return len(new)

    def count_vote(self, feedback: Feedback, offer: ActionSuggestion) -> None:
        """What the incident store does in the transaction of a vote."""
        held = self._votes.get(feedback.id)
        previous = held.observation if held else None
        if isinstance(previous, Vote) and previous.value == feedback.value:
            return
        cell = held.cell if held else CellKey(offer.symptom, offer.action, offer.service)
        new = Vote(feedback.value, feedback.created_at, offer.expected)
        stored = self._move(cell, feedback.counted_for, previous, new, feedback.created_at)
        if stored is not None:
            self._votes[feedback.id] = Logged(cell, feedback.counted_for, stored)

    def tamper(self, key: CellKey, delta: Counts) -> None:
        """As if somebody had changed a cell behind our back."""
        self._add(key, delta, 0)

    def _move(
        self, key: CellKey, person: str, old: Observation | None, new: Observation | None, at: EpochMillis
    ) -> Observation | None:
        if person != AGENT and new is not None:
            moved = apply_observation(self._people.get((person, key), PersonSum()), old, new)
            self._people[person, key] = moved.person or PersonSum()
            self._add(key, moved.delta, at)
            return moved.stored
        delta = observed(new) if new else Counts()
        self._add(key, delta.plus(observed(old), -1) if old else delta, at)
        return new

    def _add(self, key: CellKey, delta: Counts, at: EpochMillis) -> None:
        symptom, action, service = key
        held = self._cells.get(key, Cell(symptom=symptom, action=action, service=service))
        tally = held.tally.plus(delta)
        self._cells[key] = Cell(
            symptom=symptom, action=action, service=service, tally=tally, updated_at=at or held.updated_at
        )
