"""An alert storm in one channel: one call per second, and the newest state in the end."""

import pytest

from benchmarks.slack_storm import measure_scene
from cloudops.core.time import MINUTE

INCIDENTS = 10


@pytest.mark.parametrize("throttled", [0, 3, 10])
def test_each_incident_is_one_message_with_the_stored_state(throttled: int) -> None:
    found = measure_scene(1_000, INCIDENTS, throttled=throttled)
    assert (found.posts, found.right) == (INCIDENTS, INCIDENTS)
    assert found.shortest_gap >= 1_000


def test_the_backlog_of_an_outage_is_sent_within_minutes() -> None:
    found = measure_scene(1_000, INCIDENTS, outage=range(3, 8))
    assert (found.posts, found.right) == (INCIDENTS, INCIDENTS)
    assert found.longest_wait < 8 * MINUTE
