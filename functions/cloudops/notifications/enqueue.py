"""Writes incident updates to the outbox, one entry for each incident and channel, and wakes the
dispatcher."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from cloudops.core.errors import CloudOpsError
from cloudops.core.ids import IncidentId
from cloudops.core.retry import Pause, retry_on_conflict
from cloudops.core.time import DAY, EpochMillis
from cloudops.incidents.incident import Incident
from cloudops.incidents.store import IncidentStore
from cloudops.notifications.outbox import Outbox, OutboxEntry, WakeDispatcher
from cloudops.notifications.pacing import count_entry
from cloudops.notifications.routing import Routing
from cloudops.notifications.thread import IncidentUpdate, Note, UnreadableRecord

NOTES_RETENTION_MS: Final = 14 * DAY
"""A note is stored this long, so that a repeated delivery of the stream is recognized."""

Teams = Callable[[Sequence[str]], Sequence[str]]
"""Returns the teams that own the given services."""


class EnqueueNotifications:
    """The use case. It is idempotent: a repeated update adds an outbox entry but sends no message twice."""

    def __init__(
        self,
        *,
        incidents: IncidentStore,
        outbox: Outbox,
        routing: Routing,
        teams: Teams,
        wake: WakeDispatcher,
        pause: Pause,
    ) -> None:
        self._incidents = incidents
        self._outbox = outbox
        self._routing = routing
        self._teams = teams
        self._wake = wake
        self._pause = pause

    def enqueue(self, updates: Sequence[IncidentUpdate], now: EpochMillis) -> int:
        """Writes the entries, wakes the dispatcher, and returns the number of incidents with an entry."""
        notes: dict[IncidentId, list[Note]] = {}
        for one in updates:
            notes.setdefault(one.incident_id, []).extend(one.notes)
        incidents = self._incidents.incidents(notes)
        channels = self._add_entries(incidents, notes, now)
        for channel in dict.fromkeys(channels):
            self._count_entry(channel, now)
        return len(channels)

    def _add_entries(
        self,
        incidents: Mapping[IncidentId, Incident],
        notes: Mapping[IncidentId, Sequence[Note]],
        now: EpochMillis,
    ) -> list[str]:
        messages = self._outbox.messages(incidents)
        channels = []
        for name, incident in incidents.items():
            stored = messages.get(name)
            channel = stored.message.channel if stored else self._channel(incident)
            if not channel or (stored and stored.message.gone):
                continue
            self._outbox.add_notes(name, notes[name], now + NOTES_RETENTION_MS)
            entry = OutboxEntry(
                incident_id=name, notified=stored is not None, rank=incident.severity.rank, since=now
            )
            self._outbox.add_entry(channel, entry)
            channels.append(channel)
        return channels

    def _channel(self, incident: Incident) -> str:
        return self._routing.destination(incident, self._teams(incident.services)).channel

    def _count_entry(self, channel: str, now: EpochMillis) -> None:
        """Wakes the dispatcher, unless a worker that will see the stored entries is awake."""

        def attempt() -> bool:
            before, version = self._outbox.lease(channel)
            after, needed = count_entry(before, now)
            self._outbox.save_lease(channel, after, version)
            return needed

        if retry_on_conflict(attempt, self._pause, what=f"lease of channel {channel}"):
            self._wake(channel, 0)


Read = Callable[[Iterable[Mapping[str, Any]]], tuple[Sequence[IncidentUpdate], Sequence[UnreadableRecord]]]
"""Parses the stream's records (Any: the stream's own JSON)."""


class StreamResult(msgspec.Struct, frozen=True):
    """The result of one batch; `disconnected` is why nothing was enqueued, or None."""

    enqueued: int = 0
    unreadable: Sequence[UnreadableRecord] = ()
    disconnected: CloudOpsError | None = None


class HandleStream:
    """Enqueues the updates of a stream batch, unless `disconnected` returns why Slack is not connected."""

    def __init__(
        self,
        read: Read,
        notifications: EnqueueNotifications,
        disconnected: Callable[[], CloudOpsError | None],
    ) -> None:
        self._read = read
        self._notifications = notifications
        self._disconnected = disconnected

    def handle(self, records: Iterable[Mapping[str, Any]], now: EpochMillis) -> StreamResult:
        """Enqueues the updates of the records. Raises what the outbox raises."""
        if why := self._disconnected():
            return StreamResult(disconnected=why)
        updates, unreadable = self._read(records)
        return StreamResult(self._notifications.enqueue(updates, now), unreadable)
