"""Answers what was learned: by symptom, action and service, now and day by day; and carries it elsewhere."""

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
"""Beyond what any number of votes adds up to, and below what DynamoDB could not add to."""
ROUNDED: Final = 1.0 + 1e-6
"""Sums are stored to nine decimal places, so that they may differ from what they are by less than this."""


@dataclass(frozen=True, slots=True)
class Filter:
    """None and empty mean no restriction."""

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
    """The `limit` best known cells of `total`, and their history."""

    cells: tuple[CellConfidence, ...]
    total: int
    history: tuple[Point, ...]


class ConfidenceQueries:
    def __init__(self, learning: LearningStore) -> None:
        self._learning = learning

    def find(self, wanted: Filter, limit: int, days: int, now: EpochMillis) -> Answer:
        """As of the last recompute. `days` is how far back the history goes, 0 for none."""
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
    """BadInput where sums are such as no votes make."""
    if not all(map(_can_be, (carried.tally.votes, carried.tally.outcomes))):
        raise BadInput(f"sums of {carried.cell.symptom}, {carried.cell.action}: not what votes make")


def _can_be(sums: WeightedSums) -> bool:
    """Above all, no more certain than so many votes can be: (sum w)^2 <= n sum w^2, by Cauchy and Schwarz."""
    weights = (sums.weight, sums.squares, sums.positive, sums.expected)
    if not (0 <= sums.good <= sums.count <= MAX_COUNT and all(0.0 <= one < MAX_SUM for one in weights)):
        return False
    most = sums.weight * ROUNDED
    certain = sums.weight**2 > sums.count * sums.squares * ROUNDED
    return sums.positive <= most and sums.expected <= most and not certain
