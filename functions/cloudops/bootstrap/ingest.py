"""Builds ingest for its three callers: the function behind the queue, the API and the source sync."""

import time
from functools import cache, partial

from cloudops.adapters.aws.client import open_client
from cloudops.adapters.aws.message_visibility import SqsMessageVisibility
from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.quarantine import DynamoQuarantine
from cloudops.adapters.dynamodb.silences import DynamoSilenceStore
from cloudops.adapters.payloads.change_events import read_changes
from cloudops.adapters.payloads.parser import read
from cloudops.analysis.classifier import classify
from cloudops.analysis.rules import default_rules
from cloudops.bootstrap.catalog import inventory_context, record_changes
from cloudops.bootstrap.clock import chance, pause
from cloudops.bootstrap.database import rows, settings
from cloudops.bootstrap.learning import learned_levels
from cloudops.ingestion.ingest import Ingest
from cloudops.ingestion.redelivery import EarlyRedelivery
from cloudops.silences.service import KnownSilences


@cache
def ingest() -> Ingest:
    return Ingest(
        read=read,
        read_changes=read_changes,
        record_changes=record_changes(),
        quarantine=DynamoQuarantine(rows()),
        context=inventory_context(),
        classify=partial(classify, rules=default_rules()),
        store=DynamoIncidentStore(rows()),
        pause=pause,
        levels=learned_levels().current,
        silences=KnownSilences(DynamoSilenceStore(rows()), time.monotonic).current,
    )


@cache
def early_redelivery() -> EarlyRedelivery:
    client = open_client("sqs", settings().region)
    return EarlyRedelivery(SqsMessageVisibility(client, settings().alert_queue), chance)
