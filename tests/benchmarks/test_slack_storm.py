"""A storm of incidents in one channel: a call a second, and the newest state of each in the end."""

import pytest

from benchmarks.slack_storm import measure_scene
from cloudops.core.time import MINUTE

INCIDENTS = 10


@pytest.mark.parametrize("throttled", [0, 3, 10])
def test_each_incident_is_one_message_that_shows_what_is_stored(throttled: int) -> None:
    found = measure_scene(1_000, INCIDENTS, throttled=throttled)
    assert (found.posts, found.right) == (INCIDENTS, INCIDENTS)
    assert found.shortest_gap >= 1_000


def test_an_outage_is_made_up_for_within_minutes_of_its_end() -> None:
    found = measure_scene(1_000, INCIDENTS, outage=range(3, 8))
    assert (found.posts, found.right) == (INCIDENTS, INCIDENTS)
    assert found.longest_wait < 8 * MINUTE
