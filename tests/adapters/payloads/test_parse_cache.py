"""What is kept of a payload's reading is never told of another payload."""

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
def test_a_payload_that_differs_in_one_field_is_read_as_if_it_were_the_first(name: str) -> None:
    for changed in _each_leaf_changed(payload(name)):
        _forget()
        first = read(json.dumps(changed), ARRIVED)
        _forget()
        read(json.dumps(payload(name)), ARRIVED)
        assert read(json.dumps(changed), ARRIVED) == first


def test_no_more_readings_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    _forget()
    monkeypatch.setattr(alarm, "KEPT", 3)
    monkeypatch.setattr(datadog_monitor, "KEPT", 3)
    event, webhook = payload("cloudwatch_metric"), payload("datadog_webhook")
    for number in range(10):
        event["resources"] = [f"{event['resources'][0]}{number}"]
        webhook["aggreg_key"] = str(number)
        read(json.dumps(event), ARRIVED)
        read(json.dumps(webhook), ARRIVED)
    assert len(alarm._kept) == len(datadog_monitor._kept_told) == 3


@pytest.mark.parametrize("name", ["cloudwatch_metric", "datadog_webhook"])
def test_a_long_payload_is_not_kept(name: str) -> None:
    _forget()
    long = payload(name)
    if name == "cloudwatch_metric":
        long["detail"]["configuration"]["description"] = "x" * alarm.LONGEST_KEPT
    else:
        long["tags"] += ",x:" + "x" * datadog_monitor.LONGEST_KEPT
    assert read(json.dumps(long), ARRIVED) == read(json.dumps(long), ARRIVED)
    assert not alarm._kept
    assert not datadog_monitor._kept_told


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


def _forget() -> None:
    alarm._kept.clear()
    alarm._kept_place_of.cache_clear()
    datadog_monitor._kept_told.clear()
    datadog_monitor._kept.cache_clear()
    datadog_group.kept_place_of.cache_clear()
