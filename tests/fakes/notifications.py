"""Notify and announce over a loopback Slack, with a clock and a queue that a test moves."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cloudops.adapters.slack.client import SlackClient
from cloudops.adapters.slack.credentials import Credentials
from cloudops.adapters.slack.messenger import SlackMessenger
from cloudops.incidents.incident import Incident, TimelineEntry
from cloudops.notifications.dispatcher import DispatchNotifications, DispatchReport
from cloudops.notifications.enqueue import EnqueueNotifications
from cloudops.notifications.outbox import Messenger, Outbox
from cloudops.notifications.publisher import PublishIncident
from cloudops.notifications.routing import Routing
from cloudops.notifications.thread import IncidentUpdate, Note
from tests.fakes.crashing import Died
from tests.fakes.incident_factory import NOON, a_commit
from tests.fakes.outbox import MemoryOutbox
from tests.fakes.slack import BOT, TEAM, TOKEN, Workspace
from tests.fakes.store import MemoryIncidentStore

CHANNEL = "C0ALERTS"
DASHBOARD = "https://cloudops.example.com"
SIGNING_SECRET = "loopback-signing-secret"
REDELIVERED_AFTER = 120_000
"""Milliseconds after which a message that was not handled comes again."""


def credentials() -> Credentials:
    return Credentials(TOKEN, SIGNING_SECRET, TEAM, BOT)


@dataclass
class Clock:
    now: int = NOON


@dataclass
class Newsroom:
    """`url` is where the workspace listens. What is woken waits in `queue` as (when, channel)."""

    url: str
    workspace: Workspace
    clock: Clock
    routing: Routing = field(default_factory=lambda: Routing(channel=CHANNEL))
    store: MemoryIncidentStore = field(default_factory=MemoryIncidentStore)
    outbox: Outbox = field(default_factory=MemoryOutbox)
    withheld: set[str] = field(default_factory=set)
    queue: list[tuple[int, str]] = field(default_factory=list)
    reports: list[DispatchReport] = field(default_factory=list)
    teams: Callable[[Sequence[str]], Sequence[str]] = lambda services: ()
    _commits: int = 0

    def __post_init__(self) -> None:
        client = SlackClient(credentials, f"{self.url}/api/")
        self.use(SlackMessenger(client, DASHBOARD), self.outbox)

    def use(self, messenger: Messenger, outbox: Outbox) -> None:
        """With another messenger or outbox, around those that there are."""
        self.messenger, self.outbox = messenger, outbox
        self.notify = EnqueueNotifications(
            incidents=self.store,
            outbox=outbox,
            routing=self.routing,
            teams=self.teams,
            wake=self.wake,
            pause=lambda attempt: None,
        )
        announcer = PublishIncident(
            incidents=self.store,
            outbox=outbox,
            messenger=messenger,
            routing=self.routing,
            teams=self.teams,
            inhibited=lambda incident: incident.id in self.withheld,
        )
        self.announce = DispatchNotifications(
            outbox=outbox,
            announcer=announcer,
            wake=self.wake,
            pause=lambda attempt: None,
            now=lambda: self.clock.now,
        )

    def wake(self, channel: str, after: int) -> None:
        heapq.heappush(self.queue, (self.clock.now + max(after, 0), channel))

    def store_incident(self, incident: Incident, *entries: TimelineEntry) -> None:
        self.store.commit(a_commit(self._commits, incident, batch=f"batch {self._commits}", timeline=entries))
        self._commits += 1

    def happens(self, incident: Incident, *entries: TimelineEntry) -> None:
        """It is stored, and the stream tells of it."""
        self.store_incident(incident, *entries)
        self.told_of(incident, *entries)

    def told_of(self, incident: Incident, *entries: TimelineEntry) -> None:
        notes = tuple(Note(one, 1) for one in entries)
        self.notify.enqueue([IncidentUpdate(incident.id, notes)], self.clock.now)

    def run(self, until: int | None = None) -> None:
        """Everybody who is woken works, until nobody is, or until that time. Who dies is woken again."""
        while self.queue and (until is None or self.queue[0][0] <= until):
            at, channel = heapq.heappop(self.queue)
            self.clock.now = max(self.clock.now, at)
            try:
                self.reports.append(self.announce.dispatch(channel))
            except Died:
                heapq.heappush(self.queue, (self.clock.now + REDELIVERED_AFTER, channel))
        if until is not None:
            self.clock.now = max(self.clock.now, until)
