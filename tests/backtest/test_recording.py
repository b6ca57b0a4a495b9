"""The time of receipt of a line in a recording."""

import json

import pytest

from cloudops.adapters.payloads.parser import read
from cloudops.alerts.alert import Alert, UnparsablePayload
from cloudops.backtest.recording import RecordedPayload, readings

NOW = 1_772_440_000_000
RECEIVED_AT = 1_772_359_200_000
"""2026-03-01T10:00:00Z."""
EVENT = {"title": "cart is slow", "service": "cart"}


def read_lines(*lines: object) -> list[RecordedPayload]:
    return list(readings([json.dumps(line).encode() for line in lines], read, NOW))


@pytest.mark.parametrize(
    "at", ["2026-03-01T10:00:00Z", "2026-03-01T11:00:00+01:00", "2026-03-01T10:00:00", RECEIVED_AT]
)
def test_a_time_is_iso_8601_or_milliseconds_and_utc_without_an_offset(at: object) -> None:
    (recorded,) = read_lines({"received_at": at, "event": EVENT})
    assert isinstance(recorded.content, Alert)
    assert recorded.received_at == RECEIVED_AT


def test_a_line_without_a_time_has_that_of_the_line_before() -> None:
    first, second, third = read_lines(EVENT, {"received_at": RECEIVED_AT, "event": EVENT}, {"event": EVENT})
    assert [first.received_at, second.received_at, third.received_at] == [NOW, RECEIVED_AT, RECEIVED_AT]


@pytest.mark.parametrize("at", ["yesterday", 1.5, True, [], {}])
def test_an_invalid_time_is_quarantined_and_the_other_lines_are_read(at: object) -> None:
    bad, good = read_lines({"received_at": at, "event": EVENT}, EVENT)
    assert isinstance(bad.content, UnparsablePayload)
    assert bad.content.reason == f"received_at is {json.dumps(at)}, not ISO 8601 or milliseconds since 1970"
    assert json.loads(bad.content.payload) == EVENT
    assert isinstance(good.content, Alert)
