"""Parse caches: a cached template never appears in the alert of another payload."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from cloudops.adapters.cloudwatch import alarm
from cloudops.adapters.datadog import monitor as datadog_monitor
from cloudops.adapters.datadog import monitor_group as datadog_group
from cloudops.adapters.payloads.parser import read
from tests.adapters.event_payloads import ARRIVED, NAMES, payload


@pytest.mark.parametrize("name", NAMES)
def test_a_payload_that_differs_in_one_field_is_read_as_without_a_cache(name: str) -> None:
    for changed in _each_leaf_changed(payload(name)):
        _clear_caches()
        first = read(json.dumps(changed), ARRIVED)
        _clear_caches()
        read(json.dumps(payload(name)), ARRIVED)
        assert read(json.dumps(changed), ARRIVED) == first


def test_the_caches_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    _clear_caches()
    monkeypatch.setattr(alarm, "MAX_CACHED_ALARMS", 3)
    monkeypatch.setattr(datadog_monitor, "MAX_CACHED_MONITORS", 3)
    event, webhook = payload("cloudwatch_metric"), payload("datadog_webhook")
    for number in range(10):
        event["resources"] = [f"{event['resources'][0]}{number}"]
        webhook["aggreg_key"] = str(number)
        read(json.dumps(event), ARRIVED)
        read(json.dumps(webhook), ARRIVED)
    assert len(alarm._cached_templates) == len(datadog_monitor._cached_alerts) == 3


@pytest.mark.parametrize("name", ["cloudwatch_metric", "datadog_webhook"])
def test_a_long_payload_is_not_cached(name: str) -> None:
    _clear_caches()
    long = payload(name)
    if name == "cloudwatch_metric":
        long["detail"]["configuration"]["description"] = "x" * alarm.MAX_CACHED_ALARM_BYTES
    else:
        long["tags"] += ",x:" + "x" * datadog_monitor.MAX_CACHED_MONITOR_BYTES
    assert read(json.dumps(long), ARRIVED) == read(json.dumps(long), ARRIVED)
    assert not alarm._cached_templates
    assert not datadog_monitor._cached_alerts


def _each_leaf_changed(tree: Any) -> Iterator[Any]:
    for path in _leaves(tree, ()):
        changed = copy.deepcopy(tree)
        inner = changed
        for step in path[:-1]:
            inner = inner[step]
        value = inner[path[-1]]
        inner[path[-1]] = value + 1 if isinstance(value, int | float) else f"{value or ''}9"
        yield changed


def _leaves(tree: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in entries:
        if isinstance(value, dict | list):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key)


def _clear_caches() -> None:
    alarm._cached_templates.clear()
    alarm._cached_attribution.cache_clear()
    datadog_monitor._cached_alerts.clear()
    datadog_monitor._cached_template.cache_clear()
    datadog_group.cached_resolve_group.cache_clear()
