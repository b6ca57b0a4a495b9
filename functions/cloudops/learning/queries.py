"""Reads confidence by symptom, action and service: present values and their history by day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cloudops.confidence.observations import CellKey, WeightedSums
from cloudops.confidence.posterior import Confidence, Levels, estimate
from cloudops.confidence.snapshot import ConfidenceSnapshot, levels_of
from cloudops.core.errors import BadInput
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import SECOND, EpochMillis
from cloudops.learning.store import DayCell, ImportedCell, LearningStore

MAX_COUNT: Final = 10**9
MAX_SUM: Final = 1e20
"""Above any sum of real votes, and below the range in which DynamoDB can still add."""
ROUNDED: Final = 1.0 + 1e-6
"""Factor that allows for rounding: sums are stored to nine decimal places."""


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
    return estimate(levels, *key, levels.cells[key][1].prior)


def _check(carried: ImportedCell) -> None:
    """Raises BadInput for sums that no votes can have."""
    if not all(map(_can_be, (carried.tally.votes, carried.tally.outcomes))):
        raise BadInput(f"sums of {carried.cell.symptom}, {carried.cell.action}: not what votes make")


def _can_be(sums: WeightedSums) -> bool:
    """Returns whether votes can have these sums; above all (sum w)^2 <= n sum w^2, by Cauchy and Schwarz."""
    weights = (sums.weight, sums.squares, sums.positive, sums.expected)
    if not (0 <= sums.good <= sums.count <= MAX_COUNT and all(0.0 <= one < MAX_SUM for one in weights)):
        return False
    most = sums.weight * ROUNDED
    certain = sums.weight**2 > sums.count * sums.squares * ROUNDED
    return sums.positive <= most and sums.expected <= most and not certain
