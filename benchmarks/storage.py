"""What storing costs: DynamoDB requests and units for one alert, a batch, a storm, a page and a vote.

Run from the repository's root: `python -m benchmarks.storage`. Requests are those of the client, counted on
moto in this process; units follow from the sizes of the items by DynamoDB's price rules, bytes are as it
counts them. A storm is 3,000 deliveries of 300 alerts in 100 incidents, so 90 % duplicates.
"""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import boto3
import msgspec
from moto import mock_aws
from msgspec.structs import replace

from cloudops.adapters.dynamodb.codec import pack
from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.row import Rows, bind
from cloudops.alerts.alert import Alert
from cloudops.analysis.classifier import classify
from cloudops.analysis.rules import default_rules
from cloudops.catalog.topology import Topology
from cloudops.incidents.alert_processor import AlertProcessor
from cloudops.incidents.context import StaticContext
from cloudops.incidents.incident import Incident, TimelineEntry, TimelineKind
from cloudops.incidents.store import IncidentQuery
from cloudops.incidents.suggestion import Feedback
from tests.fakes.dynamodb import create_table
from tests.fakes.dynamodb_wire import Meter, metered
from tests.fakes.storm import batches, storm
from tests.fakes.time_budget import no_time

REGION = "eu-west-1"
RULES = default_rules()


@contextmanager
def empty_table(name: str) -> Iterator[tuple[Rows, AlertProcessor]]:
    with mock_aws():
        create_table(boto3.client("dynamodb", REGION), name)
        rows = bind(name, REGION)
        store = DynamoIncidentStore(rows)
        yield (
            rows,
            AlertProcessor(partial(classify, rules=RULES), StaticContext(Topology()), store, _no_pause),
        )


def _no_pause(attempt: int) -> None:
    raise RuntimeError(f"lost race {attempt}, though nobody else writes")


def show(what: str, meter: Meter, alerts: int = 1) -> None:
    print(
        f"{what:44} {len(meter.calls) / alerts:9.4f} {meter.write_units / alerts:9.3f}"
        f" {meter.read_units / alerts:9.3f} {meter.bytes_read:9d}"
    )


def ingest(name: str, what: str, before: list[Alert], deliveries: list[list[Alert]], alerts: int = 1) -> None:
    with empty_table(name) as (rows, place):
        if before:
            place.process(before, no_time)
        with metered(rows) as meter:
            for batch in deliveries:
                place.process(batch, no_time)
        show(what, meter, alerts)


def read_and_vote() -> None:
    with empty_table("read") as (rows, place):
        place.process(storm(incidents=60, copies=1), no_time)
        store = DynamoIncidentStore(rows)
        with metered(rows) as meter:
            page = store.browse(IncidentQuery(limit=50))
        show("a page of 50 incidents with children", meter)
        incident = page.incidents[0]
        with metered(rows) as meter:
            store.detail(incident.id)
        show("one incident with everything on it", meter)
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
        with metered(rows) as meter:
            store.vote(vote, entry)
        show("one vote", meter)


def record_sizes() -> None:
    """The mean incident record of a storm, in the forms that it could be stored in."""
    with empty_table("sizes") as (rows, place):
        place.process(storm(incidents=60, copies=1), no_time)
        records = DynamoIncidentStore(rows).browse(IncidentQuery(limit=60)).incidents
    forms: dict[str, Callable[[Incident], bytes]] = {
        "JSON": msgspec.json.encode,
        "msgpack": msgspec.msgpack.encode,
        "msgpack, deflated": lambda record: zlib.compress(
            msgspec.msgpack.encode(record), wbits=-zlib.MAX_WBITS
        ),
        "msgpack, deflated with our words": pack,
    }
    for name, encode in forms.items():
        print(f"{name:44} {sum(len(encode(record)) for record in records) / len(records):9.0f}")


def main() -> None:
    print(f"{'':44} {'requests':>9} {'write u.':>9} {'read u.':>9} {'bytes':>9}")
    first, second, _ = storm(incidents=1, copies=1)
    ingest("new", "one new alert, first of its incident", [], [[first]])
    ingest("joins", "one new alert, joins an incident", [first], [[second]])
    ingest("again", "one duplicate", [first], [[first]])
    again = [replace(first, occurred_at=first.occurred_at + at) for at in range(100)]
    ingest("hundred", "a batch of 100 duplicates", [first], [again])
    print("a storm, for each alert:")
    alerts = storm(incidents=100, copies=10)
    for size in (1, 10, 100, 1_000):
        ingest(f"storm{size}", f"  in batches of {size}", [], batches(alerts, size), len(alerts))
    print("for people:")
    read_and_vote()
    print("bytes of an incident record:")
    record_sizes()


if __name__ == "__main__":
    main()
