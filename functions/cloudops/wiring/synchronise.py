"""The flow that asks sources, over whichever sources there are."""

from collections.abc import Sequence

from cloudops.adapters.dynamodb.estate import DynamoEstateStore
from cloudops.adapters.dynamodb.quarantine import DynamoQuarantine
from cloudops.adapters.dynamodb.sources import DynamoSourceStore
from cloudops.adapters.dynamodb.store import DynamoIncidentStore
from cloudops.domain.pulling import AlertSource
from cloudops.flows.discovery import Discover, Surveyor
from cloudops.flows.pull import Pull
from cloudops.flows.synchronise import Synchronise
from cloudops.wiring.estate import surroundings
from cloudops.wiring.ingest import placement
from cloudops.wiring.table import rows


def synchronise_with(sources: Sequence[AlertSource], surveyors: Sequence[Surveyor]) -> Synchronise:
    health = DynamoSourceStore(rows())
    pull = Pull(
        sources,
        DynamoIncidentStore(rows()),
        placement(),
        DynamoQuarantine(rows()),
        health,
        recognise=surroundings().recognised,
    )
    return Synchronise(pull, Discover(surveyors, DynamoEstateStore(rows()), health))
