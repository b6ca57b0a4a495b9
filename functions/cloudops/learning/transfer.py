"""Exports confidence from one deployment and imports it into another."""

import msgspec

from cloudops.confidence.observations import Counts
from cloudops.core.errors import BadInput
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.learning.queries import _check
from cloudops.learning.store import ImportedCell, LearningStore


class Export(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a team takes to another account: sums, and nobody's name or comment."""

    version: int = 1
    cells: tuple[ImportedCell, ...]


class TransferConfidence:
    def __init__(self, learning: LearningStore) -> None:
        self._learning = learning

    def export(self) -> bytes:
        """JSON; the same cells make the same bytes."""
        cells = sorted(self._learning.cells(), key=lambda one: one.key)
        carried = tuple(ImportedCell(one.key, one.tally) for one in cells if one.tally != Counts())
        return msgspec.json.format(msgspec.json.encode(Export(cells=carried)), indent=2) + b"\n"

    def take(self, raw: bytes, now: EpochMillis) -> int:
        """How many cells were added to; the same file adds nothing twice. BadInput says what is wrong."""
        try:
            export = msgspec.json.decode(raw, type=Export)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"not an export of what was learned: {error}") from error
        if export.version != 1:
            raise BadInput(f"an export of version {export.version}; this reads version 1")
        for one in export.cells:
            _check(one)
        return self._learning.carry(stable_id(msgspec.json.encode(export).decode()), export.cells, now)
