"""Exports confidence from one deployment and imports it into another."""

from typing import Final

import msgspec

from cloudops.confidence.observations import Counts, WeightedSums
from cloudops.core.errors import BadInput
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.learning.store import ImportedCell, LearningStore

MAX_VOTES: Final = 10**9
MAX_SUM: Final = 1e20
"""Above any sum of real votes, and below the range in which DynamoDB can still add."""
ROUNDING_FACTOR: Final = 1.0 + 1e-6
"""Allows for rounding: sums are stored to nine decimal places."""


class Export(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The file format: evidence counts of cells, without names and comments."""

    version: int = 1
    cells: tuple[ImportedCell, ...]


class TransferConfidence:
    """Use cases: exports the evidence counts of a deployment, and imports them into another."""

    def __init__(self, learning: LearningStore) -> None:
        self._learning = learning

    def export(self) -> bytes:
        """Returns the non-empty cells as JSON. The same cells give the same bytes."""
        cells = sorted(self._learning.cells(), key=lambda one: one.key)
        exported = tuple(ImportedCell(one.key, one.tally) for one in cells if one.tally != Counts())
        return msgspec.json.format(msgspec.json.encode(Export(cells=exported)), indent=2) + b"\n"

    def import_cells(self, raw: bytes, now: EpochMillis) -> int:
        """Adds the counts of an export to the cells, and returns the number of cells that changed.

        A repeated import of the same file changes nothing.

        Raises:
            BadInput: `raw` is not an export of version 1, or no votes could have produced its counts.
        """
        try:
            export = msgspec.json.decode(raw, type=Export)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"not an export of confidence: {error}") from error
        if export.version != 1:
            raise BadInput(f"the export has version {export.version}; only version 1 can be imported")
        for one in export.cells:
            _check_counts(one)
        return self._learning.carry(stable_id(msgspec.json.encode(export).decode()), export.cells, now)


def _check_counts(imported: ImportedCell) -> None:
    """Raises BadInput for counts that no votes could have produced."""
    if not all(map(_is_possible, (imported.tally.votes, imported.tally.outcomes))):
        raise BadInput(
            f"counts of {imported.cell.symptom}, {imported.cell.action}: no votes can have these sums"
        )


def _is_possible(sums: WeightedSums) -> bool:
    """Returns whether votes can have these sums; (sum w)^2 <= n sum w^2 holds by Cauchy and Schwarz."""
    weights = (sums.weight, sums.squares, sums.positive, sums.expected)
    if not (0 <= sums.good <= sums.count <= MAX_VOTES and all(0.0 <= one < MAX_SUM for one in weights)):
        return False
    limit = sums.weight * ROUNDING_FACTOR
    exceeds_cauchy_schwarz = sums.weight**2 > sums.count * sums.squares * ROUNDING_FACTOR
    return sums.positive <= limit and sums.expected <= limit and not exceeds_cauchy_schwarz
