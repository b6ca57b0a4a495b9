"""The port of the learning store: cells, published levels, days and outcome reports."""

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

import msgspec

from cloudops.confidence.observations import Cell, CellKey, Counts, Observation
from cloudops.confidence.snapshot import ConfidenceSnapshot
from cloudops.core.ids import IncidentId
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import TimelineEntry
from cloudops.learning.outcomes import Reports


class Logged(NamedTuple):
    """One logged observation and its person; "" for CloudOps itself."""

    cell: CellKey
    person: str
    observation: Observation


class ImportedCell(msgspec.Struct, frozen=True):
    """Sums of a cell that an import brought from another deployment."""

    cell: CellKey
    tally: Counts


class DayCell(msgspec.Struct, frozen=True, array_like=True):
    """The confidence of a cell at the end of a day; `helpful` of its votes were +1."""

    symptom: Symptom
    action: Action
    service: str
    mean: float
    low: float
    votes: int
    outcomes: int
    helpful: int = 0


class Day(msgspec.Struct, frozen=True, array_like=True):
    """The confidence of all cells at the end of a day, for a chart; `date` such as 2026-01-31."""

    date: str
    cells: tuple[DayCell, ...] = ()


class LearningStore(Protocol):
    def cells(self) -> list[Cell]:
        """Returns all cells, in time that grows with the cells and not with the votes."""
        ...

    def learned(self) -> ConfidenceSnapshot | None:
        """Returns the snapshot that was published last, or None."""
        ...

    def publish(self, learned: ConfidenceSnapshot, at: EpochMillis) -> bool:
        """Publishes a snapshot and returns whether it differs; an older one never replaces a newer one."""
        ...

    def keep_day(self, day: Day) -> None:
        """Stores a day in place of its earlier version."""
        ...

    def days(self, since: str) -> tuple[Day, ...]:
        """Returns the days from this date on, the oldest first."""
        ...

    def reports(self, incident_ids: Collection[IncidentId]) -> dict[IncidentId, Reports]:
        """Returns the outcome reports of each incident, with version 0 if there are none."""
        ...

    def record(self, before: Reports, after: Reports, entry: TimelineEntry | None = None) -> None:
        """Replaces the reports of an incident and adds their difference to the cells, in one transaction.

        A repeated call has no effect.

        Raises:
            Conflict: Another writer changed the reports after `before` was read.
        """
        ...

    def due(self, now: EpochMillis) -> list[IncidentId]:
        """Returns the incidents with a report whose window has ended without a verdict."""
        ...

    def log(self) -> tuple[Sequence[Logged], Sequence[ImportedCell]]:
        """Returns every counted observation and every imported cell; the cost grows with the votes."""
        ...

    def carry(self, batch: str, carried: Sequence[ImportedCell], at: EpochMillis) -> int:
        """Add sums of another deployment to the cells, each once a batch; how many were new."""
        ...
