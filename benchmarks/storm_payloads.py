"""Deterministic payloads of an alert storm in a chain of services."""

import json
import random
import time

START = 1_741_183_200_000
SERVICES = [f"shop-{name}" for name in ("web", "cart", "checkout", "catalog", "ads", "mail", "pay", "stock")]
ALARMS = [
    ("Latency-P90", "TargetResponseTime", "AWS/ApplicationELB", "responses are slow"),
    ("5XX-Fault-Rate", "HTTPCode_Target_5XX_Count", "AWS/ApplicationELB", "requests fail"),
    ("CPU-Usage", "CPUUtilization", "AWS/ECS", "tasks are busy"),
    ("Unhealthy-Task-Count", "UnHealthyHostCount", "AWS/ApplicationELB", "targets are unhealthy"),
]
MONITORS = [
    ("[Istio] Proxy Requests Error Percentage", "istio.mesh.request.count.total", "errors are high"),
    ("[Kubernetes] Pod is CrashloopBackOff", "kubernetes_state.container.waiting", "a pod keeps crashing"),
    ("[Quarkus] Some requests take too long", "quarkus.http_server.requests.max", "requests are slow"),
]
PLACE_TAGS = "env:prod,region:us-east-1,aws_account:123456789012"


def storm(alerts: int, distinct: int) -> list[bytes]:
    """Returns payloads as sent: half EventBridge alarm events, half Datadog webhooks."""
    draw = random.Random(20_250_305)
    payloads = []
    for number in range(alerts):
        at = START + number * 3_000_000 // alerts
        alert_number = number if number < distinct else draw.randrange(distinct)
        make = _alarm if alert_number % 2 else _monitor
        payloads.append(json.dumps(make(alert_number, number, at)).encode())
    return payloads


def _alarm(alert_number: int, number: int, at: int) -> dict[str, object]:
    service = SERVICES[alert_number % len(SERVICES)]
    suffix, metric, namespace, reason = ALARMS[alert_number % len(ALARMS)]
    name = f"prod-{service}-{suffix}-{alert_number}"
    changed_at = time.strftime("%Y-%m-%dT%H:%M:%S.000+0000", time.gmtime(at // 1000))
    dimensions = {"ServiceName": service, "ClusterName": "prod"}
    return {
        "version": "0",
        "id": f"{number:032x}",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": "123456789012",
        "time": changed_at,
        "region": "us-east-1",
        "resources": [f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"],
        "detail": {
            "alarmName": name,
            "configuration": {
                "description": reason,
                "metrics": [
                    {
                        "id": "m1",
                        "metricStat": {
                            "metric": {"namespace": namespace, "name": metric, "dimensions": dimensions},
                            "period": 60,
                            "stat": "Average",
                        },
                        "returnData": True,
                    }
                ],
            },
            "previousState": {"value": "OK", "reason": "", "timestamp": changed_at},
            "state": {"value": "ALARM", "reason": f"Threshold crossed: {reason}", "timestamp": changed_at},
            "alarmTags": {"env": "prod", "service": service},
        },
    }


def _monitor(alert_number: int, number: int, at: int) -> dict[str, object]:
    service = SERVICES[alert_number % len(SERVICES)]
    title, metric, reason = MONITORS[alert_number % len(MONITORS)]
    return {
        "id": str(number),
        "event_type": "query_alert_monitor",
        "alert_type": "error",
        "alert_transition": "Triggered",
        "title": f"[Triggered] {title}",
        "body": f"%%%\n{reason} on {service}\n%%%",
        "alert_metric": metric,
        "alert_scope": f"service:{service},pod_name:{service}-{alert_number}",
        "alert_id": str(alert_number),
        "aggreg_key": f"{alert_number:032x}",
        "priority": "P2",
        "tags": f"{PLACE_TAGS},service:{service},pod_name:{service}-{alert_number}",
        "date": str(at),
        "last_updated": str(at),
        "org": {"id": "100001", "name": "Example"},
        "link": f"https://app.datadoghq.com/monitors/{alert_number}",
    }
