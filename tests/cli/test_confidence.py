"""`cloudops confidence`: export prints, import adds once."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cloudops.cli import confidence
from cloudops.confidence.observations import CellKey, Counts, WeightedSums
from cloudops.core.taxonomy import Action, Symptom
from cloudops.learning.store import ImportedCell
from cloudops.learning.transfer import TransferConfidence
from tests.fakes.application import NOW
from tests.fakes.learning import MemoryLearningStore

CELL = ImportedCell(
    CellKey(Symptom.OOM, Action.ROLLBACK, "web"), Counts(votes=WeightedSums(2, 1, 2.0, 2.0, 1.0, 1.0))
)


def parsed(*arguments: str) -> Namespace:
    parser = ArgumentParser()
    confidence.add_arguments(parser)
    return parser.parse_args(arguments)


def test_an_export_is_imported_once(tmp_path: Path) -> None:
    source, target = MemoryLearningStore(), MemoryLearningStore()
    source.carry("votes", [CELL], NOW)
    file = tmp_path / "learned.json"

    file.write_text(confidence.run(parsed("export"), TransferConfidence(source), NOW))
    counts = [
        confidence.run(parsed("import", str(file)), TransferConfidence(target), NOW).split()[0]
        for _ in range(2)
    ]

    assert counts == ["1", "0"]
    assert [cell.tally for cell in target.cells()] == [CELL.tally]
