"""Concurrent ingestion of an alert storm into one scope, with every store."""

import threading

from cloudops.alerts.alert import Alert
from cloudops.incidents.store import IncidentQuery, IncidentStore
from tests.fakes.ingestion import as_received, ingest_into
from tests.fakes.storm import storm
from tests.fakes.time_budget import no_time

FUNCTIONS = 16


def test_a_storm_that_is_ingested_concurrently_counts_once(store: IncidentStore) -> None:
    alerts = storm(incidents=8, copies=4)
    ready = threading.Barrier(FUNCTIONS)

    def work(mine: list[Alert]) -> None:
        ingest = ingest_into(store)
        ready.wait()
        while mine:
            failed = ingest.process(as_received(mine), no_time).failed
            assert all(outcome.lost_race for outcome in failed)
            mine = [mine[int(outcome.ref)] for outcome in failed]

    workers = [threading.Thread(target=work, args=(alerts[one::FUNCTIONS],)) for one in range(FUNCTIONS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    incidents = store.browse(IncidentQuery()).incidents
    stored = [row for incident in incidents for row in store.detail(incident.id).alerts]
    assert len(alerts) == 96
    assert len(incidents) == 8
    assert sum(incident.alert_count for incident in incidents) == 24
    assert sorted(row.alert.fingerprint for row in stored) == sorted({alert.fingerprint for alert in alerts})
    assert {row.count for row in stored} == {1}
