"""Ingest over a given store, for tests and benchmarks that start from alerts and not from payloads."""

from collections.abc import Sequence
from functools import partial

from cloudops.adapters.payloads.change_events import read_changes
from cloudops.adapters.payloads.parser import read
from cloudops.alerts.alert import Alert
from cloudops.analysis.classifier import classify
from cloudops.analysis.rules import default_rules
from cloudops.catalog.service import CachedInventory, Deployed
from cloudops.catalog.topology import Topology
from cloudops.changes.service import RecentChanges, RecordChanges
from cloudops.core.retry import Pause, at_once
from cloudops.correlation.parking import DEFAULT_CAPACITY, Capacity
from cloudops.incidents.context import StaticContext
from cloudops.incidents.store import IncidentStore
from cloudops.ingestion.ingest import Classify, Ingest
from cloudops.ingestion.reading import Received
from tests.fakes.catalog import MemoryCatalogStore, MemoryChangeStore
from tests.fakes.store import MemoryQuarantine

CLASSIFY = partial(classify, rules=default_rules())


def ingest_into(
    store: IncidentStore,
    *,
    pause: Pause = at_once,
    classify: Classify = CLASSIFY,
    capacity: Capacity = DEFAULT_CAPACITY,
) -> Ingest:
    """Without catalog, changes, silences and learned confidence."""
    changes = MemoryChangeStore()
    inventory = CachedInventory(MemoryCatalogStore(changes), Deployed(), lambda: 0.0)
    recent = RecentChanges(changes, inventory, lambda: 0.0)
    return Ingest(
        read=read,
        read_changes=read_changes,
        record_changes=RecordChanges(changes, inventory, recent),
        quarantine=MemoryQuarantine(),
        context=StaticContext(Topology()),
        classify=classify,
        store=store,
        pause=pause,
        capacity=capacity,
    )


def as_received(alerts: Sequence[Alert]) -> list[Received]:
    """The alerts as a source lists them, under their position."""
    return [Received(str(index), alert, alert.received_at) for index, alert in enumerate(alerts)]
