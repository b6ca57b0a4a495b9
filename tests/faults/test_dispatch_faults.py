"""Whichever call the function dies at, people see one message, one thread, and the newest state."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from cloudops.incidents.incident import IncidentStatus, TimelineEntry, TimelineKind
from tests.fakes.crashing import Died, Mortal
from tests.fakes.incident_factory import NOON, an_incident, incident_named
from tests.fakes.notifications import Clock, Newsroom
from tests.fakes.slack import Workspace, slack

NEVER = 10_000


class Story:
    """An incident opens, is acknowledged and resolved, while the functions die at their `fatal`th call."""

    def __init__(self, url: str, workspace: Workspace, clock: Clock, fatal: int, *, before: bool) -> None:
        self.calls = 0
        self._fatal = fatal
        self.room = Newsroom(url, workspace, clock)
        messenger: Any = Mortal(self.room.messenger, self._dies, before=before)
        outbox: Any = Mortal(self.room.outbox, self._dies, before=before)
        wake = self.room.wake
        mortal_wake: Any = Mortal(Waker(wake), self._dies, before=before)
        self.room.wake = mortal_wake.wake  # type: ignore[method-assign]
        self.room.use(messenger, outbox)

    def _dies(self) -> bool:
        self.calls += 1
        return self.calls == self._fatal

    def tell(self) -> None:
        incident = an_incident("checkout")
        self._happens(incident)
        grave = replace(incident, status=IncidentStatus.ACKNOWLEDGED, acknowledged_by="jane")
        self._happens(grave, _entry("Acknowledged by jane", TimelineKind.ACKNOWLEDGED))
        over = replace(grave, status=IncidentStatus.RESOLVED, resolved_at=NOON, resolved_by="jane")
        self._happens(over, _entry("Resolved by jane", TimelineKind.RESOLVED))

    def _happens(self, incident: Any, *entries: TimelineEntry) -> None:
        """The stream hands a batch over again until it was taken."""
        self.room.store_incident(incident, *entries)
        try:
            self.room.told_of(incident, *entries)
        except Died:
            self.room.told_of(incident, *entries)
        self.room.run()


class Waker:
    def __init__(self, wake: Callable[[str, int], None]) -> None:
        self.wake = wake


def _entry(text: str, kind: TimelineKind) -> TimelineEntry:
    return TimelineEntry(
        id=f"tl_{text}", incident_id=incident_named("checkout"), at=NOON, kind=kind, text=text, actor="jane"
    )


def told(fatal: int, *, before: bool) -> tuple[Story, Workspace]:
    clock = Clock()
    workspace = Workspace(lambda: clock.now)
    with slack(workspace) as running:
        story = Story(running.url, workspace, clock, fatal, before=before)
        story.tell()
    return story, workspace


CALLS = told(NEVER, before=True)[0].calls


def test_the_story_makes_enough_calls_to_die_at() -> None:
    assert CALLS > 60


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("fatal", range(1, CALLS + 1))
def test_one_message_and_one_thread_whichever_call_the_function_dies_at(fatal: int, before: bool) -> None:
    story, workspace = told(fatal, before=before)
    assert story.calls >= fatal
    (message,) = workspace.top()
    assert "Resolved by jane" in str(message["blocks"])
    lines = " ".join(str(one["blocks"]) for one in workspace.thread(message["ts"]))
    assert [lines.count("Acknowledged by jane"), lines.count("Resolved by jane")] == [1, 1]
