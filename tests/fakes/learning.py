"""The learning store in memory: cells, the log of votes and outcomes, and the published levels."""

from collections.abc import Collection, Sequence

from msgspec.structs import replace

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
    """`entries` lists the timeline entries of outcomes; `fails` is raised by `learned` if set."""

    def __init__(self) -> None:
        self.entries: list[TimelineEntry] = []
        self.fails: CloudOpsError | None = None
        self._cells: dict[CellKey, Cell] = {}
        self._people: dict[tuple[str, CellKey], PersonSum] = {}
        self._votes: dict[str, Logged] = {}
        self._reports: dict[IncidentId, Reports] = {}
        self._imports: dict[tuple[str, CellKey], ImportedCell] = {}
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
        stored = self._reports.get(after.incident_id, Reports(after.incident_id))
        if stored == after:
            return
        if stored != before:
            raise WriteConflict(f"outcomes of {after.incident_id}: at {stored.version}, not {before.version}")
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
            for stored in self._reports.values()
            for one in stored.reports.values()
            if one.counted
        ]
        return [*self._votes.values(), *outcomes], list(self._imports.values())

    def carry(self, batch: str, imported: Sequence[ImportedCell], at: EpochMillis) -> int:
        new = {(batch, one.cell): one for one in imported if (batch, one.cell) not in self._imports}
        for one in new.values():
            self._add(one.cell, one.tally, at)
        self._imports |= new
        return len(new)

    def count_vote(self, feedback: Feedback, suggestion: ActionSuggestion, environment: str) -> None:
        """Counts a vote, as the incident store does in the transaction of the vote."""
        stored = self._votes.get(feedback.id)
        previous = stored.observation if stored else None
        if isinstance(previous, Vote) and previous.value == feedback.value:
            return
        cell = stored.cell if stored else suggestion.cell(environment)
        new = Vote(feedback.value, feedback.created_at, suggestion.expected)
        counted = self._move(cell, feedback.counted_for, previous, new, feedback.created_at)
        if counted is not None:
            self._votes[feedback.id] = Logged(cell, feedback.counted_for, counted)

    def tamper(self, key: CellKey, delta: Counts) -> None:
        """Changes a cell without a vote, as a direct write to the table does."""
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
        symptom, action, service, environment = key
        new = Cell(symptom=symptom, action=action, service=service, environment=environment)
        stored = self._cells.get(key, new)
        tally = stored.tally.plus(delta)
        self._cells[key] = replace(stored, tally=tally, updated_at=at or stored.updated_at)
