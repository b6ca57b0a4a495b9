"""A silence that is created with the API mutes alerts of the ingest function."""

from itertools import count
from typing import Any

import pytest

from tests.e2e.payloads import alarm_event
from tests.e2e.stack_under_test import StackUnderTest, eventually

pytestmark = pytest.mark.emulator


def test_a_muted_alert_is_stored_and_counted_until_the_silence_ends(
    stack_under_test: StackUnderTest,
) -> None:
    shops = (f"silent-shop-{number}" for number in count())

    def incident_of_the_next() -> dict[str, Any]:
        """Sends a new alarm at each call, because ingest reads silences every 15 seconds."""
        shop = next(shops)
        stack_under_test.put_event(alarm_event(shop))
        (incident,) = eventually(lambda: stack_under_test.incidents(service=shop))
        return incident

    words = {
        "matchers": [{"field": "service", "operator": "=~", "value": "silent-shop-.*"}],
        "durationSeconds": 3600,
        "comment": "moving shops",
    }
    silence = stack_under_test.call("POST", "/api/silences", words, role="operator")
    assert silence.status == 201

    quiet = eventually(incident_of_the_next, lambda incident: incident["mutedCount"] == 1)
    assert (quiet["alertCount"], quiet["suggestions"][0]["action"]) == (1, "noop")
    detail = stack_under_test.call("GET", f"/api/incidents/{quiet['id']}", role="viewer").body
    assert [one["muted"] for one in detail["alerts"]] == ["silence by e2e operator: moving shops"]

    ended = stack_under_test.call("DELETE", f"/api/silences/{silence.body['id']}", role="operator")
    assert (ended.status, ended.body["state"]) == (200, "ended")
    asking = eventually(incident_of_the_next, lambda incident: incident["mutedCount"] == 0)
    assert asking["suggestions"][0]["action"] != "noop"
