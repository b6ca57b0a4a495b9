"""The outbox: stored notifications of an incident, the message that was sent, and the attempt under way."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from cloudops.core.ids import IncidentId, stable_id
from cloudops.core.time import MINUTE, SECOND, EpochMillis
from cloudops.incidents.incident import Incident, IncidentStatus, TimelineKind
from cloudops.notifications.card import IncidentCard
from cloudops.notifications.pacing import ChannelLease
from cloudops.notifications.routing import Destination, Routing
from cloudops.notifications.thread import Line, Note

SETTLE_MS: Final = 15 * SECOND
"""After this time a message whose response was lost can be found in Slack, or was not sent."""
INHIBITION_RECHECK_MS: Final = 5 * MINUTE
"""Time between two checks whether an incident is still inhibited."""
ALERT_REPLY_INTERVAL_MS: Final = MINUTE
"""Minimum time between two replies that report only alerts that joined."""


class MessageContent(msgspec.Struct, frozen=True):
    """The content of an incident's message."""

    card: IncidentCard
    mentions: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """A hash that differs if any part of the content differs."""
        return stable_id(msgspec.json.encode(self).decode())


class SendAttempt(msgspec.Struct, frozen=True):
    """A call whose result is not known yet.

    `notes` are the ids of the notes in a reply; the first message has none. `key` is in the metadata of the
    message, so that a search can find it.
    """

    key: str
    since: EpochMillis
    notes: tuple[str, ...] = ()


class IncidentMessage(msgspec.Struct, frozen=True, kw_only=True):
    """The state of an incident's message.

    `ts` is Slack's id of the message, empty until it is known. `shown` is the hash of its content. `gone` is
    True after a person deleted the message; then nothing more is sent.
    """

    incident_id: IncidentId
    channel: str
    mentions: tuple[str, ...] = ()
    ts: str = ""
    shown: str = ""
    attempt: SendAttempt | None = None
    replied_at: EpochMillis = 0
    progress: str = ""
    gone: bool = False


class OutboxEntry(msgspec.Struct, frozen=True, kw_only=True, rename={"notified": "announced"}):
    """A stored notification: the incident's message is out of date since `since`.

    `notified` is True once the first notification was sent; the stored field is `announced`. The entry
    is not examined before `due`. `version` changes with each write, so that an update during a dispatch is
    not removed with it.
    """

    incident_id: IncidentId
    notified: bool
    rank: int
    since: EpochMillis
    due: EpochMillis = 0
    version: int = 0


class NotificationState(StrEnum):
    """Whether the first notification is sent now, and if not, why."""

    NOW = "now"
    MUTED = "muted"
    MERGED = "merged"
    INHIBITED = "inhibited"
    INHIBITED_UNTIL_END = "inhibited until its end"
    QUIET_HOURS = "quiet hours"
    NO_CHANNEL = "no channel"


class FirstNotification(msgspec.Struct, frozen=True):
    """The decision on an incident's first notification; `again_at` is when to decide again, or None for
    never."""

    reason: NotificationState
    again_at: EpochMillis | None = None


def decide_first_notification(
    incident: Incident, destination: Destination, routing: Routing, inhibited: bool, now: EpochMillis
) -> FirstNotification:
    """Decides whether to send an incident's first notification now, later, or never.

    `inhibited` is True if a graver incident explains this one; an open one is then checked again.
    """
    if not destination.channel:
        return FirstNotification(NotificationState.NO_CHANNEL)
    if incident.status is IncidentStatus.MERGED:
        return FirstNotification(NotificationState.MERGED)
    if 0 < incident.alert_count <= incident.muted_count:
        return FirstNotification(NotificationState.MUTED)
    if inhibited:
        live = incident.status.is_live
        return (
            FirstNotification(NotificationState.INHIBITED, now + INHIBITION_RECHECK_MS)
            if live
            else FirstNotification(NotificationState.INHIBITED_UNTIL_END)
        )
    until = routing.quiet_until(destination.quiet, incident.severity, now)
    return (
        FirstNotification(NotificationState.NOW)
        if until is None
        else FirstNotification(NotificationState.QUIET_HOURS, until)
    )


def next_entry(entries: Sequence[OutboxEntry], now: EpochMillis) -> OutboxEntry | None:
    """Returns the entry to dispatch next, or None if none is due.

    First notifications go first, by severity; then the entry that waits longest.
    """
    due = [one for one in entries if one.due <= now]
    return min(due, key=lambda one: (one.notified, -one.rank * (not one.notified), one.since), default=None)


def earliest_reply(message: IncidentMessage, notes: Sequence[Note]) -> EpochMillis:
    """Returns the earliest time of a reply: 0, or an interval after the last one if only alerts joined."""
    if any(one.entry.kind is not TimelineKind.ALERT for one in notes):
        return 0
    return message.replied_at + ALERT_REPLY_INTERVAL_MS


class StoredMessage(msgspec.Struct, frozen=True):
    """A message and the version at which it was read; version 0 means that none is stored yet."""

    message: IncidentMessage
    version: int


class Outbox(Protocol):
    """The port to stored messages, notes, outbox entries and channel leases."""

    def messages(self, ids: Collection[IncidentId]) -> Mapping[IncidentId, StoredMessage]:
        """Returns the messages of the incidents that have one, sent or attempted."""
        ...

    def save_message(self, message: IncidentMessage, version: int) -> StoredMessage:
        """Replaces the message that was read at `version`.

        Raises Conflict if another version is stored, unless it is equal to `message`.
        """
        ...

    def add_notes(self, incident_id: IncidentId, notes: Sequence[Note], expires_at: EpochMillis) -> None:
        """Adds the notes that were never added before, whether sent or not."""
        ...

    def notes(self, incident_id: IncidentId) -> tuple[Note, ...]:
        """Returns the notes that were not sent yet, oldest first."""
        ...

    def mark_sent(self, incident_id: IncidentId, ids: Collection[str]) -> None:
        """Records that these notes were sent."""
        ...

    def add_entry(self, channel: str, entry: OutboxEntry) -> None:
        """Adds or renews the entry of an incident; `since` stays that of the first."""
        ...

    def postpone(self, channel: str, entry: OutboxEntry, due: EpochMillis) -> None:
        """Defers the entry to `due`, unless it was renewed since it was read."""
        ...

    def remove_entry(self, channel: str, entry: OutboxEntry) -> None:
        """Removes the entry, unless it was renewed since it was read."""
        ...

    def entries(self, channel: str) -> tuple[OutboxEntry, ...]:
        """Returns the entries of the channel, read consistently."""
        ...

    def lease(self, channel: str) -> tuple[ChannelLease, int]:
        """Returns the lease of the channel, and the version at which it was read."""
        ...

    def save_lease(self, channel: str, lease: ChannelLease, version: int) -> None:
        """Replaces the lease that was read at `version`. Raises Conflict if another version is stored."""
        ...


class Messenger(Protocol):
    """The port to the chat that shows notifications.

    Every method raises Unavailable if it is not known whether the call took effect, and Throttled, Refused,
    NotFound or BadInput if it did not.
    """

    def post(self, channel: str, content: MessageContent, key: str) -> str:
        """Posts a message and returns its id in the channel; `key` is in its metadata, for `find`."""
        ...

    def update(self, channel: str, ts: str, content: MessageContent) -> None:
        """Replaces the content of a message. Raises NotFound if the message was deleted."""
        ...

    def reply(self, channel: str, ts: str, lines: Sequence[Line], mentions: Sequence[str], key: str) -> None:
        """Posts the lines to the thread of message `ts`, and mentions people first."""
        ...

    def find(self, channel: str, key: str, since: EpochMillis, thread: str = "") -> str:
        """Returns the id of the message with this key in the channel or in a thread, or an empty string."""
        ...


class WakeDispatcher(Protocol):
    """The port to the queue of wake-ups."""

    def __call__(self, channel: str, after: int) -> None:
        """Schedules a dispatch of the channel in `after` milliseconds, at most 15 minutes."""
        ...
