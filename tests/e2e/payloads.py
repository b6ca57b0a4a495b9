"""Payloads of the alert sources, each about a service and environment of one test."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from local.emulator import ACCOUNT, REGION


def moment(minutes_ago: float = 0) -> str:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def alarm_event(
    service: str, *, environment: str = "", alarm: str = "5xx", state: str = "ALARM", minutes_ago: float = 1
) -> dict[str, Any]:
    """Returns the EventBridge event of an alarm on the error rate of `service`.

    Without `environment`, the service has an environment of its own. It has a namespace of its own in any
    case, because the alerts of one namespace that begin within minutes are one incident.
    """
    at = moment(minutes_ago)
    environment = environment or f"{service}-env"
    name = f"{service}-{environment}-{alarm}"
    return {
        "version": "0",
        "id": f"{name}-{state}-{at}",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": ACCOUNT,
        "time": at,
        "region": REGION,
        "resources": [_arn(name)],
        "detail": {
            "alarmName": name,
            "alarmTags": {"service": service, "env": environment},
            "configuration": {
                "description": f"HTTP 5xx error rate of {service} above 5%",
                "metrics": [
                    {
                        "id": "m1",
                        "metricStat": {
                            "metric": {
                                "namespace": "AWS/ApplicationELB",
                                "name": "HTTPCode_Target_5XX_Count",
                                "dimensions": {
                                    "LoadBalancer": f"app/{service}/50dc6c495c0c9188",
                                    "Namespace": service,
                                },
                            },
                            "period": 60,
                            "stat": "Sum",
                        },
                        "returnData": True,
                    }
                ],
            },
            "previousState": {"value": "OK" if state == "ALARM" else "ALARM", "timestamp": moment(60)},
            "state": {"value": state, "reason": "Threshold Crossed", "timestamp": at},
        },
    }


def alarm_notification(service: str) -> dict[str, Any]:
    """Returns the message that CloudWatch publishes to an SNS topic for such an alarm."""
    return {
        "AlarmName": f"{service}-5xx",
        "AlarmDescription": f"HTTP 5xx error rate of {service} above 5%",
        "AWSAccountId": ACCOUNT,
        "NewStateValue": "ALARM",
        "NewStateReason": "Threshold Crossed",
        "StateChangeTime": moment(1),
        "Region": "US East (N. Virginia)",
        "AlarmArn": _arn(f"{service}-5xx"),
        "OldStateValue": "OK",
        "Trigger": {
            "MetricName": "Errors",
            "Namespace": "Shop",
            "StatisticType": "Statistic",
            "Statistic": "SUM",
            "Dimensions": [
                {"name": "service", "value": service},
                {"name": "env", "value": f"{service}-env"},
            ],
            "Period": 60,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 5.0,
        },
    }


def datadog_webhook(service: str, transition: str = "Triggered") -> dict[str, Any]:
    """Returns the body of our webhook template for a monitor on the latency of `service`."""
    scope = f"env:{service}-env,service:{service}"
    millis = str(int(datetime.now(UTC).timestamp() * 1000))
    return {
        "id": f"1{millis}",
        "event_type": "query_alert_monitor",
        "alert_type": "error",
        "alert_transition": transition,
        "title": f"[{transition} on {{{scope}}}] p95 latency of {service} is above 2 s",
        "body": "p95 latency is 3.8 s",
        "alert_query": f"avg(last_5m):p95:trace.http.request{{{scope}}} > 2",
        "alert_scope": scope,
        "alert_id": "4711",
        "aggreg_key": f"agg-{service}",
        "alert_cycle_key": f"cycle-{service}",
        "tags": f"{scope},region:{REGION},aws_account:{ACCOUNT}",
        "date": millis,
        "last_updated": millis,
        "org": {"id": "42", "name": "e2e"},
        "link": "https://app.datadoghq.com/monitors/4711",
    }


def alertmanager_webhook(service: str) -> dict[str, Any]:
    labels = {
        "alertname": "KubePodCrashLooping",
        "service": service,
        "env": f"{service}-env",
        "severity": "critical",
    }
    return {
        "version": "4",
        "status": "firing",
        "receiver": "cloudops",
        "groupLabels": {"alertname": "KubePodCrashLooping"},
        "commonLabels": labels,
        "alerts": [
            {
                "status": "firing",
                "labels": labels,
                "annotations": {"summary": f"A pod of {service} is crash looping"},
                "startsAt": moment(2),
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "https://prometheus.example.com/graph",
            }
        ],
    }


def queued(event: dict[str, Any]) -> str:
    """Returns the message that EventBridge puts into the queue for an event."""
    return json.dumps(event)


def _arn(alarm: str) -> str:
    return f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm}"
