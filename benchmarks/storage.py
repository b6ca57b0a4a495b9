"""Counts DynamoDB requests, capacity units and bytes of one alert, a batch, a storm, a page and a vote.

    python -m benchmarks.storage

Requests are those of the client, counted on moto in this process. Units follow from the sizes of the items by
DynamoDB's price rules. A storm is 3,000 deliveries of 300 alerts in 100 incidents: 90 % are duplicates.
"""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import boto3
import msgspec
from moto import mock_aws
from msgspec.structs import replace

from cloudops.adapters.dynamodb.codec import pack
from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.row import Rows, bind
from cloudops.alerts.alert import Alert
from cloudops.incidents.incident import Incident, TimelineEntry, TimelineKind
from cloudops.incidents.store import IncidentQuery
from cloudops.incidents.suggestion import Feedback
from cloudops.ingestion.ingest import Ingest
from tests.fakes.dynamodb import create_table
from tests.fakes.dynamodb_wire import Meter, metered
from tests.fakes.ingestion import as_received, ingest_into
from tests.fakes.storm import batches, storm
from tests.fakes.time_budget import no_time

REGION = "eu-west-1"


@contextmanager
def empty_table(name: str) -> Iterator[tuple[Rows, Ingest]]:
    with mock_aws():
        create_table(boto3.client("dynamodb", REGION), name)
        rows = bind(name, REGION)
        store = DynamoIncidentStore(rows)
        yield rows, ingest_into(store, pause=_no_pause)


def _no_pause(attempt: int) -> None:
    raise RuntimeError(f"lost race {attempt}, though no other client writes")


class Cost(NamedTuple):
    """Means for each alert; `bytes_read` is the total."""

    requests: float
    write_units: float
    read_units: float
    bytes_read: int


def cost_of(meter: Meter, alerts: int = 1) -> Cost:
    return Cost(
        len(meter.calls) / alerts, meter.write_units / alerts, meter.read_units / alerts, meter.bytes_read
    )


def ingest(before: list[Alert], deliveries: list[list[Alert]], alerts: int = 1) -> Cost:
    """The cost of `deliveries` to a table that has stored `before`."""
    with empty_table("ingest") as (rows, ingestion):
        if before:
            ingestion.process(as_received(before), no_time)
        with metered(rows) as meter:
            for batch in deliveries:
                ingestion.process(as_received(batch), no_time)
        return cost_of(meter, alerts)


def alert_costs() -> dict[str, Cost]:
    first, second, _ = storm(incidents=1, copies=1)
    repeats = [replace(first, occurred_at=first.occurred_at + at) for at in range(100)]
    return {
        "one new alert, first of its incident": ingest([], [[first]]),
        "one new alert, joins an incident": ingest([first], [[second]]),
        "one duplicate": ingest([first], [[first]]),
        "a batch of 100 duplicates": ingest([first], [repeats]),
    }


def storm_costs(incidents: int) -> dict[str, Cost]:
    """Costs for each alert by the size of the batches; nine in ten deliveries are duplicates."""
    alerts = storm(incidents=incidents, copies=10)
    return {
        f"a storm in batches of {size:,}": ingest([], batches(alerts, size), len(alerts))
        for size in (1, 10, 100, 1_000)
    }


def user_costs() -> dict[str, Cost]:
    """Costs of what a person does: list, open and vote."""
    with empty_table("users") as (rows, ingestion):
        ingestion.process(as_received(storm(incidents=60, copies=1)), no_time)
        store = DynamoIncidentStore(rows)
        with metered(rows) as listed:
            page = store.browse(IncidentQuery(limit=50))
        incident = page.incidents[0]
        with metered(rows) as opened:
            store.detail(incident.id)
        suggestion = incident.suggestions[0]
        vote = Feedback(
            id=f"{suggestion.id}.ada",
            suggestion_id=suggestion.id,
            incident_id=incident.id,
            person="ada",
            value=1,
            created_at=incident.opened_at,
        )
        entry = TimelineEntry(
            id="tl_1",
            incident_id=incident.id,
            at=incident.opened_at,
            kind=TimelineKind.FEEDBACK,
            text="Helpful",
        )
        with metered(rows) as voted:
            store.vote(vote, entry)
    return {
        "a page of 50 incidents with alerts and suggestions": cost_of(listed),
        "one incident with all its parts": cost_of(opened),
        "one vote": cost_of(voted),
    }


def record_sizes() -> dict[str, float]:
    """Mean bytes of the incident records of a storm, in each form that was considered for storing them."""
    with empty_table("sizes") as (rows, ingestion):
        ingestion.process(as_received(storm(incidents=60, copies=1)), no_time)
        records = DynamoIncidentStore(rows).browse(IncidentQuery(limit=60)).incidents
    forms: dict[str, Callable[[Incident], bytes]] = {
        "JSON": msgspec.json.encode,
        "msgpack": msgspec.msgpack.encode,
        "msgpack, deflated": lambda record: zlib.compress(
            msgspec.msgpack.encode(record), wbits=-zlib.MAX_WBITS
        ),
        "msgpack, deflated with the dictionary (stored)": pack,
    }
    return {
        name: sum(len(encode(record)) for record in records) / len(records) for name, encode in forms.items()
    }


def main() -> None:
    print(f"{'':52} {'requests':>9} {'write u.':>9} {'read u.':>9} {'bytes':>9}")
    for costs in (alert_costs(), storm_costs(100), user_costs()):
        for name, cost in costs.items():
            print(
                f"{name:52} {cost.requests:9.4f} {cost.write_units:9.3f} {cost.read_units:9.3f}"
                f" {cost.bytes_read:9d}"
            )
    print("bytes of an incident record:")
    for name, size in record_sizes().items():
        print(f"{name:52} {size:9.0f}")


if __name__ == "__main__":
    main()
