"""Limits on requests to DynamoDB, the store's running cost."""

import pytest
from msgspec.structs import replace

from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.learning_store import DynamoLearningStore
from cloudops.adapters.dynamodb.row import Rows
from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.core.time import HOUR
from cloudops.correlation.parking import Capacity
from cloudops.incidents.store import IncidentQuery
from cloudops.ingestion.ingest import Ingest
from tests.fakes.dynamodb_wire import Meter, metered
from tests.fakes.incident_factory import a_commit, a_vote, an_entry, an_incident
from tests.fakes.ingestion import as_received, ingest_into
from tests.fakes.storm import batches, storm
from tests.fakes.time_budget import no_time


@pytest.fixture
def ingest(moto_table: Rows) -> Ingest:
    return ingest_into(DynamoIncidentStore(moto_table))


def metered_ingest(rows: Rows, ingest: Ingest, alerts: list[list[Alert]]) -> Meter:
    with metered(rows) as meter:
        for batch in alerts:
            assert not ingest.process(as_received(batch), no_time).failed
    return meter


def test_a_new_alert_costs_two_requests(moto_table: Rows, ingest: Ingest) -> None:
    first = storm(incidents=1, copies=1)[:1]

    assert metered_ingest(moto_table, ingest, [first]).calls == ["GetItem", "TransactWriteItems"]


def test_an_alert_that_joins_costs_three_requests(moto_table: Rows, ingest: Ingest) -> None:
    first, second, _ = storm(incidents=1, copies=1)
    ingest.process(as_received([first]), no_time)

    assert metered_ingest(moto_table, ingest, [[second]]).calls == [
        "GetItem",
        "BatchGetItem",
        "TransactWriteItems",
    ]


def test_any_number_of_duplicates_costs_one_request(moto_table: Rows, ingest: Ingest) -> None:
    first = storm(incidents=1, copies=1)[0]
    ingest.process(as_received([first]), no_time)
    again = [replace(first, occurred_at=first.occurred_at + second) for second in range(100)]

    meter = metered_ingest(moto_table, ingest, [again])

    assert (meter.calls, meter.write_units) == (["GetItem"], 0)


@pytest.fixture
def parking(moto_table: Rows) -> tuple[Ingest, list[Alert]]:
    """Returns a scope that has parked incidents, and the alerts of 12 unrelated services, oldest first."""
    ingest = ingest_into(DynamoIncidentStore(moto_table), capacity=Capacity(max_bytes=2_500, max_rows=12))
    first = storm(incidents=1, copies=1)[0]
    alerts = [
        replace(
            first,
            fingerprint=f"f{number}",
            title=f"disk of unit-{number} is full",
            service=f"unit-{number}",
            resources=(f"namespace:unit-{number}",),
            occurred_at=first.occurred_at + number * HOUR,
            received_at=first.received_at + number * HOUR,
        )
        for number in range(12)
    ]
    for alert in alerts:
        assert not ingest.process(as_received([alert]), no_time).failed
    return ingest, alerts


def test_a_repeat_of_a_parked_alert_costs_three_requests_and_writes_nothing(
    moto_table: Rows, parking: tuple[Ingest, list[Alert]]
) -> None:
    ingest, alerts = parking

    meter = metered_ingest(moto_table, ingest, [[alerts[0]]])

    assert (meter.calls, meter.write_units) == (["GetItem", "BatchGetItem", "BatchGetItem"], 0)


def test_the_resolution_of_a_parked_alert_costs_five_requests(
    moto_table: Rows, parking: tuple[Ingest, list[Alert]]
) -> None:
    ingest, alerts = parking
    at = alerts[-1].occurred_at + 1
    end = replace(alerts[0], status=AlertStatus.RESOLVED, occurred_at=at, received_at=at)

    assert metered_ingest(moto_table, ingest, [[end]]).calls == [
        "GetItem",
        "BatchGetItem",
        "BatchGetItem",
        "BatchGetItem",
        "TransactWriteItems",
    ]


def test_a_storm_singly_costs_at_most_1_4_requests_an_alert(moto_table: Rows, ingest: Ingest) -> None:
    alerts = storm(incidents=30, copies=10)

    meter = metered_ingest(moto_table, ingest, batches(alerts, 1))

    assert len(alerts) == 900
    assert len(meter.calls) / len(alerts) <= 1.4


def test_a_storm_in_batches_of_1000_costs_at_most_0_03_requests_an_alert(
    moto_table: Rows, ingest: Ingest
) -> None:
    alerts = storm(incidents=100, copies=10)

    meter = metered_ingest(moto_table, ingest, batches(alerts, 1_000))

    assert len(alerts) == 3_000
    assert len(meter.calls) / len(alerts) <= 0.03


def test_a_vote_costs_three_requests_at_any_number_of_votes(moto_table: Rows) -> None:
    store, web = DynamoIncidentStore(moto_table), an_incident("web")
    store.commit(a_commit(0, web))
    for number in range(20):
        store.vote(a_vote(web.id, f"person-{number}", 1), an_entry(web.id, str(number)))

    with metered(moto_table) as meter:
        store.vote(a_vote(web.id, "ada", 1), an_entry(web.id, "ada"))

    assert meter.calls == ["BatchGetItem", "GetItem", "TransactWriteItems"]


def test_reading_the_cells_costs_the_same_with_one_vote_and_with_many(moto_table: Rows) -> None:
    store, learning = DynamoIncidentStore(moto_table), DynamoLearningStore(moto_table)
    incidents = [an_incident(f"web-{number}") for number in range(20)]
    store.commit(a_commit(0, *incidents))
    costs = []
    for votes in (incidents[:1], incidents[1:]):
        for one in votes:
            store.vote(a_vote(one.id, "ada", 1), an_entry(one.id, "ada"))
        with metered(moto_table) as meter:
            learning.cells()
        costs.append((meter.calls, meter.read_units))

    assert costs == [(["Query"], 1), (["Query"], 1)]


def test_a_page_of_50_incidents_with_children_is_one_query_of_at_most_50_kb(
    moto_table: Rows, ingest: Ingest
) -> None:
    unrelated = [
        replace(alert, resources=(*alert.resources, f"namespace:{alert.service}"))
        for alert in storm(incidents=60, copies=1)
    ]
    ingest.process(as_received(unrelated), no_time)

    with metered(moto_table) as meter:
        page = DynamoIncidentStore(moto_table).browse(IncidentQuery(limit=50))

    assert meter.calls == ["Query"]
    assert meter.bytes_read <= 50_000
    assert len(page.incidents) == 50
    assert all(incident.samples and incident.suggestions for incident in page.incidents)
