"""At whichever call a function crashes, Slack shows one message, one thread, and the newest state."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from cloudops.incidents.incident import IncidentStatus, TimelineEntry, TimelineKind
from tests.fakes.crashing import Died, Mortal
from tests.fakes.incident_factory import NOON, an_incident, incident_named
from tests.fakes.notifications import Clock, NotificationHarness
from tests.fakes.slack import Workspace, slack

NEVER = 10_000


class Scenario:
    """An incident opens, is acknowledged and resolved; the functions crash at their `fatal`th call."""

    def __init__(self, url: str, workspace: Workspace, clock: Clock, fatal: int, *, before: bool) -> None:
        self.calls = 0
        self._fatal = fatal
        self.harness = NotificationHarness(url, workspace, clock)
        messenger: Any = Mortal(self.harness.messenger, self._dies, before=before)
        outbox: Any = Mortal(self.harness.outbox, self._dies, before=before)
        wake = self.harness.wake
        mortal_wake: Any = Mortal(Waker(wake), self._dies, before=before)
        self.harness.wake = mortal_wake.wake  # type: ignore[method-assign]
        self.harness.use(messenger, outbox)

    def _dies(self) -> bool:
        self.calls += 1
        return self.calls == self._fatal

    def run(self) -> None:
        incident = an_incident("checkout")
        self._change(incident)
        grave = replace(incident, status=IncidentStatus.ACKNOWLEDGED, acknowledged_by="jane")
        self._change(grave, _entry("Acknowledged by jane", TimelineKind.ACKNOWLEDGED))
        resolved = replace(grave, status=IncidentStatus.RESOLVED, resolved_at=NOON, resolved_by="jane")
        self._change(resolved, _entry("Resolved by jane", TimelineKind.RESOLVED))

    def _change(self, incident: Any, *entries: TimelineEntry) -> None:
        """Stores a change and enqueues it, again after a crash, as the stream does."""
        self.harness.store_incident(incident, *entries)
        try:
            self.harness.enqueue(incident, *entries)
        except Died:
            self.harness.enqueue(incident, *entries)
        self.harness.run()


class Waker:
    def __init__(self, wake: Callable[[str, int], None]) -> None:
        self.wake = wake


def _entry(text: str, kind: TimelineKind) -> TimelineEntry:
    return TimelineEntry(
        id=f"tl_{text}", incident_id=incident_named("checkout"), at=NOON, kind=kind, text=text, actor="jane"
    )


def run_scenario(fatal: int, *, before: bool) -> tuple[Scenario, Workspace]:
    clock = Clock()
    workspace = Workspace(lambda: clock.now)
    with slack(workspace) as running:
        scenario = Scenario(running.url, workspace, clock, fatal, before=before)
        scenario.run()
    return scenario, workspace


CALLS = run_scenario(NEVER, before=True)[0].calls


def test_the_scenario_makes_enough_calls_to_crash_at() -> None:
    assert CALLS > 60


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("fatal", range(1, CALLS + 1))
def test_one_message_and_one_thread_at_whichever_call_the_function_crashes(fatal: int, before: bool) -> None:
    scenario, workspace = run_scenario(fatal, before=before)
    assert scenario.calls >= fatal
    (message,) = workspace.top()
    assert "Resolved by jane" in str(message["blocks"])
    lines = " ".join(str(one["blocks"]) for one in workspace.thread(message["ts"]))
    assert [lines.count("Acknowledged by jane"), lines.count("Resolved by jane")] == [1, 1]
