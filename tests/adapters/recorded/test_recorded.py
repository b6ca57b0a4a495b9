"""The adapters of the real APIs read the recorded responses."""

from typing import Any

from cloudops.adapters.cloudwatch.describe_alarms import CloudWatchAlarms
from cloudops.adapters.datadog.monitor_search import DatadogMonitors
from cloudops.adapters.discovery.application_signals import ApplicationSignals
from cloudops.adapters.discovery.auto_scaling_groups import AutoScalingGroups
from cloudops.adapters.discovery.datadog_apm import DatadogServices
from cloudops.adapters.discovery.ecs import EcsServices
from cloudops.adapters.discovery.lambda_functions import LambdaFunctions
from cloudops.adapters.discovery.xray import XRayGraph
from cloudops.adapters.recorded import RECORDED_ACCOUNT, RECORDED_REGION, RecordedClient, RecordedDatadog
from cloudops.core.time import MINUTE
from cloudops.sources.health import SOURCES

NOW = 1_767_225_600_000
CLIENT: Any = RecordedClient(lambda: NOW)
"""Any: it stands for the client of any service."""
ACCOUNT_AND_REGION = (RECORDED_ACCOUNT, RECORDED_REGION)
ALERT_SOURCES = (CloudWatchAlarms(CLIENT, CLIENT), DatadogMonitors(RecordedDatadog(lambda: NOW)))
DISCOVERIES = (
    EcsServices(CLIENT, *ACCOUNT_AND_REGION),
    LambdaFunctions(CLIENT, CLIENT, *ACCOUNT_AND_REGION),
    AutoScalingGroups(CLIENT, *ACCOUNT_AND_REGION),
    ApplicationSignals(CLIENT, *ACCOUNT_AND_REGION),
    XRayGraph(CLIENT, *ACCOUNT_AND_REGION),
    DatadogServices(RecordedDatadog(lambda: NOW), ("prod",)),
)


def test_all_recorded_alerts_are_read_with_times_relative_to_now() -> None:
    cloudwatch, datadog = (source.listing(NOW) for source in ALERT_SOURCES)
    assert (cloudwatch.error, datadog.error, cloudwatch.unreadable, datadog.unreadable) == (
        None,
        None,
        (),
        (),
    )
    alerts = [(item.service, item.is_firing, NOW - item.occurred_at) for item in cloudwatch.listing.alerts]
    assert alerts == [("checkout", True, 3 * MINUTE), ("search", False, 600 * MINUTE)]
    assert [(item.service, item.is_firing) for item in datadog.listing.alerts] == [
        ("search", True),
        ("static-site", False),
    ]


def test_the_recorded_discovery_has_services_on_every_platform_and_their_dependencies() -> None:
    snapshots = [item.discover(NOW) for item in DISCOVERIES]
    found = {
        (item.service, item.target.platform.value) for snapshot in snapshots for item in snapshot.resources
    }
    assert found == {
        ("checkout", "ecs"),
        ("search", "ecs"),
        ("invoice", "lambda"),
        ("reports", "asg"),
        ("web", "eks"),
    }
    calls = {(item.caller, item.callee) for snapshot in snapshots for item in snapshot.calls}
    assert {("checkout", "invoice"), ("web", "checkout"), ("web", "search")} <= calls


def test_every_source_has_an_adapter_of_its_name() -> None:
    assert {item.name for item in (*ALERT_SOURCES, *DISCOVERIES)} == set(SOURCES)
