"""A replayed recording is shifted in time as a whole."""

import json
from datetime import UTC, datetime
from pathlib import Path

from local.replay import MORNING, Recorded, recording

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def test_a_recording_ends_at_the_requested_minute(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    path.write_text(
        '{"minute": 0, "entry": "default bus", "payload": {"at": "<iso 0>", "before": "<iso -30>"}}\n'
        '{"minute": 45, "entry": "/webhooks/datadog", "payload": {"date": "<millis 45>"}}\n'
    )
    assert recording(path, NOON) == [
        Recorded(
            0, "default bus", {"at": "2026-01-31T11:15:00+00:00", "before": "2026-01-31T10:45:00+00:00"}
        ),
        Recorded(45, "/webhooks/datadog", {"date": "1769860800000"}),
    ]


def test_the_morning_uses_every_entry_point_in_order() -> None:
    morning = recording(MORNING, NOON)
    assert {recorded.entry for recorded in morning} == {
        "default bus",
        "alarm topic",
        "/webhooks/datadog",
        "/webhooks/alertmanager",
    }
    minutes = [recorded.minute for recorded in morning]
    assert minutes == sorted(minutes)
    text = json.dumps([recorded.payload for recorded in morning])
    assert "<iso" not in text
    assert "<millis" not in text
