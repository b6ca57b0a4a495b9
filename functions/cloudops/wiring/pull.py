"""What the pull function calls: the sources, each with the client that it needs."""

import time
from collections.abc import Sequence
from functools import cache
from typing import Any

from cloudops.adapters.aws import IN_THE_BACKGROUND, open_client
from cloudops.adapters.cloudwatch_pull import CloudWatchAlarms
from cloudops.adapters.datadog_api import DatadogApi
from cloudops.adapters.datadog_keys import DatadogKeys
from cloudops.adapters.datadog_pull import DatadogMonitors
from cloudops.adapters.discovery.application_signals import ApplicationSignals
from cloudops.adapters.discovery.datadog_services import DatadogServices
from cloudops.adapters.discovery.ecs import EcsServices
from cloudops.adapters.discovery.functions import LambdaFunctions
from cloudops.adapters.discovery.groups import AutoScalingGroups
from cloudops.adapters.discovery.xray import XRayGraph
from cloudops.adapters.recorded import ACCOUNT, REGION, RecordedClient, RecordedDatadog
from cloudops.adapters.secrets import SecretDocument
from cloudops.domain.pulling import AlertSource
from cloudops.flows.discovery import Surveyor
from cloudops.flows.synchronise import Synchronise
from cloudops.wiring.clock import now
from cloudops.wiring.synchronise import synchronise_with
from cloudops.wiring.table import settings


@cache
def synchronise() -> Synchronise:
    return synchronise_with(sources(), surveyors())


def sources() -> Sequence[AlertSource]:
    alarms = CloudWatchAlarms(_client("cloudwatch"), _client("resourcegroupstaggingapi"))
    return alarms, DatadogMonitors(datadog())


def surveyors() -> Sequence[Surveyor]:
    where = (ACCOUNT, REGION) if settings().use_mock_adapters else (settings().account, settings().region)
    environments = tuple(filter(None, settings().datadog_environments.split(",")))
    return (
        EcsServices(_client("ecs"), *where),
        LambdaFunctions(_client("lambda"), _client("resourcegroupstaggingapi"), *where),
        AutoScalingGroups(_client("autoscaling"), *where),
        ApplicationSignals(_client("application-signals"), *where),
        XRayGraph(_client("xray"), *where),
        DatadogServices(datadog(), environments),
    )


@cache
def datadog() -> DatadogApi | RecordedDatadog:
    if settings().use_mock_adapters:
        return RecordedDatadog(now)
    name = settings().datadog_secret
    secret = SecretDocument(_client("secretsmanager"), name, time.monotonic)
    return DatadogApi(DatadogKeys(secret, name), time.sleep)


@cache
def _client(service: str) -> Any:
    """A client that waits out a throttling, or a recording (Any, as open_client)."""
    if settings().use_mock_adapters:
        return RecordedClient(now)
    return open_client(service, settings().region, IN_THE_BACKGROUND)
