"""A harness of the outbox and the dispatcher: Slack on loopback, a virtual clock and a queue of wake-ups."""

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
REDELIVERY_MS = 120_000
"""Time after which the queue delivers a failed message again."""


def credentials() -> Credentials:
    return Credentials(TOKEN, SIGNING_SECRET, TEAM, BOT)


@dataclass
class Clock:
    now: int = NOON


@dataclass
class NotificationHarness:
    """The enqueuer and the dispatcher of one workspace.

    `url` is the address of the workspace. Wake-ups wait in `queue` as (time, channel). `inhibited` holds the
    ids of inhibited incidents.
    """

    url: str
    workspace: Workspace
    clock: Clock
    routing: Routing = field(default_factory=lambda: Routing(channel=CHANNEL))
    store: MemoryIncidentStore = field(default_factory=MemoryIncidentStore)
    outbox: Outbox = field(default_factory=MemoryOutbox)
    inhibited: set[str] = field(default_factory=set)
    queue: list[tuple[int, str]] = field(default_factory=list)
    reports: list[DispatchReport] = field(default_factory=list)
    teams: Callable[[Sequence[str]], Sequence[str]] = lambda services: ()
    _commits: int = 0

    def __post_init__(self) -> None:
        client = SlackClient(credentials, f"{self.url}/api/")
        self.use(SlackMessenger(client, DASHBOARD), self.outbox)

    def use(self, messenger: Messenger, outbox: Outbox) -> None:
        """Builds the use cases again, with another messenger, outbox or routing."""
        self.messenger, self.outbox = messenger, outbox
        self.enqueuer = EnqueueNotifications(
            incidents=self.store,
            outbox=outbox,
            routing=self.routing,
            teams=self.teams,
            wake=self.wake,
            pause=lambda attempt: None,
        )
        publisher = PublishIncident(
            incidents=self.store,
            outbox=outbox,
            messenger=messenger,
            routing=self.routing,
            teams=self.teams,
            inhibited=lambda incident: incident.id in self.inhibited,
        )
        self.dispatcher = DispatchNotifications(
            outbox=outbox,
            publisher=publisher,
            wake=self.wake,
            pause=lambda attempt: None,
            now=lambda: self.clock.now,
        )

    def wake(self, channel: str, after: int) -> None:
        heapq.heappush(self.queue, (self.clock.now + max(after, 0), channel))

    def store_incident(self, incident: Incident, *entries: TimelineEntry) -> None:
        self.store.commit(a_commit(self._commits, incident, batch=f"batch {self._commits}", timeline=entries))
        self._commits += 1

    def store_and_enqueue(self, incident: Incident, *entries: TimelineEntry) -> None:
        """Stores an incident and enqueues its update, as the stream does."""
        self.store_incident(incident, *entries)
        self.enqueue(incident, *entries)

    def enqueue(self, incident: Incident, *entries: TimelineEntry) -> None:
        notes = tuple(Note(one, 1) for one in entries)
        self.enqueuer.enqueue([IncidentUpdate(incident.id, notes)], self.clock.now)

    def run(self, until: int | None = None) -> None:
        """Dispatches every wake-up, or those until a time. A crashed dispatch is repeated after
        REDELIVERY_MS."""
        while self.queue and (until is None or self.queue[0][0] <= until):
            at, channel = heapq.heappop(self.queue)
            self.clock.now = max(self.clock.now, at)
            try:
                self.reports.append(self.dispatcher.dispatch(channel))
            except Died:
                heapq.heappush(self.queue, (self.clock.now + REDELIVERY_MS, channel))
        if until is not None:
            self.clock.now = max(self.clock.now, until)
