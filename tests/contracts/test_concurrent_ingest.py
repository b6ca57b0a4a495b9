"""Sixteen functions that take in one storm at once, into one scope, whatever the store."""

import threading
from functools import partial

from cloudops.alerts.alert import Alert
from cloudops.analysis.classifier import classify
from cloudops.analysis.rules import default_rules
from cloudops.catalog.topology import Topology
from cloudops.core.errors import Conflict
from cloudops.incidents.alert_processor import AlertProcessor
from cloudops.incidents.context import StaticContext
from cloudops.incidents.store import IncidentQuery, IncidentStore
from tests.fakes.storm import storm
from tests.fakes.time_budget import no_time

FUNCTIONS = 16


def test_a_storm_taken_in_by_many_at_once_is_counted_once(store: IncidentStore) -> None:
    alerts = storm(incidents=8, copies=4)
    assess = partial(classify, rules=default_rules())
    ready = threading.Barrier(FUNCTIONS)

    def work(mine: list[Alert]) -> None:
        place = AlertProcessor(assess, StaticContext(Topology()), store, lambda attempt: None)
        ready.wait()
        while mine:
            failures = place.process(mine, no_time).failures
            assert all(isinstance(error, Conflict) for error in failures.values())
            mine = [mine[position] for position in failures]

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
