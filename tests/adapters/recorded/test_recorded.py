"""The recorded answers are read by the adapters that read the real ones, and name the same sources."""

from typing import Any

from cloudops.adapters.cloudwatch.describe_alarms import CloudWatchAlarms
from cloudops.adapters.datadog.monitor_search import DatadogMonitors
from cloudops.adapters.discovery.application_signals import ApplicationSignals
from cloudops.adapters.discovery.auto_scaling_groups import AutoScalingGroups
from cloudops.adapters.discovery.datadog_apm import DatadogServices
from cloudops.adapters.discovery.ecs import EcsServices
from cloudops.adapters.discovery.lambda_functions import LambdaFunctions
from cloudops.adapters.discovery.xray import XRayGraph
from cloudops.adapters.recorded import ACCOUNT, REGION, RecordedClient, RecordedDatadog
from cloudops.core.time import MINUTE
from cloudops.sources.health import SOURCES

NOW = 1_767_225_600_000
CLIENT: Any = RecordedClient(lambda: NOW)
"""Any: it stands for whichever client."""
WHERE = (ACCOUNT, REGION)
SOURCES_OF_ALERTS = (CloudWatchAlarms(CLIENT, CLIENT), DatadogMonitors(RecordedDatadog(lambda: NOW)))
SURVEYORS = (
    EcsServices(CLIENT, *WHERE),
    LambdaFunctions(CLIENT, CLIENT, *WHERE),
    AutoScalingGroups(CLIENT, *WHERE),
    ApplicationSignals(CLIENT, *WHERE),
    XRayGraph(CLIENT, *WHERE),
    DatadogServices(RecordedDatadog(lambda: NOW), ("prod",)),
)


def test_the_recorded_alerts_are_all_read_and_as_of_now() -> None:
    cloudwatch, datadog = (source.listing(NOW) for source in SOURCES_OF_ALERTS)
    assert (cloudwatch.error, datadog.error, cloudwatch.unreadable, datadog.unreadable) == (
        None,
        None,
        (),
        (),
    )
    told = [(one.service, one.is_firing, NOW - one.occurred_at) for one in cloudwatch.listing.alerts]
    assert told == [("checkout", True, 3 * MINUTE), ("search", False, 600 * MINUTE)]
    assert [(one.service, one.is_firing) for one in datadog.listing.alerts] == [
        ("search", True),
        ("static-site", False),
    ]


def test_the_recorded_estate_has_services_on_every_platform_and_their_calls() -> None:
    snapshots = [one.discover(NOW) for one in SURVEYORS]
    found = {(one.service, one.target.platform.value) for snapshot in snapshots for one in snapshot.resources}
    assert found == {
        ("checkout", "ecs"),
        ("search", "ecs"),
        ("invoice", "lambda"),
        ("reports", "asg"),
        ("web", "eks"),
    }
    calls = {(one.caller, one.callee) for snapshot in snapshots for one in snapshot.calls}
    assert {("checkout", "invoice"), ("web", "checkout"), ("web", "search")} <= calls


def test_every_source_that_is_listed_has_an_adapter_of_its_name() -> None:
    assert {one.name for one in (*SOURCES_OF_ALERTS, *SURVEYORS)} == set(SOURCES)
