"""What a CloudWatch alarm watches, from its configuration in an event or the Trigger of an SNS message."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from cloudops.adapters.parsing.lenient_json import NotJson, decode_lenient


class Watched(msgspec.Struct, frozen=True):
    """What an alarm watches; `kind` is metric, math, anomaly or composite, `query` its expression or rule."""

    kind: str = "metric"
    namespace: str = ""
    metric: str = ""
    unit: str = ""
    query: str = ""
    dimensions: Mapping[str, str] = {}
    description: str = ""


class Metric(msgspec.Struct):
    namespace: str = ""
    name: str = ""
    dimensions: dict[str, str] = {}


class MetricStat(msgspec.Struct):
    metric: Metric | None = None
    unit: str | None = None


class MetricEntry(msgspec.Struct, rename="camel"):
    expression: str | None = None
    metric_stat: MetricStat | None = None


class Configuration(msgspec.Struct, rename="camel"):
    description: str | None = None
    metrics: list[MetricEntry] | None = None
    alarm_rule: str | None = None


class Dimension(msgspec.Struct):
    name: str = ""
    value: str = ""


class TriggerMetric(msgspec.Struct, rename="pascal"):
    namespace: str = ""
    metric_name: str = ""
    dimensions: list[Dimension] | None = None


class TriggerMetricStat(msgspec.Struct, rename="pascal"):
    metric: TriggerMetric | None = None
    unit: str | None = None


class TriggerEntry(msgspec.Struct, rename="pascal"):
    expression: str | None = None
    metric_stat: TriggerMetricStat | None = None


class Trigger(msgspec.Struct, rename="pascal"):
    namespace: str = ""
    metric_name: str = ""
    dimensions: list[Dimension] | None = None
    unit: str | None = None
    metrics: list[TriggerEntry] | None = None


_CONFIGURATION: Final = msgspec.json.Decoder(Configuration)
_TRIGGER: Final = msgspec.json.Decoder(Trigger)


def watched_by_event(raw: msgspec.Raw) -> Watched:
    """From `configuration` of an EventBridge event or a Lambda action."""
    try:
        found = decode_lenient(raw, _CONFIGURATION)
    except NotJson:
        return Watched()
    description = (found.description or "").strip()
    if found.alarm_rule:
        return Watched("composite", query=found.alarm_rule, description=description)
    entries = found.metrics or []
    expression = _expression(entry.expression for entry in entries)
    for entry in entries:
        if entry.metric_stat is not None and (metric := entry.metric_stat.metric) is not None:
            return Watched(
                _kind(expression),
                metric.namespace,
                metric.name,
                entry.metric_stat.unit or "",
                expression,
                metric.dimensions,
                description,
            )
    return Watched(_kind(expression), query=expression, description=description)


def watched_by_trigger(raw: msgspec.Raw) -> Watched:
    """From `Trigger` of an SNS message."""
    try:
        found = decode_lenient(raw, _TRIGGER)
    except NotJson:
        return Watched()
    entries = found.metrics or []
    expression = _expression(entry.expression for entry in entries)
    stats = (entry.metric_stat for entry in entries if entry.metric_stat is not None)
    stat = next((one for one in stats if one.metric is not None), None)
    if stat is None or stat.metric is None:
        return Watched(
            _kind(expression),
            found.namespace,
            found.metric_name,
            found.unit or "",
            expression,
            _pairs(found.dimensions),
        )
    metric = stat.metric
    return Watched(
        _kind(expression),
        metric.namespace,
        metric.metric_name,
        stat.unit or "",
        expression,
        _pairs(metric.dimensions),
    )


def _expression(expressions: Iterable[str | None]) -> str:
    return next((expression for expression in expressions if expression), "")


def _kind(expression: str) -> str:
    if not expression:
        return "metric"
    return "anomaly" if "ANOMALY_DETECTION_BAND" in expression else "math"


def _pairs(dimensions: list[Dimension] | None) -> dict[str, str]:
    return {dimension.name: dimension.value for dimension in dimensions or ()}
