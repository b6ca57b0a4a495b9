"""Everything that was ever counted, one by one: what the cells must add up to, and where they do not."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from cloudops.confidence.observations import Cell, CellKey, Counts, Observation, WeightedSums, recount
from cloudops.core.retry import Pause
from cloudops.learning.store import ImportedCell, LearningStore, Logged

TOLERANCE: Final = 1e-6
"""Relative difference of two weights that rounding explains; a missing vote makes 1e-3 of a thousand."""


class Difference(NamedTuple):
    """A cell that does not add up."""

    cell: CellKey
    stored: Counts
    logged: Counts


def rebuilt(log: Iterable[Logged], carried: Iterable[ImportedCell]) -> dict[CellKey, Counts]:
    """The cells as the log makes them."""
    said: dict[CellKey, dict[str, list[Observation]]] = {}
    for one in log:
        said.setdefault(one.cell, {}).setdefault(one.person, []).append(one.observation)
    made = {
        cell: recount((own for who, own in people.items() if who), people.get("", ()))
        for cell, people in said.items()
    }
    for sums in carried:
        made[sums.cell] = made.get(sums.cell, Counts()).plus(sums.tally)
    return made


def differences(cells: Iterable[Cell], made: Mapping[CellKey, Counts]) -> tuple[Difference, ...]:
    """The cells that are not what the log makes them, either way."""
    stored = {cell.key: cell.tally for cell in cells}
    pairs = ((key, stored.get(key, Counts()), made.get(key, Counts())) for key in {**stored, **made})
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


LOOKS = 4
"""Looks at a difference before it is one: the log is read by an index, which lags by moments."""


class CheckConsistency:
    def __init__(self, learning: LearningStore, pause: Pause) -> None:
        self._learning = learning
        self._pause = pause

    def run(self) -> tuple[Difference, ...]:
        """The cells that differ in every look. What is voted meanwhile is in one look, not in all."""
        suspects: tuple[Difference, ...] = ()
        for look in range(LOOKS):
            found = differences(self._learning.cells(), rebuilt(*self._learning.log()))
            known = {one.cell for one in suspects}
            suspects = found if look == 0 else tuple(one for one in found if one.cell in known)
            if not suspects:
                break
            self._pause(look)
        return suspects
