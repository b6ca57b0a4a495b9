"""Words that mislead: what looks like a symptom and is none, or like an action and is one already."""

import pytest

from cloudops.alerts.alert import Alert
from tests.analysis.cases import alarm, described, first, monitor, prometheus, read, symptom_and_action


@pytest.mark.parametrize(
    "title",
    [
        "Backup of 500 GB completed",
        "Zoom room 5 is booked",
        "Bloom filter rebuilt",
        "Groom the backlog of rooms",
    ],
)
def test_numbers_and_syllables_are_not_symptoms(title: str) -> None:
    assert read(described(title)).symptom not in {"oom", "error_rate"}


def test_a_threshold_of_500_is_not_a_server_error() -> None:
    alert = monitor("GC pause too long", "jvm.gc.major_collection_time", "avg:x{*} by {service} > 500")
    assert read(alert).symptom != "error_rate"


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/ECS", "CPUUtilization", "web-cpu-low", "below", ServiceName="web"),
        alarm("AWS/EC2", "CPUUtilization", "scale-in", "below", AutoScalingGroupName="web"),
        prometheus("HostCpuIsUnderutilized", "Host CPU is underutilized", "CPU load is < 20% for 1 week"),
        prometheus("ContainerLowCpuUtilization", "Container low CPU utilization"),
        monitor("GPU utilization low", "dcgm.gpu_utilization", "avg:dcgm.gpu_utilization{*} < 10"),
    ],
)
def test_too_little_load_is_not_saturation(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("other", "noop")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/EC2", "CPUCreditBalance", "credits", "below"),
        monitor("Idle CPU low", "system.cpu.idle", "avg:system.cpu.idle{*} by {host} < 5"),
    ],
)
def test_little_remaining_capacity_is_saturation(alert: Alert) -> None:
    assert read(alert).symptom == "saturation_cpu"


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("Autoscaler scaled checkout from 4 to 9 replicas", "CPU was 85%"),
        ("Rollback finished for cart", "Automatic rollback to revision 12 completed"),
        ("Scheduled maintenance: database failover", "Maintenance window 02:00 to 03:00"),
        ("Daily SLO report", "p95 latency 84ms, 5xx count 0, objective met"),
        ("Payment latency back to normal", "p99 is healthy now"),
    ],
)
def test_a_past_planned_or_running_operation_needs_no_action(title: str, message: str) -> None:
    assert first(read(described(title, message))) == "noop"


def test_a_problem_that_has_not_recovered_is_not_over() -> None:
    alert = described(
        "checkout returns 5xx errors", "checkout has not recovered since 10:00", service="checkout"
    )
    assert first(read(alert)) == "rollback"


@pytest.mark.parametrize(
    "alert",
    [
        described("Stripe latency elevated", "third-party provider reports an incident", service="payments"),
        described("AWS Health: operational issue in us-east-1", "AWS reports increased API error rates"),
        described("Feature flags degraded", "LaunchDarkly status page incident"),
    ],
)
def test_a_fault_of_a_third_party_needs_no_action(alert: Alert) -> None:
    assert first(read(alert)) == "noop"


def test_the_name_of_an_alarm_is_not_its_state() -> None:
    alert = alarm("AWS/ApplicationELB", "TargetResponseTime", "Latency-OK", "above")
    assert symptom_and_action(alert) == ("latency", "scale_service")


def test_the_metric_outweighs_the_name_of_the_alarm() -> None:
    alert = alarm("AWS/Lambda", "Errors", "checkout-latency-disk-full", "above", FunctionName="checkout")
    assert symptom_and_action(alert) == ("error_rate", "rollback")


@pytest.mark.parametrize("service", ["billing", "audit-log", "node-api", "queue-worker", "cert-issuer"])
def test_the_name_of_a_service_is_not_a_symptom(service: str) -> None:
    assert symptom_and_action(described(f"p99 latency of {service} is high", service=service)) == (
        "latency",
        "scale_service",
    )


def test_host_names_are_ignored() -> None:
    alert = monitor(
        "HAProxy 5xx on ip-10-2-188-246.ec2.internal",
        "haproxy.backend.response.5xx",
        "avg:x{*} by {host} > 1",
    )
    assert symptom_and_action(alert) == ("error_rate", "rollback")


def test_guesses_further_down_the_message_do_not_outweigh_the_title() -> None:
    alert = described(
        "Kafka consumer lag of billing",
        "Lag is 90000.\nPossible causes: high CPU, out of memory, disk full, certificate expired, crashes.",
    )
    assert symptom_and_action(alert) == ("queue_backlog", "scale_service")


def test_the_direction_of_an_anomaly_is_that_of_its_words() -> None:
    alert = monitor(
        "CPU usage higher than usual",
        "docker.cpu.usage",
        "avg(last_4h):anomalies(avg:docker.cpu.usage{*}, 'basic', 2, direction='above') >= 1",
    )
    assert symptom_and_action(alert) == ("saturation_cpu", "scale_service")


def test_datadog_spells_cloudwatch_metrics_its_own_way() -> None:
    alert = monitor("Free space", "aws.rds.free_storage_space", "avg:aws.rds.free_storage_space{*} < 1000")
    assert symptom_and_action(alert) == ("disk", "noop")


def test_an_alert_name_begins_with_its_product() -> None:
    assert read(prometheus("TrinoFailedQueriesHigh", "Queries fail")).component == "datastore"
    assert read(prometheus("ServerErrorsHigh", "Requests fail")).component == "unknown"


def test_under_pressure_is_not_below_a_threshold() -> None:
    assert (
        read(described("Guest memory", "The guest is under memory pressure")).symptom == "saturation_memory"
    )
    assert read(described("Guest memory", "Memory use is under the threshold")).symptom == "other"


def test_self_healing_as_a_name_is_not_a_recovery() -> None:
    assert first(read(described("self-healing-demo pod crashloop", "CrashLoopBackOff"))) == "rollback"
    assert first(read(described("checkout crashes", "It self-healed at 10:04"))) == "noop"


def test_a_429_is_throttling_and_not_an_error_of_the_caller() -> None:
    assert read(described("Catalog answers with errors 429")).symptom == "throttling"


def test_a_prometheus_job_names_the_component() -> None:
    busy = prometheus("HighCPUUsage", "CPU usage is above 80%", job="node-exporter")
    assert symptom_and_action(busy) == ("saturation_cpu", "noop")
    busy = prometheus("HighCPUUsage", "CPU usage is above 80%", job="checkout")
    assert symptom_and_action(busy) == ("saturation_cpu", "scale_service")


def test_a_namespace_of_another_cloud_is_named_after_its_product() -> None:
    assert read(described("Availability low", namespace="Microsoft.KeyVault/vaults")).component == "platform"
    assert read(described("CPU high", namespace="Microsoft.Web/serverfarms")).component == "workload"
    assert read(described("CPU high", namespace="Shop/Checkout")).component == "unknown"


@pytest.mark.parametrize(
    ("alert", "expected"),
    [
        (described("Synthetic test failed: login", service="shop"), ("availability", "restart_pods")),
        (monitor("Watchdog: increased error rate on GET /basket", ""), ("error_rate", "rollback")),
        (
            monitor("Watchdog: latency anomaly on service search", "events(source:watchdog)"),
            ("latency", "scale_service"),
        ),
        (prometheus("Watchdog", "An alert that should always be firing"), ("other", "noop")),
        (described("High volume of TypeError", service="shop"), ("error_rate", "rollback")),
        (described("Swap space usage is high: db3"), ("saturation_memory", "noop")),
        (
            alarm("AWS/ECS", "CPUUtilization", "TargetTrackingScaling-AlarmHigh", "above"),
            ("saturation_cpu", "noop"),
        ),
    ],
)
def test_words_are_read_in_their_context(alert: Alert, expected: tuple[str, str]) -> None:
    assert symptom_and_action(alert) == expected
