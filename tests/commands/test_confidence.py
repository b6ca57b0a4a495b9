"""`cloudops confidence`: export prints, import adds once."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cloudops.commands import confidence
from cloudops.domain.learning import CellKey, Sums, Tally
from cloudops.domain.learning_log import Carried
from cloudops.domain.suggestion import Action, Symptom
from cloudops.flows.confidence import CarryConfidence
from tests.fakes.agent import NOW
from tests.fakes.learning import MemoryLearningStore

CELL = Carried(CellKey(Symptom.OOM, Action.ROLLBACK, "web"), Tally(votes=Sums(2, 1, 2.0, 2.0, 1.0, 1.0)))


def parsed(*arguments: str) -> Namespace:
    parser = ArgumentParser()
    confidence.add_arguments(parser)
    return parser.parse_args(arguments)


def test_what_one_deployment_prints_another_takes_once(tmp_path: Path) -> None:
    here, there = MemoryLearningStore(), MemoryLearningStore()
    here.carry("votes", [CELL], NOW)
    file = tmp_path / "learned.json"

    file.write_text(confidence.run(parsed("export"), CarryConfidence(here), NOW))
    said = [
        confidence.run(parsed("import", str(file)), CarryConfidence(there), NOW).split()[0] for _ in range(2)
    ]

    assert said == ["1", "0"]
    assert [cell.tally for cell in there.cells()] == [CELL.tally]
