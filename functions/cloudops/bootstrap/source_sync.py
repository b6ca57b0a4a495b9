"""Builds the source sync: polling and discovery, each source with its client."""

import time
from collections.abc import Sequence
from functools import cache, partial
from typing import Any, Final

from cloudops.adapters.aws.client import BACKGROUND_TIMEOUTS, open_client
from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.adapters.cloudwatch.describe_alarms import ANSWER_FIELDS, CloudWatchAlarms, answer_fields
from cloudops.adapters.datadog.client import DatadogApi
from cloudops.adapters.datadog.credentials import DatadogKeys
from cloudops.adapters.datadog.monitor_search import DatadogMonitors
from cloudops.adapters.discovery.application_signals import ApplicationSignals
from cloudops.adapters.discovery.auto_scaling_groups import AutoScalingGroups
from cloudops.adapters.discovery.datadog_apm import DatadogServices
from cloudops.adapters.discovery.ecs import EcsServices
from cloudops.adapters.discovery.lambda_functions import LambdaFunctions
from cloudops.adapters.discovery.xray import XRayGraph
from cloudops.adapters.dynamodb.catalog import DynamoCatalogStore, DynamoSourceStore
from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.quarantine import DynamoQuarantine
from cloudops.adapters.recorded import RECORDED_ACCOUNT, RECORDED_REGION, RecordedClient, RecordedDatadog
from cloudops.bootstrap.catalog import inventory_context
from cloudops.bootstrap.clock import now, start_timer
from cloudops.bootstrap.database import rows, settings
from cloudops.bootstrap.ingest import ingest
from cloudops.catalog.discovery import DiscoverServices, DiscoverySource
from cloudops.ingestion.polling import AlertSource, PollSources
from cloudops.ingestion.source_sync import SyncSources

SYNC_INGEST_SECONDS: Final = 30.0
"""Per source, for retries in a scope that other containers change; the function has five minutes."""


@cache
def source_sync() -> SyncSources:
    return source_sync_with(alert_sources(), discovery_sources())


def alert_sources() -> Sequence[AlertSource]:
    client = _client("cloudwatch")
    known_fields = ANSWER_FIELDS if settings().use_mock_adapters else answer_fields(client)
    alarms = CloudWatchAlarms(client, _client("resourcegroupstaggingapi"), known_fields)
    return alarms, DatadogMonitors(datadog())


def discovery_sources() -> Sequence[DiscoverySource]:
    account_region = (
        (RECORDED_ACCOUNT, RECORDED_REGION)
        if settings().use_mock_adapters
        else (settings().account, settings().region)
    )
    environments = tuple(filter(None, settings().datadog_environments.split(",")))
    return (
        EcsServices(_client("ecs"), *account_region),
        LambdaFunctions(_client("lambda"), _client("resourcegroupstaggingapi"), *account_region),
        AutoScalingGroups(_client("autoscaling"), *account_region),
        ApplicationSignals(_client("application-signals"), *account_region),
        XRayGraph(_client("xray"), *account_region),
        DatadogServices(datadog(), environments),
    )


@cache
def datadog() -> DatadogApi | RecordedDatadog:
    if settings().use_mock_adapters:
        return RecordedDatadog(now)
    name = settings().datadog_secret
    secret = SecretDocument(_client("secretsmanager"), name, time.monotonic)
    return DatadogApi(DatadogKeys(secret, name).read, time.sleep)


@cache
def _client(service: str) -> Any:
    """Returns a client that retries when throttled, or a recording (Any, as open_client)."""
    if settings().use_mock_adapters:
        return RecordedClient(now)
    return open_client(service, settings().region, BACKGROUND_TIMEOUTS)


def source_sync_with(
    sources: Sequence[AlertSource], discovery_sources: Sequence[DiscoverySource]
) -> SyncSources:
    health = DynamoSourceStore(rows())
    polling = PollSources(
        sources,
        DynamoIncidentStore(rows()),
        ingest(),
        DynamoQuarantine(rows()),
        health,
        attribute=inventory_context().attribute,
        start_timer=partial(start_timer, SYNC_INGEST_SECONDS),
    )
    return SyncSources(polling, DiscoverServices(discovery_sources, DynamoCatalogStore(rows()), health))
