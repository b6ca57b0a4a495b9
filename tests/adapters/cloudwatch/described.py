"""The alarms of tests/events as DescribeAlarms lists them: what a pull sees of what was pushed."""

from datetime import datetime
from typing import Any

from tests.adapters.event_payloads import payload

_UNITS = {"Threshold": 25.0, "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 3}


def described(name: str, **changed: Any) -> dict[str, Any]:
    """The alarm of the event of this name, in the state that the event told of."""
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
    for name_here, name_there in (
        ("ActionsSuppressedBy", "actionsSuppressedBy"),
        ("ActionsSuppressedReason", "actionsSuppressedReason"),
    ):
        if name_there in state:
            alarm[name_here] = state[name_there]
    return alarm | changed


def tags_of(*names: str) -> list[dict[str, Any]]:
    """As the Resource Groups Tagging API tells them."""
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
    return {**_UNITS, "Metrics": [_entry(one) for one in metrics]}


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    told = {"Id": entry["id"], "ReturnData": entry.get("returnData", True)}
    if "expression" in entry:
        return {**told, "Expression": entry["expression"]}
    statistic = entry["metricStat"]
    unit = {"Unit": statistic["unit"]} if "unit" in statistic else {}
    metric = {
        "Metric": _metric(statistic["metric"]),
        "Period": statistic["period"],
        "Stat": statistic["stat"],
    }
    return {**told, "MetricStat": {**metric, **unit}}


def _metric(metric: dict[str, Any]) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.get("dimensions", {}).items()]
    return {"Namespace": metric["namespace"], "MetricName": metric["name"], "Dimensions": dimensions}
