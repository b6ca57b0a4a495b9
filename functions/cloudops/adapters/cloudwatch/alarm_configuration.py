"""Reads what a CloudWatch alarm watches, from a configuration or the Trigger of an SNS message."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

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
    id: str = ""
    expression: str | None = None
    metric_stat: MetricStat | None = None
    return_data: bool | None = None


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
    id: str = ""
    expression: str | None = None
    metric_stat: TriggerMetricStat | None = None
    return_data: bool | None = None


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
    query = _Query([_entry(entry) for entry in configuration.metrics or ()])
    for index in query.metrics_in_order():
        stat = (configuration.metrics or [])[index].metric_stat
        if stat is not None and (metric := stat.metric) is not None:
            return Watched(
                query.kind,
                metric.namespace,
                metric.name,
                stat.unit or "",
                query.expression,
                metric.dimensions,
                description,
            )
    return Watched(query.kind, query=query.expression, description=description)


def watched_by_trigger(raw: msgspec.Raw) -> Watched:
    """Returns what an alarm watches by the `Trigger` of an SNS message."""
    try:
        configuration = decode_lenient(raw, _TRIGGER)
    except NotJson:
        return Watched()
    query = _Query([_entry(entry) for entry in configuration.metrics or ()])
    for index in query.metrics_in_order():
        stat = (configuration.metrics or [])[index].metric_stat
        if stat is not None and (metric := stat.metric) is not None:
            return Watched(
                query.kind,
                metric.namespace,
                metric.metric_name,
                stat.unit or "",
                query.expression,
                _pairs(metric.dimensions),
            )
    return Watched(
        query.kind,
        configuration.namespace,
        configuration.metric_name,
        configuration.unit or "",
        query.expression,
        _pairs(configuration.dimensions),
    )


class _Entry(NamedTuple):
    """One entry of `metrics`, as both forms of a configuration have it."""

    id: str
    expression: str
    returned: bool
    has_metric: bool


_NO_ENTRY: Final = _Entry("", "", False, False)


_IDENTIFIER: Final = re.compile(r"[a-z][A-Za-z0-9_]*")
"""An id of an entry begins in lower case; functions are upper case."""
_DIVISOR: Final = re.compile(r"/\s*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)|[A-Z_]+\([^()]*\)|[\w.]+)")
"""A divisor, with up to two levels of parentheses."""
_CONDITION: Final = re.compile(r"\bIF\s*\([^,]*,")
MAX_EXPRESSION: Final = 1_024
"""Characters of an expression that are read; CloudWatch allows no more."""


def _entry(entry: MetricEntry | TriggerEntry) -> _Entry:
    stat = entry.metric_stat
    return _Entry(
        entry.id,
        (entry.expression or "")[:MAX_EXPRESSION],
        bool(entry.return_data),
        stat is not None and stat.metric is not None,
    )


class _Query:
    """What an alarm computes: the expression that it returns, and its metrics by their weight in it.

    The order of the list says nothing. The metric in a numerator is what an alarm watches; a divisor only
    scales it."""

    def __init__(self, entries: Sequence[_Entry]) -> None:
        self._entries = entries
        self._by_id = {entry.id: index for index, entry in enumerate(entries) if entry.id}
        expressions = [entry for entry in entries if entry.expression]
        returned = [entry for entry in expressions if entry.returned]
        self.expression = next(iter((*returned, *expressions)), _NO_ENTRY).expression
        self.kind = _kind(entry.expression for entry in expressions)

    def metrics_in_order(self) -> Iterator[int]:
        """Yields the numbers of the entries with a metric, those that weigh most first."""
        found = dict.fromkeys(self._used(self.expression, set()))
        yield from found
        for index, entry in enumerate(self._entries):
            if entry.has_metric and index not in found:
                yield index

    def _used(self, expression: str, read: set[int]) -> Iterator[int]:
        """Yields the metrics of an expression, those of divisors and conditions last; `read` are the entries
        that were followed already."""
        for text in (_DIVISOR.sub(" ", _CONDITION.sub("(", expression)), expression):
            for name in _IDENTIFIER.findall(text):
                index = self._by_id.get(name)
                if index is None or index in read:
                    continue
                read.add(index)
                if self._entries[index].has_metric:
                    yield index
                else:
                    yield from self._used(self._entries[index].expression, read)


def _kind(expressions: Iterable[str]) -> str:
    joined = " ".join(expressions).strip()
    if not joined:
        return "metric"
    return "anomaly" if "ANOMALY_DETECTION_BAND" in joined else "math"


def _pairs(dimensions: list[Dimension] | None) -> dict[str, str]:
    return {dimension.name: dimension.value for dimension in dimensions or ()}
