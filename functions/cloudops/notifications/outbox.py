"""An incident's message and thread: what was sent, what was tried, and what is to be sent next."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final, Protocol, TypeVar

import msgspec

from cloudops.core.ids import IncidentId, stable_id
from cloudops.core.time import MINUTE, SECOND, EpochMillis
from cloudops.incidents.incident import Incident, IncidentStatus, TimelineKind
from cloudops.notifications.card import IncidentCard
from cloudops.notifications.pacing import ChannelLease
from cloudops.notifications.routing import Destination, Routing
from cloudops.notifications.thread import Line, Note

SETTLED: Final = 15 * SECOND
"""Milliseconds after which a message whose answer was lost is there to be found, or never will be."""
RECHECK: Final = 5 * MINUTE
"""Milliseconds after which it is asked again whether an incident is still withheld."""
JOINED_EVERY: Final = MINUTE
"""Milliseconds between two replies that tell of nothing but alerts that joined."""


class MessageContent(msgspec.Struct, frozen=True):
    """All that a message says."""

    bulletin: IncidentCard
    mentions: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """Differs where anything that is said does."""
        return stable_id(msgspec.json.encode(self).decode())


class Attempt(msgspec.Struct, frozen=True):
    """A message of which nobody knows whether it was sent: `notes` are told by a reply, none by the first
    message. `key` is in the message itself, to find it by."""

    key: str
    since: EpochMillis
    notes: tuple[str, ...] = ()


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """`ts` is Slack's name of the message, empty until it is known; `shown` the mark of what it says. It is
    `gone` where somebody deleted it: then nothing more is told."""

    incident_id: IncidentId
    channel: str
    mentions: tuple[str, ...] = ()
    ts: str = ""
    shown: str = ""
    attempt: Attempt | None = None
    replied_at: EpochMillis = 0
    progress: str = ""
    gone: bool = False


class OutboxEntry(msgspec.Struct, frozen=True, kw_only=True):
    """That an incident's message is behind: since when, and not to be looked at before `due`. `version` moves
    with each mark, so that one made meanwhile is not taken for done."""

    incident_id: IncidentId
    announced: bool
    rank: int
    since: EpochMillis
    due: EpochMillis = 0
    version: int = 0


class NotificationState(StrEnum):
    NOW = "now"
    MUTED = "muted"
    ABSORBED = "absorbed"
    WITHHELD = "withheld"
    WITHHELD_TO_THE_END = "withheld to the end"
    QUIET_HOURS = "quiet hours"
    NOWHERE = "nowhere"


class FirstNotification(msgspec.Struct, frozen=True):
    """Whether an incident is announced, why not, and when to ask again."""

    reason: NotificationState
    again_at: EpochMillis | None = None


def decide_first_notification(
    incident: Incident, destination: Destination, routing: Routing, withheld: bool, now: EpochMillis
) -> FirstNotification:
    """Of an incident that nobody was told of."""
    if not destination.channel:
        return FirstNotification(NotificationState.NOWHERE)
    if incident.status is IncidentStatus.MERGED:
        return FirstNotification(NotificationState.ABSORBED)
    if 0 < incident.alert_count <= incident.muted_count:
        return FirstNotification(NotificationState.MUTED)
    if withheld:
        live = incident.status.is_live
        return (
            FirstNotification(NotificationState.WITHHELD, now + RECHECK)
            if live
            else FirstNotification(NotificationState.WITHHELD_TO_THE_END)
        )
    until = routing.quiet_until(destination.quiet, incident.severity, now)
    return (
        FirstNotification(NotificationState.NOW)
        if until is None
        else FirstNotification(NotificationState.QUIET_HOURS, until)
    )


def next_mark(marks: Sequence[OutboxEntry], now: EpochMillis) -> OutboxEntry | None:
    """First what nobody was told of, the gravest first; then what waits longest. None where none is due."""
    due = [one for one in marks if one.due <= now]
    return min(due, key=lambda one: (one.announced, -one.rank * (not one.announced), one.since), default=None)


def waits_until(announcement: Announcement, notes: Sequence[Note]) -> EpochMillis:
    """When these notes may be told: at once, unless they only say that more of the same came."""
    if any(one.entry.kind is not TimelineKind.ALERT for one in notes):
        return 0
    return announcement.replied_at + JOINED_EVERY


T = TypeVar("T")


class StoredAnnouncement(msgspec.Struct, frozen=True):
    """An announcement and the version it was read at; version 0 means that nothing is kept yet."""

    announcement: Announcement
    version: int


class Outbox(Protocol):
    """Everything that is to be told, until it is."""

    def announcements(self, ids: Collection[IncidentId]) -> Mapping[IncidentId, StoredAnnouncement]:
        """Those of the incidents that were announced, or tried to be."""
        ...

    def keep(self, announcement: Announcement, version: int) -> StoredAnnouncement:
        """In the place of the one read at that version, else Conflict; quiet where it stands already."""
        ...

    def add_notes(self, incident_id: IncidentId, notes: Sequence[Note], expires_at: EpochMillis) -> None:
        """Those that were not added before, told or not."""
        ...

    def notes(self, incident_id: IncidentId) -> tuple[Note, ...]:
        """Those that were not told yet, oldest first."""
        ...

    def told(self, incident_id: IncidentId, ids: Collection[str]) -> None:
        """These notes were told."""
        ...

    def mark(self, channel: str, mark: OutboxEntry) -> None:
        """One more of its incident; `since` stays that of the first."""
        ...

    def postpone(self, channel: str, mark: OutboxEntry, due: EpochMillis) -> None:
        """Not before `due`, unless it was marked again meanwhile."""
        ...

    def unmark(self, channel: str, mark: OutboxEntry) -> None:
        """It is done, unless it was marked again meanwhile."""
        ...

    def marks(self, channel: str) -> tuple[OutboxEntry, ...]:
        """As they are now."""
        ...

    def pace(self, channel: str) -> tuple[ChannelLease, int]:
        """How the channel does, and the version it was read at."""
        ...

    def keep_pace(self, channel: str, pace: ChannelLease, version: int) -> None:
        """In the place of the one read at that version, else Conflict."""
        ...


class Messenger(Protocol):
    """Where people are told. Unavailable where it is not known whether it was done; Throttled, Refused,
    NotFound and BadInput where it was not."""

    def post(self, channel: str, told: MessageContent, key: str) -> str:
        """The new message's name in its channel; `key` goes with it, for `find`."""
        ...

    def update(self, channel: str, ts: str, told: MessageContent) -> None:
        """NotFound where the message is no more."""
        ...

    def reply(
        self, channel: str, ts: str, lines: Sequence[Line], mentions: Sequence[str], key: str
    ) -> None: ...

    def find(self, channel: str, key: str, since: EpochMillis, thread: str = "") -> str:
        """The name of the message that carries the key, in the channel or in a thread, or empty."""
        ...


class WakeDispatcher(Protocol):
    def __call__(self, channel: str, after: int) -> None:
        """Have somebody look after the channel in `after` milliseconds, at most 15 minutes."""
        ...
