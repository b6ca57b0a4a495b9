"""The alarms of tests/events as DescribeAlarms lists them."""

from datetime import datetime
from typing import Any

from tests.adapters.event_payloads import payload

_UNITS = {"Threshold": 25.0, "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 3}


def described(name: str, **changed: Any) -> dict[str, Any]:
    """Returns the alarm of the event of this name, in the state that the event reports."""
    event = payload(name)
    detail = event["detail"]
    state, configuration = detail["state"], detail["configuration"]
    alarm = {
        "AlarmName": detail["alarmName"],
        "AlarmArn": event["resources"][0],
        "AlarmDescription": configuration.get("description", ""),
        "ActionsEnabled": True,
        "StateValue": state["value"],
        "StateReason": state["reason"],
        "StateReasonData": state.get("reasonData", ""),
        "StateUpdatedTimestamp": datetime.fromisoformat(state["timestamp"]),
        "StateTransitionedTimestamp": datetime.fromisoformat(state["timestamp"]),
        **_watched(configuration),
    }
    for described_name, event_name in (
        ("ActionsSuppressedBy", "actionsSuppressedBy"),
        ("ActionsSuppressedReason", "actionsSuppressedReason"),
    ):
        if event_name in state:
            alarm[described_name] = state[event_name]
    return alarm | changed


def tags_of(*names: str) -> list[dict[str, Any]]:
    """Returns the tags of alarms as the Resource Groups Tagging API lists them."""
    return [
        {
            "ResourceARN": payload(name)["resources"][0],
            "Tags": [
                {"Key": key, "Value": value} for key, value in payload(name)["detail"]["alarmTags"].items()
            ],
        }
        for name in names
        if "alarmTags" in payload(name)["detail"]
    ]


def _watched(configuration: dict[str, Any]) -> dict[str, Any]:
    if "alarmRule" in configuration:
        return {"AlarmRule": configuration["alarmRule"]}
    metrics = configuration["metrics"]
    if len(metrics) == 1 and "metricStat" in metrics[0]:
        statistic = metrics[0]["metricStat"]
        return {
            **_UNITS,
            **_metric(statistic["metric"]),
            "Period": statistic["period"],
            "Statistic": statistic["stat"],
            **({"Unit": statistic["unit"]} if "unit" in statistic else {}),
        }
    return {**_UNITS, "Metrics": [_entry(metric) for metric in metrics]}


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    common = {"Id": entry["id"], "ReturnData": entry.get("returnData", True)}
    if "expression" in entry:
        return {**common, "Expression": entry["expression"]}
    statistic = entry["metricStat"]
    unit = {"Unit": statistic["unit"]} if "unit" in statistic else {}
    metric = {
        "Metric": _metric(statistic["metric"]),
        "Period": statistic["period"],
        "Stat": statistic["stat"],
    }
    return {**common, "MetricStat": {**metric, **unit}}


def _metric(metric: dict[str, Any]) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.get("dimensions", {}).items()]
    return {"Namespace": metric["namespace"], "MetricName": metric["name"], "Dimensions": dimensions}
