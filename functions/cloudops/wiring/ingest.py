"""The ingest flow, for the queue's function and for the API."""

import time
from functools import cache, partial

from cloudops.adapters.dynamodb.quarantine import DynamoQuarantine
from cloudops.adapters.dynamodb.silences import DynamoSilenceStore
from cloudops.adapters.dynamodb.store import DynamoIncidentStore
from cloudops.adapters.payload import read
from cloudops.domain.analysis import analyse
from cloudops.domain.rules import default_rules
from cloudops.domain.topology import Topology
from cloudops.flows.ingest import Ingest
from cloudops.flows.placement import Placement
from cloudops.flows.silences import KnownSilences
from cloudops.wiring.clock import pause
from cloudops.wiring.learning import levels
from cloudops.wiring.table import rows, settings


@cache
def ingest() -> Ingest:
    placement = Placement(
        analyse=partial(analyse, rules=default_rules()),
        topology=Topology.parse(settings().topology),
        store=DynamoIncidentStore(rows()),
        pause=pause,
        levels=levels(),
        silences=KnownSilences(DynamoSilenceStore(rows()), time.monotonic),
    )
    return Ingest(read, placement, DynamoQuarantine(rows()))
