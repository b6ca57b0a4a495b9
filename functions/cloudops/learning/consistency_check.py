"""Checks that the counts of each cell equal the sum of all logged votes and outcomes."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from cloudops.confidence.observations import Cell, CellKey, Counts, Observation, WeightedSums, recount
from cloudops.core.retry import Pause
from cloudops.learning.store import ImportedCell, LearningStore, Logged

TOLERANCE: Final = 1e-6
"""Relative difference of two weights that rounding explains; a missing vote makes 1e-3 of a thousand."""


class Difference(NamedTuple):
    """A cell whose stored counts differ from its log."""

    cell: CellKey
    stored: Counts
    logged: Counts


def rebuilt(log: Iterable[Logged], imported: Iterable[ImportedCell]) -> dict[CellKey, Counts]:
    """Returns the counts of each cell from the log and the imported sums."""
    observations: dict[CellKey, dict[str, list[Observation]]] = {}
    for one in log:
        observations.setdefault(one.cell, {}).setdefault(one.person, []).append(one.observation)
    from_log = {
        cell: recount((own for person, own in people.items() if person), people.get("", ()))
        for cell, people in observations.items()
    }
    for sums in imported:
        from_log[sums.cell] = from_log.get(sums.cell, Counts()).plus(sums.tally)
    return from_log


def differences(cells: Iterable[Cell], from_log: Mapping[CellKey, Counts]) -> tuple[Difference, ...]:
    """Returns the cells whose stored counts differ from the log, also those that only one of both has."""
    stored = {cell.key: cell.tally for cell in cells}
    pairs = ((key, stored.get(key, Counts()), from_log.get(key, Counts())) for key in {**stored, **from_log})
    return tuple(Difference(*pair) for pair in pairs if not _agree(pair[1], pair[2]))


def _agree(one: Counts, other: Counts) -> bool:
    return _close(one.votes, other.votes) and _close(one.outcomes, other.outcomes)


def _close(one: WeightedSums, other: WeightedSums) -> bool:
    if (one.count, one.good) != (other.count, other.good):
        return False
    scale = 1.0 + max(one.weight, other.weight)
    return all(
        abs(getattr(one, name) - getattr(other, name)) <= TOLERANCE * scale ** (2 if name == "squares" else 1)
        for name in ("weight", "squares", "positive", "expected")
    )


MAX_READS = 4
"""Reads before a difference is reported: the log is read by an index, which lags by moments."""


class CheckConsistency:
    """Compares stored cells with the log of observations."""

    def __init__(self, learning: LearningStore, pause: Pause) -> None:
        self._learning = learning
        self._pause = pause

    def run(self) -> tuple[Difference, ...]:
        """Returns the cells that differ in every read; a vote in between differs in one read only."""
        suspects: tuple[Difference, ...] = ()
        for attempt in range(MAX_READS):
            found = differences(self._learning.cells(), rebuilt(*self._learning.log()))
            known = {one.cell for one in suspects}
            suspects = found if attempt == 0 else tuple(one for one in found if one.cell in known)
            if not suspects:
                break
            self._pause(attempt)
        return suspects
