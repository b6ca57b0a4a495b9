"""The functions behind schedules: their metrics, logs and results."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from cloudops.catalog.declaration import Catalog, ServiceDeclaration
from cloudops.catalog.inventory import ServiceInventory
from cloudops.confidence.observations import CellKey, Counts, WeightedSums
from cloudops.core.ids import IncidentId
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import SECOND, EpochMillis
from cloudops.handlers import check_learning, recompute_confidence, remediate, sync_sources
from cloudops.learning.consistency_check import CheckConsistency
from cloudops.remediation.change_freeze import ChangeFreezes, Freeze
from cloudops.sources.health import SourceHealth, SourceState, SyncResult
from tests.fakes.application import NOW, Agent
from tests.fakes.incident_factory import NOON
from tests.fakes.learning import MemoryLearningStore
from tests.fakes.people import signed_in
from tests.ingestion.payloads import plain, received

CELL = CellKey(Symptom.ERROR_RATE, Action.ROLLBACK, "checkout", "prod")
ONE_VOTE = Counts(votes=WeightedSums(1, 1, 1.0, 1.0, 1.0, 0.5))


def metrics(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """Returns the metrics of the only EMF line."""
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    embedded = json.loads(line)
    names = [metric["Name"] for metric in embedded["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    return {name: embedded[name][0] for name in names}


def logged(caplog: pytest.LogCaptureFixture, *fields: str) -> list[tuple[object, ...]]:
    """Returns the level and these fields of each record."""
    return [(one.levelname, *(vars(one)[field] for field in fields)) for one in caplog.records]


class RecordedSourceSync:
    """Returns `result` for each sync, and records the requested names."""

    def __init__(self, result: SyncResult | None) -> None:
        self.result = result
        self.asked: list[tuple[list[str], EpochMillis]] = []

    def sync(self, names: Sequence[str], now: EpochMillis) -> SyncResult | None:
        self.asked.append((list(names), now))
        return self.result


def test_consistent_cells_are_reported_as_zero_so_that_the_alarm_has_data(
    capsys: pytest.CaptureFixture[str],
) -> None:
    check_learning.respond(CheckConsistency(MemoryLearningStore(), lambda look: None))
    assert metrics(capsys) == {"LearningCellsInconsistent": 0}


def test_each_inconsistent_cell_is_logged_by_its_name(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    learning = MemoryLearningStore()
    learning.tamper(CELL, ONE_VOTE)
    check_learning.respond(CheckConsistency(learning, lambda look: None))
    assert metrics(capsys) == {"LearningCellsInconsistent": 1}
    fields = ("symptom", "action", "service_name", "environment")
    assert logged(caplog, *fields) == [("ERROR", *CELL)]


def test_a_recompute_reports_cells_reranked_incidents_and_conflicts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    agent = Agent()
    (name,) = agent.ingest(received(plain("checkout"))).incident_ids
    first, *_, last = agent.store.incidents([name])[name].suggestions
    for person in range(20):
        agent.application.feedback.record(first.id, -1, "", signed_in(f"person-{person}"), NOW)
        agent.application.feedback.record(last.id, 1, "", signed_in(f"person-{person}"), NOW)
    capsys.readouterr()
    recompute_confidence.respond(agent.recompute, NOW)
    assert metrics(capsys) == {"LearningCells": 2, "IncidentsReranked": 1, "RerankConflicts": 0}


def test_unknown_names_in_change_freezes_are_counted_and_logged(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    inventory = ServiceInventory(Catalog({"checkout": ServiceDeclaration()}))
    start = datetime.fromtimestamp(NOON / SECOND, UTC)
    sale = Freeze(reason="sale", starts_at=start, ends_at=start + timedelta(days=1), environments=("prod",))
    remediate.report_unknown_names(ChangeFreezes([sale], lambda: inventory), NOON)
    assert metrics(capsys) == {"FreezeNamesUnknown": 0}
    misspelled = replace(sale, environments=("prodd",), services=("chekout", "checkout"))
    remediate.report_unknown_names(ChangeFreezes([sale, misspelled], lambda: inventory), NOON)
    assert metrics(capsys) == {"FreezeNamesUnknown": 2}
    assert logged(caplog, "names") == [("WARNING", ["prodd", "chekout"])]


def test_a_sync_counts_failing_sources_missed_alerts_and_parked_incidents(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    works = SourceHealth(name="cloudwatch", state=SourceState.HEALTHY, counts={"alerts": 9, "missed": 2})
    fails = SourceHealth(
        name="datadog", state=SourceState.FAILING, error="datadog: 503", counts={"missed": 7}
    )
    refused = SourceHealth(name="xray", state=SourceState.ACCESS_DENIED, error="xray: no permission")
    no_key = SourceHealth(name="datadog-services", state=SourceState.CREDENTIALS_MISSING)
    ask = RecordedSourceSync(SyncResult((works, fails, refused, no_key), (IncidentId("inc_1"),), 3, 7))

    answer = sync_sources.respond({"sources": ["cloudwatch", "datadog"]}, ask, NOON)

    assert ask.asked == [(["cloudwatch", "datadog"], NOON)]
    assert metrics(capsys) == {"SourcesFailing": 2, "AlertsMissed": 2, "IncidentsParked": 7}
    assert logged(caplog, "source_name", "state", "reason") == [
        ("WARNING", "datadog", "failing", "datadog: 503"),
        ("WARNING", "xray", "access_denied", "xray: no permission"),
    ]
    assert (list(answer["incidentIds"]), answer["accepted"]) == (["inc_1"], 3)
    assert answer["health"][0] == {
        "name": "cloudwatch",
        "state": "healthy",
        "counts": {"alerts": 9, "missed": 2},
    }


def test_a_sync_that_another_function_runs_returns_an_empty_result(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = sync_sources.respond({"sources": ["ecs"]}, RecordedSourceSync(None), NOON)
    assert answer == {"health": (), "incidentIds": (), "accepted": 0, "parkedIncidents": 0}
    assert metrics(capsys) == {"SourcesFailing": 0, "AlertsMissed": 0, "IncidentsParked": 0}
