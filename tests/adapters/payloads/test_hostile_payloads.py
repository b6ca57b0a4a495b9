"""The parser returns storable readings for any input."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudops.adapters.payloads.parser import read, read_parsed
from cloudops.alerts.alert import Alert, UnparsablePayload
from tests.adapters.event_payloads import ARRIVED, NAMES, payload, raw

BAD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 10**400, 1.5, float("nan"), float("inf")),
    *("", " ", "$VAR", "\ud800", "\x00", "x" * 5_000, "{", "[]", "null", "-1", "nan", "1e400"),
    *("2026-13-45T99:99:99Z", "99999999999999999999", "arn:aws:cloudwatch:::alarm:"),
    *([], {}, [None], [[[]]], {"": None}, {"a": {"b": {}}}, ["a:b", 5, None], {"value": "ALARM"}),
)

Path = tuple[str | int, ...]


def paths(value: Any, prefix: Path = ()) -> Iterator[Path]:
    """Yields the path of every field of a payload."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield (*prefix, key)
        yield from paths(child, (*prefix, key))


def changed(value: Any, path: Path, new: Any, *, drop: bool = False) -> Any:
    copy = json.loads(json.dumps(value))
    parent = copy
    for key in path[:-1]:
        parent = parent[key]
    if drop:
        del parent[path[-1]]
    else:
        parent[path[-1]] = new
    return copy


def read_and_check(payload_text: str | bytes) -> list[Alert | UnparsablePayload]:
    """Returns the readings of a payload, and asserts that they can be stored and are within bounds."""
    readings = read(payload_text, ARRIVED)
    for reading in readings:
        stored = msgspec.msgpack.encode(reading)
        assert len(stored) < 420_000
        if isinstance(reading, Alert):
            assert msgspec.msgpack.decode(stored, type=Alert) == reading
            assert len(reading.fingerprint) == 16
            assert reading.title
            assert reading.occurred_at > 0
            assert not reading.url or reading.url.startswith(("http://", "https://"))
            assert bool(reading.service) == bool(reading.service_reason)
            assert bool(reading.environment) == bool(reading.environment_reason)
            assert reading.resources == tuple(sorted(reading.resources))
        else:
            assert reading.reason
    return readings


@pytest.mark.parametrize("name", NAMES)
def test_every_field_may_be_missing_or_anything(name: str) -> None:
    value = payload(name)
    for path in paths(value):
        read_and_check(json.dumps(changed(value, path, None, drop=True)))
        for new in BAD_VALUES:
            read_and_check(json.dumps(changed(value, path, new)))


@pytest.mark.parametrize("name", ["cloudwatch_sns_notification", "cloudwatch_sns_math", "webhook_event"])
def test_every_field_of_json_inside_a_string_may_be_missing_or_anything(name: str) -> None:
    value = payload(name)
    path: Path = ("detail", "body") if name == "webhook_event" else ("Message",)
    inner = json.loads(value["detail"]["body"] if name == "webhook_event" else value["Message"])
    for inner_path in paths(inner):
        for new in BAD_VALUES:
            read_and_check(json.dumps(changed(value, path, json.dumps(changed(inner, inner_path, new)))))


@pytest.mark.parametrize("name", NAMES)
def test_a_payload_cut_off_anywhere_is_read(name: str) -> None:
    whole = raw(name)
    for end in range(0, len(whole), 7):
        read_and_check(whole[:end])


@pytest.mark.parametrize("name", NAMES)
def test_an_alert_with_bad_utf_8_is_read(name: str) -> None:
    damaged = raw(name).replace(b"checkout", b"check\xff\xfeout").replace(b"cart", b"c\xc3rt")
    assert len(read_and_check(damaged)) == len(read(raw(name), ARRIVED))


@pytest.mark.parametrize(
    "field", ["configuration", "alarmTags", "previousState", "muteDetail", "alarmContributor"]
)
@pytest.mark.parametrize("bad_value", [5, "x", [], [1], {"metrics": 5}, {"id": {}}, None])
def test_an_alarm_with_a_bad_optional_field_is_read(field: str, bad_value: object) -> None:
    value = payload("cloudwatch_metric")
    value["detail"][field] = bad_value
    (reading,) = read_and_check(json.dumps(value))
    assert isinstance(reading, Alert)
    assert reading.title == "checkout-5xx"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    read_and_check(data)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200))
def test_any_text_is_read(text: str) -> None:
    read_and_check(text)
    read_and_check(json.dumps({"title": text, "labels": {text: text}, "url": text}))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=12,
)
KNOWN_KEYS = """
    title status labels alerts Records Sns Message Type detail-type source detail body state value resources
    alarmData alarmName configuration metrics alert_transition alert_type tags alert_scope alert_id org meta
    monitor result receiver startsAt annotations fingerprint NewStateValue AlarmName Trigger Dimensions
"""
KEYS = st.sampled_from(KNOWN_KEYS.split())


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES, max_size=4), max_size=8))
def test_any_object_with_known_keys_is_read(value: dict[str, Any]) -> None:
    read_and_check(json.dumps(value))
    assert isinstance(read_parsed(value, ARRIVED), list)


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(NAMES), st.data())
def test_a_payload_with_several_bad_fields_is_read(name: str, data: st.DataObject) -> None:
    value = payload(name)
    for _ in range(4):
        known = list(paths(value))
        if known:
            value = changed(value, data.draw(st.sampled_from(known)), data.draw(VALUES))
    read_and_check(json.dumps(value))


@pytest.mark.parametrize("field", ["title", "service", "message", "region", "account"])
def test_no_field_of_an_alert_holds_a_control_character(field: str) -> None:
    event = {"title": "p99 latency", "service": "checkout", "status": "firing"}
    event[field] = "first\x1b]52;c;cm0=\x07\r\x9b2J\u202e\u2028last"
    for reading in (*read(json.dumps(event), 0), *read_parsed(event, 0)):
        assert isinstance(reading, Alert)
        shown = msgspec.json.encode(reading).decode()
        assert "first ]52" in shown
        assert not set("\x1b\x07\r\x9b\u202e\u2028") & set("".join(_texts(msgspec.to_builtins(reading))))


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from (text for pair in value.items() for part in pair for text in _texts(part))
        case list() | tuple():
            yield from (text for part in value for text in _texts(part))
