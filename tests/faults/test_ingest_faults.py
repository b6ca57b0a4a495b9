"""Ingestion that crashes before or after any call, and is repeated."""

import pytest

from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.row import Rows
from cloudops.alerts.alert import Alert
from cloudops.incidents.incident import IncidentDetail
from cloudops.incidents.store import IncidentQuery
from tests.fakes.dynamodb_wire import Side, cut
from tests.fakes.ingestion import as_received, ingest_into
from tests.fakes.store import MemoryIncidentStore
from tests.fakes.storm import storm
from tests.fakes.time_budget import no_time

SIDES: tuple[Side, ...] = ("before", "after")


class Crash(BaseException):
    """Simulates the end of the process."""


def everything(store: DynamoIncidentStore | MemoryIncidentStore) -> list[IncidentDetail]:
    return [store.detail(incident.id) for incident in store.browse(IncidentQuery()).incidents]


def deliveries() -> tuple[list[Alert], list[Alert]]:
    """Returns earlier alerts, and the interrupted batch, which joins, opens and repeats."""
    alerts = storm(incidents=3, copies=2)
    return alerts[:5], alerts[5:]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("call", [0, 1, 2], ids=["scope read", "incidents read", "commit"])
def test_an_interrupted_batch_converges_to_the_state_of_an_uninterrupted_one(
    rows: Rows, side: Side, call: int
) -> None:
    earlier, batch = deliveries()
    undisturbed, store = MemoryIncidentStore(), DynamoIncidentStore(rows)
    for alerts in (earlier, batch):
        ingest_into(undisturbed).process(as_received(alerts), no_time)
    ingest_into(store).process(as_received(earlier), no_time)

    with pytest.raises(Crash), cut(rows, side, Crash(), at=call):
        ingest_into(store).process(as_received(batch), no_time)
    assert not ingest_into(store).process(as_received(batch), no_time).failed

    assert everything(store) == everything(undisturbed)
