"""Whichever call the desk dies at, the request is delivered again and what was asked is done once."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cloudops.chatops.requests import Button
from cloudops.incidents.incident import IncidentStatus, TimelineKind
from tests.fakes.chatops import OMAR, Office
from tests.fakes.crashing import Died, Mortal
from tests.fakes.remediation import INCIDENT, SUGGESTION
from tests.fakes.slack import Workspace, slack
from tests.fakes.slack_requests import command, press

NEVER = 10_000


class Fate:
    """Ends the function at its `fatal`th call."""

    def __init__(self, fatal: int) -> None:
        self.calls = 0
        self._fatal = fatal

    def __call__(self) -> bool:
        self.calls += 1
        return self.calls == self._fatal


@contextmanager
def an_office(fate: Fate, *, before: bool) -> Iterator[Office]:
    workspace = Workspace(lambda: 0)
    with slack(workspace) as running:
        yield Office(running.url, workspace, lambda part: Mortal(part, fate, before=before))


def asks(office: Office, way: str, body: str) -> None:
    """Delivered until it is served, as the queue does."""
    office.world.now += 1_000
    assert office.knock(way, body).status == 200
    said = office.queue.pop()
    message = str(said["signature"])
    try:
        office.deliver(said, message)
    except Died:
        office.deliver(said, message)


def story(office: Office) -> None:
    asks(office, "interactions", press(office.url, OMAR, Button.HELPFUL, SUGGESTION))
    asks(office, "commands", command(office.url, OMAR, "silence checkout 4h moving it"))
    asks(office, "interactions", press(office.url, OMAR, Button.ACKNOWLEDGE, INCIDENT))
    asks(office, "interactions", press(office.url, OMAR, Button.RESOLVE, INCIDENT))


def calls() -> int:
    fate = Fate(NEVER)
    with an_office(fate, before=True) as office:
        story(office)
    return fate.calls


CALLS = calls()


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("fatal", range(1, CALLS + 1))
def test_one_vote_one_silence_one_resolution_whichever_call_the_function_dies_at(
    fatal: int, before: bool
) -> None:
    with an_office(Fate(fatal), before=before) as office:
        story(office)
    detail = office.world.incidents.detail(INCIDENT, None, 10)
    assert [(one.person, one.value) for one in detail.feedback] == [("omar", 1)]
    assert len(office.silenced.all()) == 1
    assert detail.incident.status is IncidentStatus.RESOLVED
    moves = (TimelineKind.ACKNOWLEDGED, TimelineKind.RESOLVED)
    assert [one.kind for one in detail.timeline if one.kind in moves] == list(moves)
    assert {action for _, action, _ in office.acts()} == {"vote", "silence", "acknowledge", "resolve"}
