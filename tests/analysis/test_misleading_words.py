"""Words that mislead: what looks like a symptom and is none, or like an action and is one already."""

import pytest

from cloudops.alerts.alert import Alert
from tests.analysis.cases import alarm, described, first, monitor, prometheus, read, verdict


@pytest.mark.parametrize(
    "title",
    [
        "Backup of 500 GB completed",
        "Zoom room 5 is booked",
        "Bloom filter rebuilt",
        "Groom the backlog of rooms",
    ],
)
def test_numbers_and_syllables_are_no_symptoms(title: str) -> None:
    assert read(described(title)).symptom not in {"oom", "error_rate"}


def test_a_threshold_of_500_is_no_server_error() -> None:
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
def test_too_little_load_is_no_saturation(alert: Alert) -> None:
    assert verdict(alert) == ("other", "noop")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/EC2", "CPUCreditBalance", "credits", "below"),
        monitor("Idle CPU low", "system.cpu.idle", "avg:system.cpu.idle{*} by {host} < 5"),
    ],
)
def test_little_of_what_is_left_is_saturation(alert: Alert) -> None:
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
def test_what_is_over_planned_or_under_way_asks_for_nothing(title: str, message: str) -> None:
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
def test_a_third_partys_fault_is_not_ours_to_act_on(alert: Alert) -> None:
    assert first(read(alert)) == "noop"


def test_the_name_of_an_alarm_is_no_state() -> None:
    alert = alarm("AWS/ApplicationELB", "TargetResponseTime", "Latency-OK", "above")
    assert verdict(alert) == ("latency", "scale_service")


def test_what_the_source_measured_outweighs_what_the_alarm_is_called() -> None:
    alert = alarm("AWS/Lambda", "Errors", "checkout-latency-disk-full", "above", FunctionName="checkout")
    assert verdict(alert) == ("error_rate", "rollback")


@pytest.mark.parametrize("service", ["billing", "audit-log", "node-api", "queue-worker", "cert-issuer"])
def test_the_name_of_a_service_is_no_symptom(service: str) -> None:
    assert verdict(described(f"p99 latency of {service} is high", service=service)) == (
        "latency",
        "scale_service",
    )


def test_host_names_tell_nothing() -> None:
    alert = monitor(
        "HAProxy 5xx on ip-10-2-188-246.ec2.internal",
        "haproxy.backend.response.5xx",
        "avg:x{*} by {host} > 1",
    )
    assert verdict(alert) == ("error_rate", "rollback")


def test_guesses_further_down_the_message_do_not_outweigh_the_title() -> None:
    alert = described(
        "Kafka consumer lag of billing",
        "Lag is 90000.\nPossible causes: high CPU, out of memory, disk full, certificate expired, crashes.",
    )
    assert verdict(alert) == ("queue_backlog", "scale_service")


def test_an_unusual_value_has_the_direction_of_its_words_not_of_its_score() -> None:
    alert = monitor(
        "CPU usage higher than usual",
        "docker.cpu.usage",
        "avg(last_4h):anomalies(avg:docker.cpu.usage{*}, 'basic', 2, direction='above') >= 1",
    )
    assert verdict(alert) == ("saturation_cpu", "scale_service")


def test_datadog_spells_cloudwatch_metrics_its_own_way() -> None:
    alert = monitor("Free space", "aws.rds.free_storage_space", "avg:aws.rds.free_storage_space{*} < 1000")
    assert verdict(alert) == ("disk", "noop")


def test_an_alert_name_begins_with_its_product() -> None:
    assert read(prometheus("TrinoFailedQueriesHigh", "Queries fail")).component == "datastore"
    assert read(prometheus("ServerErrorsHigh", "Requests fail")).component == "unknown"


def test_under_pressure_is_not_below_a_threshold() -> None:
    assert (
        read(described("Guest memory", "The guest is under memory pressure")).symptom == "saturation_memory"
    )
    assert read(described("Guest memory", "Memory use is under the threshold")).symptom == "other"


def test_a_system_that_is_named_self_healing_heals_nothing_yet() -> None:
    assert first(read(described("self-healing-demo pod crashloop", "CrashLoopBackOff"))) == "rollback"
    assert first(read(described("checkout crashes", "It self-healed at 10:04"))) == "noop"


def test_a_429_is_the_limit_of_whoever_answers_and_no_mistake_of_the_caller() -> None:
    assert read(described("Catalog answers with errors 429")).symptom == "throttling"


def test_a_prometheus_job_tells_what_is_scraped() -> None:
    busy = prometheus("HighCPUUsage", "CPU usage is above 80%", job="node-exporter")
    assert verdict(busy) == ("saturation_cpu", "noop")
    busy = prometheus("HighCPUUsage", "CPU usage is above 80%", job="checkout")
    assert verdict(busy) == ("saturation_cpu", "scale_service")


def test_a_namespace_of_another_cloud_is_named_after_its_product() -> None:
    assert read(described("Availability low", namespace="Microsoft.KeyVault/vaults")).component == "platform"
    assert read(described("CPU high", namespace="Microsoft.Web/serverfarms")).component == "workload"
    assert read(described("CPU high", namespace="Shop/Checkout")).component == "unknown"


@pytest.mark.parametrize(
    ("alert", "expected"),
    [
        (described("Synthetic test failed: login", service="shop"), ("availability", "restart_pods")),
        (monitor("Watchdog: increased error rate on GET /basket", ""), ("error_rate", "rollback")),
        (prometheus("Watchdog", "An alert that should always be firing"), ("other", "noop")),
        (described("High volume of TypeError", service="shop"), ("error_rate", "rollback")),
        (described("Swap space usage is high: db3"), ("saturation_memory", "noop")),
        (
            alarm("AWS/ECS", "CPUUtilization", "TargetTrackingScaling-AlarmHigh", "above"),
            ("saturation_cpu", "noop"),
        ),
    ],
)
def test_words_are_read_in_their_company(alert: Alert, expected: tuple[str, str]) -> None:
    assert verdict(alert) == expected
