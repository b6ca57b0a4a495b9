"""The ingest flow, for the queue's function and for the API."""

import time
from functools import cache, partial

from cloudops.adapters.change_events import read_changes
from cloudops.adapters.dynamodb.quarantine import DynamoQuarantine
from cloudops.adapters.dynamodb.silences import DynamoSilenceStore
from cloudops.adapters.dynamodb.store import DynamoIncidentStore
from cloudops.adapters.payload import read
from cloudops.domain.analysis import analyse
from cloudops.domain.rules import default_rules
from cloudops.flows.ingest import Ingest
from cloudops.flows.placement import Placement
from cloudops.flows.silences import KnownSilences
from cloudops.wiring.clock import pause
from cloudops.wiring.estate import surroundings, take_changes
from cloudops.wiring.learning import levels
from cloudops.wiring.table import rows


@cache
def placement() -> Placement:
    return Placement(
        analyse=partial(analyse, rules=default_rules()),
        surroundings=surroundings(),
        store=DynamoIncidentStore(rows()),
        pause=pause,
        levels=levels(),
        silences=KnownSilences(DynamoSilenceStore(rows()), time.monotonic),
    )


@cache
def ingest() -> Ingest:
    return Ingest(
        read,
        placement(),
        DynamoQuarantine(rows()),
        read_changes=read_changes,
        take_changes=take_changes(),
    )
