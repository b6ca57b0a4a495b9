"""At whichever call the Slack worker crashes, the request is redelivered and takes effect once."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cloudops.chatops.requests import Button
from cloudops.incidents.incident import IncidentStatus, TimelineKind
from tests.fakes.chatops import OMAR, SlackHarness
from tests.fakes.crashing import Died, Mortal
from tests.fakes.remediation import INCIDENT, SUGGESTION
from tests.fakes.slack import Workspace, slack
from tests.fakes.slack_requests import command, press

NEVER = 10_000


class CrashPoint:
    """Returns True at the `fatal`th call."""

    def __init__(self, fatal: int) -> None:
        self.calls = 0
        self._fatal = fatal

    def __call__(self) -> bool:
        self.calls += 1
        return self.calls == self._fatal


@contextmanager
def slack_harness(crash_point: CrashPoint, *, before: bool) -> Iterator[SlackHarness]:
    workspace = Workspace(lambda: 0)
    with slack(workspace) as running:
        yield SlackHarness(running.url, workspace, lambda part: Mortal(part, crash_point, before=before))


def request(harness: SlackHarness, endpoint: str, body: str) -> None:
    """Delivers a request, and again after a crash, as the queue does."""
    harness.world.now += 1_000
    assert harness.post(endpoint, body).status == 200
    message = harness.queue.pop()
    message_id = str(message["signature"])
    try:
        harness.deliver(message, message_id)
    except Died:
        harness.deliver(message, message_id)


def run_scenario(harness: SlackHarness) -> None:
    """Votes, silences, acknowledges and resolves."""
    request(harness, "interactions", press(harness.url, OMAR, Button.HELPFUL, SUGGESTION))
    request(harness, "commands", command(harness.url, OMAR, "silence checkout 4h moving it"))
    request(harness, "interactions", press(harness.url, OMAR, Button.ACKNOWLEDGE, INCIDENT))
    request(harness, "interactions", press(harness.url, OMAR, Button.RESOLVE, INCIDENT))


def count_calls() -> int:
    crash_point = CrashPoint(NEVER)
    with slack_harness(crash_point, before=True) as harness:
        run_scenario(harness)
    return crash_point.calls


CALLS = count_calls()


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("fatal", range(1, CALLS + 1))
def test_one_vote_one_silence_one_resolution_at_whichever_call_the_function_crashes(
    fatal: int, before: bool
) -> None:
    with slack_harness(CrashPoint(fatal), before=before) as harness:
        run_scenario(harness)
    detail = harness.world.incidents.detail(INCIDENT, None, 10)
    assert [(one.person, one.value) for one in detail.feedback] == [("omar", 1)]
    assert len(harness.silences.all()) == 1
    assert detail.incident.status is IncidentStatus.RESOLVED
    transitions = (TimelineKind.ACKNOWLEDGED, TimelineKind.RESOLVED)
    assert [one.kind for one in detail.timeline if one.kind in transitions] == list(transitions)
    assert {action for _, action, _ in harness.audited_actions()} == {
        "vote",
        "silence",
        "acknowledge",
        "resolve",
    }
