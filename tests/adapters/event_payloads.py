"""Access to the payloads in tests/events and to their readings."""

import json
from pathlib import Path
from typing import Any, Final

from cloudops.adapters.payloads.parser import read
from cloudops.alerts.alert import Alert, UnparsablePayload

EVENTS: Final = Path(__file__).parents[1] / "events"
NAMES: Final = sorted(path.stem for path in EVENTS.glob("*.json"))
ARRIVED: Final = 1_772_440_000_000
"""2026-03-02T08:26:40Z, ten minutes after most events of the payloads."""
HAPPENED: Final = 1_772_439_330_917
"""2026-03-02T08:15:30.917Z."""


def raw(name: str) -> bytes:
    return (EVENTS / f"{name}.json").read_bytes()


def payload(name: str) -> Any:
    return json.loads(raw(name))


def alert_of(value: object) -> Alert:
    """Returns the single alert in a payload, given as text, bytes, or a value to be encoded."""
    readings = read(value if isinstance(value, str | bytes) else json.dumps(value), ARRIVED)
    assert len(readings) == 1
    assert isinstance(readings[0], Alert), readings[0]
    return readings[0]


def refusal_of(value: object) -> UnparsablePayload:
    """Returns the single entry for the quarantine in a payload."""
    readings = read(value if isinstance(value, str | bytes) else json.dumps(value), ARRIVED)
    assert len(readings) == 1
    assert isinstance(readings[0], UnparsablePayload), readings[0]
    return readings[0]
