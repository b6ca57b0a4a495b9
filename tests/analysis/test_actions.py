"""The first action, by symptom and component."""

import pytest

from cloudops.alerts.alert import Alert, AlertStatus
from tests.analysis.cases import (
    actions,
    alarm,
    described,
    first,
    monitor,
    prometheus,
    read,
    symptom_and_action,
)


@pytest.mark.parametrize(
    "alert",
    [
        described("OOMKilled: checkout-7d9f", "container exceeded its memory limit", service="checkout"),
        prometheus("KubernetesContainerOomKiller", "Kubernetes container oom killer"),
        monitor("Pod OOM", "kubernetes.containers.last_state.terminated", "sum:x{reason:oomkilled} > 0"),
    ],
)
def test_a_killed_container_is_restarted_first(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("oom", "restart_pods")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/Lambda", "Errors", "orders-errors", "above", FunctionName="orders"),
        alarm("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "alb-5xx", "above"),
        alarm("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "elb-5xx", "above"),
        monitor("Service checkout has a high error rate", "trace.servlet.request.errors", "sum:x > 0.05"),
        described("Checkout returns 503", "status code 503 from checkout", service="checkout"),
    ],
)
def test_errors_of_own_code_are_rolled_back_first(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("error_rate", "rollback")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/DynamoDB", "SystemErrors", "ddb", "above", TableName="orders"),
        prometheus("KubernetesApiServerErrors", "Kubernetes API server errors"),
        described("OpenAI API error rate", "Provider incident suspected"),
        alarm("AWS/Events", "FailedInvocations", "rule-failed", "above"),
    ],
)
def test_errors_of_a_third_party_need_no_action(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("error_rate", "noop")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/ApplicationELB", "TargetResponseTime", "alb-slow", "above"),
        monitor("Service web has a high p90 latency", "trace.rack.request", "percentile(x):p90:y{*} > 2"),
        prometheus("APIHighRequestLatency", "p95 latency of checkout above 800ms"),
        monitor("Apdex of storefront is low", "trace.rack.request.apdex", "avg:x{*} < 0.7"),
    ],
)
def test_a_slow_own_service_is_scaled_first(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("latency", "scale_service")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/RDS", "ReadLatency", "db-latency", "above"),
        alarm("AWS/Lambda", "Duration", "fn-duration", "above"),
        prometheus("KubernetesApiServerLatency", "Kubernetes API server latency"),
        prometheus("HostUnusualDiskReadLatency", "Host unusual disk read latency"),
    ],
)
def test_a_slow_database_platform_or_function_is_not_scaled(alert: Alert) -> None:
    assert first(read(alert)) == "noop"


def test_slower_since_a_release_is_rolled_back() -> None:
    alert = described(
        "p99 latency of search up", "p99 is 1.9s since version 8.1 was deployed", service="search"
    )
    assert symptom_and_action(alert) == ("latency", "rollback")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/ECS", "CPUUtilization", "web-cpu", "above", ServiceName="web"),
        alarm("AWS/EC2", "CPUUtilization", "asg-cpu", "above", AutoScalingGroupName="web"),
        monitor("High CPU", "docker.cpu.usage", "avg:docker.cpu.usage{*} > 90"),
    ],
)
def test_a_busy_workload_is_scaled(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("saturation_cpu", "scale_service")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/RDS", "CPUUtilization", "db-cpu", "above"),
        prometheus("HostHighCpuLoad", "Host high CPU load"),
        monitor("vSphere ESXi CPU", "vsphere.cpu.usage.avg", "avg:x{*} > 90"),
        described("High CPU", metric="snmp.cpu.usage", namespace="snmp"),
    ],
)
def test_a_busy_database_host_or_router_is_not_scaled(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("saturation_cpu", "noop")


def test_memory_of_one_pod_is_freed_by_a_restart() -> None:
    alert = alarm("ContainerInsights", "pod_memory_utilization", "mem", "above", PodName="cart")
    assert symptom_and_action(alert) == ("saturation_memory", "restart_pods")


def test_memory_of_a_whole_service_needs_more_instances() -> None:
    alert = alarm("AWS/ECS", "MemoryUtilization", "web-mem", "above", ServiceName="web")
    assert symptom_and_action(alert) == ("saturation_memory", "scale_service")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/RDS", "FreeableMemory", "db-mem", "below"),
        alarm("AWS/ElastiCache", "DatabaseMemoryUsagePercentage", "redis-mem", "above"),
        monitor("Free memory low", "system.mem.pct_usable", "avg:system.mem.pct_usable{*} < 0.05"),
    ],
)
def test_memory_of_a_database_or_host_is_for_people(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("saturation_memory", "noop")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/RDS", "FreeStorageSpace", "db-disk", "below"),
        alarm("CWAgent", "disk_used_percent", "disk", "above", path="/"),
        prometheus("KubePersistentVolumeFillingUp", "PersistentVolume is filling up."),
        monitor("Disk almost full", "system.disk.in_use", "max:system.disk.in_use{*} > 0.9"),
    ],
)
def test_a_full_disk_needs_a_person(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("disk", "noop")


def test_full_scratch_space_of_a_pod_is_restarted() -> None:
    alert = alarm("ECS/ContainerInsights", "EphemeralStorageUtilized", "scratch", "above")
    assert symptom_and_action(alert) == ("disk", "restart_pods")


@pytest.mark.parametrize(
    "alert",
    [
        prometheus("KubePodCrashLooping", "Pod is crash looping."),
        alarm("ContainerInsights", "pod_number_of_container_restarts", "restarts", "above"),
        described("payments keeps restarting", "back-off restarting failed container", service="payments"),
    ],
)
def test_a_crash_loop_is_rolled_back_first(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("crash_loop", "rollback")


def test_an_image_that_cannot_be_pulled_is_rolled_back() -> None:
    assert symptom_and_action(described("ImagePullBackOff in cart", "Failed to pull image cart:9")) == (
        "crash_loop",
        "rollback",
    )


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/Lambda", "Throttles", "throttles", "above", FunctionName="orders"),
        alarm("AWS/DynamoDB", "WriteThrottleEvents", "ddb", "above", TableName="orders"),
        prometheus("CPUThrottlingHigh", "Processes experience elevated CPU throttling."),
    ],
)
def test_an_own_limit_is_raised_by_capacity(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("throttling", "scale_service")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/Lambda", "UnreservedConcurrentExecutions", "account", "above"),
        alarm("AWS/Bedrock", "InvocationThrottles", "bedrock", "above"),
        described("Too many requests to the card processor", "429 from the partner API"),
    ],
)
def test_the_quota_of_a_third_party_is_not_raised_by_capacity(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("throttling", "noop")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/SQS", "ApproximateAgeOfOldestMessage", "age", "above", QueueName="orders"),
        monitor("Kafka consumer lag", "kafka.consumer_lag", "avg:kafka.consumer_lag{*} > 5000"),
        alarm("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", "age", "above"),
    ],
)
def test_a_backlog_is_worked_off_by_more_consumers(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("queue_backlog", "scale_service")


def test_dead_letters_need_a_person_also_by_the_name_of_the_queue() -> None:
    alert = alarm(
        "AWS/SQS", "ApproximateNumberOfMessagesVisible", "not-empty", "above", QueueName="orders-dlq"
    )
    analysis = read(alert)
    assert (analysis.symptom, actions(analysis)) == ("queue_backlog", ["noop", "rollback"])


def test_a_queue_without_consumers_is_restarted() -> None:
    assert symptom_and_action(prometheus("RabbitmqNoQueueConsumer", "Queue has less than 1 consumer")) == (
        "queue_backlog",
        "restart_pods",
    )


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/ApplicationELB", "UnHealthyHostCount", "tg", "above"),
        alarm("AWS/ApplicationELB", "HealthyHostCount", "tg", "below"),
        prometheus("KubeDeploymentReplicasMismatch", "Replicas mismatch"),
        monitor("HTTP check failed", "http.can_connect", kind="service_check"),
        alarm("CloudWatchSynthetics", "SuccessPercent", "canary", "below"),
    ],
)
def test_a_service_that_is_down_is_restarted_first(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("availability", "restart_pods")


@pytest.mark.parametrize(
    "alert",
    [
        prometheus("KubeNodeNotReady", "Node is not ready."),
        alarm("AWS/VPN", "TunnelState", "vpn", "below"),
        alarm("AWS/EC2", "StatusCheckFailed_System", "ec2", "above"),
        prometheus("MysqlDown", "MySQL down"),
        prometheus("EtcdNoLeader", "Etcd cluster has no leader"),
        monitor("SNMP device unreachable", "snmp.devices_monitored", "max:snmp.devices_monitored{*} < 1"),
    ],
)
def test_a_node_a_tunnel_or_a_database_that_is_down_is_not_restarted(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("availability", "noop")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/CertificateManager", "DaysToExpiry", "cert", "below"),
        described("TLS certificate of shop.example.com expires in 5 days"),
        prometheus("BlackboxSslCertificateWillExpireSoon", "SSL certificate will expire soon"),
    ],
)
def test_a_certificate_is_renewed_by_people(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("certificate", "noop")


@pytest.mark.parametrize(
    "alert",
    [
        alarm("AWS/Billing", "EstimatedCharges", "bill", "above"),
        alarm("AWS/ApplicationELB", "HTTPCode_Target_4XX_Count", "4xx", "above"),
        alarm("AWS/RDS", "ReplicaLag", "lag", "above"),
        alarm("CISBenchmark", "RootAccountUsage", "root", "above"),
        described("Nightly backup failed", "job backup-db failed"),
        prometheus("HostClockSkew", "Host clock skew"),
        prometheus("MysqlTooManyConnections", "MySQL too many connections (> 80%)"),
    ],
)
def test_cost_security_callers_and_replicas_need_a_person(alert: Alert) -> None:
    assert symptom_and_action(alert) == ("other", "noop")


def test_an_autoscaler_at_its_maximum_is_scaled() -> None:
    assert symptom_and_action(prometheus("KubeHpaMaxedOut", "HPA is running at max replicas")) == (
        "other",
        "scale_service",
    )


def test_hung_threads_are_freed_by_a_restart() -> None:
    assert first(read(described("Stuck threads in payment", "12 threads are blocked"))) == "restart_pods"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"status": AlertStatus.RESOLVED}, "the alert has recovered"),
        ({"status": AlertStatus.NO_DATA}, "the alert has no data"),
        ({"muted": "downtime 7"}, "the alert is muted: downtime 7"),
        ({"informational": True}, "the alert is informational"),
    ],
)
def test_an_alert_that_does_not_fire_needs_no_action_and_keeps_its_symptom(
    words: dict[str, object], reason: str
) -> None:
    analysis = read(described("checkout OOMKilled", **words))  # type: ignore[arg-type]
    assert (analysis.symptom, actions(analysis), analysis.proposals[0].evidence) == (
        "oom",
        ["noop"],
        (reason,),
    )


def test_an_alert_without_information_needs_a_person() -> None:
    analysis = read(described(""))
    assert (analysis.symptom, actions(analysis), analysis.title) == ("other", ["noop"], "Untitled alert")


def test_proposals_are_ranked_and_always_include_noop() -> None:
    analysis = read(described("checkout 5xx rate high", service="checkout"))
    chances = [proposal.prior for proposal in analysis.proposals]
    assert chances == sorted(chances, reverse=True)
    assert actions(analysis)[0] == "rollback"
    assert "noop" in actions(analysis)


def test_each_result_has_its_evidence() -> None:
    analysis = read(alarm("AWS/Lambda", "Errors", "orders-errors", "above", FunctionName="orders"))
    assert analysis.evidence == (
        "error_rate: metric AWS/Lambda Errors",
        "function: AWS/Lambda is a function",
        "high: error_rate",
    )
    assert analysis.proposals[0].evidence == (
        "errors of own code are most often brought by the last release",
    )
