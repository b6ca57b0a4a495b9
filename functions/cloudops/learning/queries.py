"""Reads confidence by symptom, action and service: present values and their history by day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cloudops.confidence.observations import CellKey
from cloudops.confidence.posterior import Confidence, Levels, estimate
from cloudops.confidence.snapshot import ConfidenceSnapshot, levels_of
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import SECOND, EpochMillis
from cloudops.learning.store import DayCell, LearningStore


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of cells; None and empty mean no restriction."""

    symptom: Symptom | None = None
    action: Action | None = None
    service: str = ""

    def takes(self, key: CellKey) -> bool:
        return (
            self.symptom in (None, key.symptom)
            and self.action in (None, key.action)
            and self.service in ("", key.service)
        )


@dataclass(frozen=True, slots=True)
class CellConfidence:
    cell: CellKey
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Point:
    """A cell at the end of a day."""

    date: str
    cell: DayCell


@dataclass(frozen=True, slots=True)
class Answer:
    """The cells with the most votes, of `total`, and their history."""

    cells: tuple[CellConfidence, ...]
    total: int
    history: tuple[Point, ...]


class ConfidenceQueries:
    """Reads published confidence."""

    def __init__(self, learning: LearningStore) -> None:
        self._learning = learning

    def find(self, wanted: Filter, limit: int, days: int, now: EpochMillis) -> Answer:
        """Returns at most `limit` cells as of the last recompute, with `days` days of history, or none
        for 0."""
        levels = levels_of(self._learning.learned() or ConfidenceSnapshot())
        keys = [key for key in levels.cells if wanted.takes(key)]
        keys.sort(key=lambda key: (-levels.cells[key][0].votes.count, key))
        shown = keys[:limit]
        return Answer(
            tuple(CellConfidence(key, _confidence(levels, key)) for key in shown),
            len(keys),
            tuple(self._history(set(shown), days, now)) if days and shown else (),
        )

    def _history(self, shown: set[CellKey], days: int, now: EpochMillis) -> Iterator[Point]:
        since = datetime.fromtimestamp(now / SECOND, UTC).date() - timedelta(days=days - 1)
        for day in self._learning.days(since.isoformat()):
            for cell in day.cells:
                if CellKey(cell.symptom, cell.action, cell.service) in shown:
                    yield Point(day.date, cell)


def _confidence(levels: Levels, key: CellKey) -> Confidence:
    return estimate(levels, key.symptom, key.action, key.service, levels.cells[key][1].prior)
