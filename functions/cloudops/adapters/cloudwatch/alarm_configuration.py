"""Reads what a CloudWatch alarm watches, from a configuration or the Trigger of an SNS message."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from cloudops.adapters.parsing.lenient_json import NotJson, decode_lenient


class Watched(msgspec.Struct, frozen=True):
    """What an alarm watches. `kind` is metric, math, anomaly or composite; `query` is expression or rule."""

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
    """Returns what an alarm watches by the `configuration` of an event or a Lambda action."""
    try:
        configuration = decode_lenient(raw, _CONFIGURATION)
    except NotJson:
        return Watched()
    description = (configuration.description or "").strip()
    if configuration.alarm_rule:
        return Watched("composite", query=configuration.alarm_rule, description=description)
    entries = configuration.metrics or []
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
    """Returns what an alarm watches by the `Trigger` of an SNS message."""
    try:
        configuration = decode_lenient(raw, _TRIGGER)
    except NotJson:
        return Watched()
    entries = configuration.metrics or []
    expression = _expression(entry.expression for entry in entries)
    stats = (entry.metric_stat for entry in entries if entry.metric_stat is not None)
    stat = next((stat for stat in stats if stat.metric is not None), None)
    if stat is None or stat.metric is None:
        return Watched(
            _kind(expression),
            configuration.namespace,
            configuration.metric_name,
            configuration.unit or "",
            expression,
            _pairs(configuration.dimensions),
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
