"""Builds demo alerts in the formats of CloudWatch and Datadog, for use without a connected source."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from cloudops.core.time import MINUTE, SECOND, EpochMillis

DEMO_ACCOUNT: Final = "111122223333"
DEMO_REGION: Final = "eu-central-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alarm:
    """`metric` is namespace/name."""

    name: str
    description: str
    metric: str
    dimensions: dict[str, str]
    value: float
    at: EpochMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class _Monitor:
    id: int
    title: str
    query: str
    service: str
    at: EpochMillis
    alert_type: str = "error"


def demo_alerts(now: EpochMillis) -> list[bytes]:
    """Returns payloads of an outage of checkout in three alarms, a slow search and two warnings.

    The search was slow eight minutes before the outage: without a topology, what begins within minutes in
    one place is one incident."""
    alarms = [
        _Alarm(
            name="checkout-prod-pod-memory",
            description="Container was OOMKilled: memory usage of the pod reached its limit",
            metric="ContainerInsights/pod_memory_utilization_over_pod_limit",
            dimensions={"ClusterName": "prod", "Namespace": "shop", "Service": "checkout"},
            value=98.7,
            at=now - 4 * MINUTE,
        ),
        _Alarm(
            name="checkout-prod-5xx",
            description="HTTP 5xx error rate of the checkout service above 5%",
            metric="AWS/ApplicationELB/HTTPCode_Target_5XX_Count",
            dimensions={"LoadBalancer": "app/checkout-prod/50dc6c495c0c9188", "Service": "checkout"},
            value=214.0,
            at=now - 3 * MINUTE,
        ),
        _Alarm(
            name="reports-prod-disk",
            description="Disk space used on the volume of the reports host above 80%",
            metric="CWAgent/disk_used_percent",
            dimensions={"InstanceId": "i-0a1b2c3d4e5f60718", "path": "/var", "Service": "reports"},
            value=81.2,
            at=now - MINUTE,
        ),
    ]
    monitors = [
        _Monitor(
            id=4401,
            title="p95 latency of checkout is above 2 s",
            query="avg(last_5m):p95:trace.http.request{env:prod,service:checkout} > 2",
            service="checkout",
            at=now - 2 * MINUTE,
        ),
        _Monitor(
            id=4402,
            title="p95 latency of search is above 800 ms",
            query="avg(last_5m):p95:trace.http.request{env:prod,service:search} > 0.8",
            service="search",
            at=now - 12 * MINUTE,
        ),
        _Monitor(
            id=4403,
            title="TLS certificate of static.example.com expires in 12 days",
            query="min(last_1h):min:tls.days_left{env:prod,service:static-site} < 14",
            service="static-site",
            alert_type="warning",
            at=now - MINUTE,
        ),
    ]
    return [
        *(msgspec.json.encode(_state_change(alarm)) for alarm in alarms),
        *(msgspec.json.encode(_webhook(monitor)) for monitor in monitors),
    ]


def _state_change(alarm: _Alarm) -> dict[str, object]:
    """As EventBridge delivers it."""
    arn = f"arn:aws:cloudwatch:{DEMO_REGION}:{DEMO_ACCOUNT}:alarm:{alarm.name}"
    namespace, _, metric = alarm.metric.rpartition("/")
    statistic = {
        "metric": {"namespace": namespace, "name": metric, "dimensions": alarm.dimensions},
        "period": 60,
        "stat": "Average",
    }
    reason = f"Threshold Crossed: 1 datapoint [{alarm.value}] was greater than the threshold."
    return {
        "version": "0",
        "id": f"demo-{alarm.name}-{alarm.at}",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": DEMO_ACCOUNT,
        "time": _iso(alarm.at),
        "region": DEMO_REGION,
        "resources": [arn],
        "detail": {
            "alarmName": alarm.name,
            "configuration": {
                "description": alarm.description,
                "metrics": [{"id": "m1", "metricStat": statistic, "returnData": True}],
            },
            "previousState": {"value": "OK", "timestamp": _iso(alarm.at - 30 * MINUTE)},
            "state": {"value": "ALARM", "reason": reason, "timestamp": _iso(alarm.at)},
        },
    }


def _webhook(monitor: _Monitor) -> dict[str, object]:
    """As Datadog fills in our webhook template."""
    scope = f"env:prod,service:{monitor.service}"
    return {
        "id": f"{monitor.id}{monitor.at}",
        "event_type": "query_alert_monitor",
        "alert_type": monitor.alert_type,
        "alert_transition": "Triggered",
        "alert_status": monitor.title,
        "alert_id": str(monitor.id),
        "alert_query": monitor.query,
        "alert_scope": scope,
        "alert_cycle_key": str(monitor.at),
        "title": f"[Triggered] {monitor.title}",
        "body": monitor.title,
        "tags": f"{scope},region:{DEMO_REGION},aws_account:{DEMO_ACCOUNT}",
        "date": str(monitor.at),
        "last_updated": str(monitor.at),
        "org": {"id": "42", "name": "demo"},
        "link": f"https://app.datadoghq.com/monitors/{monitor.id}",
    }


def _iso(at: EpochMillis) -> str:
    """As EventBridge writes times, such as 2026-01-31T09:30:00.000+0000."""
    return datetime.fromtimestamp(at / SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
