"""What learning asks of the store, where a fake and a second implementation exist."""

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
    """One observation, and who made it; the agent has no name."""

    cell: CellKey
    person: str
    observation: Observation


class ImportedCell(msgspec.Struct, frozen=True):
    """Sums that came from another deployment, by one import."""

    cell: CellKey
    tally: Counts


class DayCell(msgspec.Struct, frozen=True, array_like=True):
    """How sure we were of an action at the end of a day; `helpful` of its votes were for it."""

    symptom: Symptom
    action: Action
    service: str
    mean: float
    low: float
    votes: int
    outcomes: int
    helpful: int = 0


class Day(msgspec.Struct, frozen=True, array_like=True):
    """What was learned by the end of a day, for a chart; `date` such as 2026-01-31."""

    date: str
    cells: tuple[DayCell, ...] = ()


class LearningStore(Protocol):
    def cells(self) -> list[Cell]:
        """Every cell, as it is now; the work grows with the cells and not with the votes."""
        ...

    def learned(self) -> ConfidenceSnapshot | None:
        """What was published last, or None."""
        ...

    def publish(self, learned: ConfidenceSnapshot, at: EpochMillis) -> bool:
        """Put it where `learned` finds it, and say whether that changed it; older never replaces newer."""
        ...

    def keep_day(self, day: Day) -> None:
        """Put the day in the place of what was known of it before."""
        ...

    def days(self, since: str) -> tuple[Day, ...]:
        """The days from this one on, the oldest first."""
        ...

    def reports(self, incident_ids: Collection[IncidentId]) -> dict[IncidentId, Reports]:
        """What is reported of each of the incidents, version 0 where nothing is."""
        ...

    def record(self, before: Reports, after: Reports, entry: TimelineEntry | None = None) -> None:
        """Replace what is reported of an incident and move the cells by it, in one write.

        Conflict where somebody else did; the same again is quiet."""
        ...

    def due(self, now: EpochMillis) -> list[IncidentId]:
        """The incidents with a report whose window has ended without a verdict."""
        ...

    def log(self) -> tuple[Sequence[Logged], Sequence[ImportedCell]]:
        """Everything that was counted; the work grows with the votes."""
        ...

    def carry(self, batch: str, carried: Sequence[ImportedCell], at: EpochMillis) -> int:
        """Add sums of another deployment to the cells, each once a batch; how many were new."""
        ...
