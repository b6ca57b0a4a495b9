"""Counts requests to Slack in an alert storm: 10,000 alerts of 40 incidents in ten minutes, in one channel.

    python -m benchmarks.slack_storm

Prints the calls, the shortest gap between two, the longest wait of an incident for its first message and
of any update, how long after the last alert the channel was up to date, and how many messages show
exactly what is stored. Everything from correlation to the Web API is the real code; Slack is a fake on
loopback that accepts a message a second, and the clock is virtual.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from msgspec.structs import replace

from cloudops.adapters.slack.message import message
from cloudops.alerts.alert import Alert
from cloudops.core.ids import stable_id
from cloudops.core.time import MINUTE, SECOND
from cloudops.incidents.incident import TimelineKind
from cloudops.incidents.store import Commit, IncidentQuery
from cloudops.notifications.card import incident_card
from cloudops.notifications.thread import IncidentUpdate, Note
from tests.fakes.http_server import Answer, Asked
from tests.fakes.incident_factory import NOON
from tests.fakes.ingestion import as_received, ingest_into
from tests.fakes.notifications import CHANNEL, DASHBOARD, Clock, NotificationHarness
from tests.fakes.slack import Workspace, slack
from tests.fakes.store import MemoryIncidentStore
from tests.fakes.storm import storm
from tests.fakes.time_budget import no_time

LASTS: Final = 600_000
DELIVERIES: Final = 5
"""Deliveries of each alert: four in five are repeats."""
BATCHED: Final = 1_000
"""Milliseconds: alerts that arrive within a second are one batch."""
CHANGES: Final = ("chat.postMessage", "chat.update")


class StreamingStore(MemoryIncidentStore):
    """Collects the updates that the table's stream would deliver."""

    def __init__(self) -> None:
        super().__init__()
        self.updates: list[IncidentUpdate] = []

    def commit(self, commit: Commit) -> None:
        super().commit(commit)
        for incident in commit.incidents:
            joined = len(commit.alerts.get(incident.id, ()))
            mine = [one for one in commit.timeline if one.incident_id == incident.id]
            notes = [Note(one, joined if one.kind is TimelineKind.ALERT else 0) for one in mine]
            self.updates.append(IncidentUpdate(incident.id, tuple(notes)))


@dataclass
class Unreliable(Workspace):
    """Returns 503 in these minutes of the storm, and 429 to each `throttled`th call."""

    outage: range = range(0)
    throttled: int = 0
    asked: int = 0

    def respond(self, asked: Asked) -> Answer:
        self.asked += 1
        if (self.now() - NOON) // MINUTE in self.outage:
            return Answer("<html>upstream</html>", 503)
        if self.throttled and self.asked % self.throttled == 0:
            return Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "3"})
        return super().respond(asked)


@dataclass(frozen=True)
class Measured:
    """Delays in milliseconds of the virtual clock; `right` messages show exactly what is stored."""

    calls: int
    shortest_gap: int
    posts: int
    longest_to_post: int
    longest_wait: int
    settled_after: int
    right: int


def deliveries(alerts: int, incidents: int) -> Iterator[tuple[int, list[Alert]]]:
    """Returns batches by the second: `alerts / DELIVERIES` alerts, each delivered DELIVERIES times."""
    seeds = storm(incidents=incidents, copies=1)
    batch: list[Alert] = []
    for number in range(alerts):
        at = NOON + number * LASTS // alerts
        thing = number // DELIVERIES
        seed = seeds[thing % len(seeds)]
        name = f"{seed.title} on node {thing // len(seeds)}"
        fired = replace(
            seed, fingerprint=stable_id(seed.fingerprint, name), title=name, occurred_at=at, received_at=at
        )
        if batch and at // BATCHED != batch[-1].occurred_at // BATCHED:
            yield batch[-1].occurred_at, batch
            batch = []
        batch.append(fired)
    yield batch[-1].occurred_at, batch


def measure(alerts: int, incidents: int, workspace: Unreliable, clock: Clock) -> Measured:
    store = StreamingStore()
    opened: dict[str, int] = {}
    with slack(workspace) as running:
        harness = NotificationHarness(running.url, workspace, clock, store=store)
        ingest = ingest_into(store)
        for at, batch in deliveries(alerts, incidents):
            harness.run(until=at)
            ingest.process(as_received(batch), no_time)
            updates, store.updates = store.updates, []
            opened = {one.incident_id: at for one in updates} | opened
            harness.enqueuer.enqueue(updates, clock.now)
        last = clock.now
        harness.run()
    return _measured(harness, store, opened, last, workspace.asked)


def _measured(
    harness: NotificationHarness, store: StreamingStore, opened: dict[str, int], last: int, asked: int
) -> Measured:
    calls = [one for one in harness.workspace.calls if one.method in CHANGES]
    at = [one.at for one in calls]
    posted = {
        one.arguments["metadata"]["event_payload"]["key"]: one.at
        for one in calls
        if one.method == "chat.postMessage" and "thread_ts" not in one.arguments
    }
    return Measured(
        calls=asked,
        shortest_gap=min(later - earlier for earlier, later in pairwise(at)),
        posts=len(harness.workspace.top()),
        longest_to_post=max(posted[name] - when for name, when in opened.items()),
        longest_wait=max(one.waited for one in harness.reports),
        settled_after=max(0, at[-1] - last),
        right=_right(harness, store),
    )


def _right(harness: NotificationHarness, store: StreamingStore) -> int:
    shown = {one["metadata"]["event_payload"]["key"]: one["blocks"] for one in harness.workspace.top(CHANNEL)}
    stored = store.browse(IncidentQuery(limit=100)).incidents
    return sum(
        shown[one.id] == message(incident_card(one), DASHBOARD, ())["blocks"]
        for one in stored
        if one.id in shown
    )


SCENES: Final[dict[str, dict[str, Any]]] = {
    "Slack answers": {},
    "every 10th call is answered 429": {"throttled": 10},
    "no answer from minute 3 to 8": {"outage": range(3, 8)},
}


def measure_scene(alerts: int, incidents: int, **faults: Any) -> Measured:
    """`faults` as Unreliable takes them (Any: of several types)."""
    clock = Clock()
    return measure(alerts, incidents, Unreliable(lambda: clock.now, strict=True, **faults), clock)


def main() -> None:
    logging.disable()
    print(
        f"{'10,000 alerts in 40 incidents':34} calls  gap s  messages  to post s  waited s  settled s  right"
    )
    for name, faults in SCENES.items():
        found = measure_scene(10_000, 40, **faults)
        print(
            f"{name:34} {found.calls:5} {found.shortest_gap / SECOND:6.1f} {found.posts:9}"
            f" {found.longest_to_post / SECOND:10.1f} {found.longest_wait / SECOND:9.1f}"
            f" {found.settled_after / SECOND:10.1f} {found.right:6}"
        )


if __name__ == "__main__":
    main()
