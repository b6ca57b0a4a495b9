"""Takes what changed in the table to the outbox: which channel is to be told of it, and somebody to do it."""

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
from cloudops.notifications.pacing import marked
from cloudops.notifications.routing import Routing
from cloudops.notifications.thread import IncidentUpdate, Note, UnreadableRecord

NOTES_KEPT: Final = 14 * DAY
"""Milliseconds for which a note is remembered, so that the stream may tell of it again."""

Teams = Callable[[Sequence[str]], Sequence[str]]
"""Who owns these services."""


class EnqueueNotifications:
    """Done again with the same news it marks again, which costs a look and tells nobody anything twice."""

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

    def enqueue(self, news: Sequence[IncidentUpdate], now: EpochMillis) -> int:
        """How many incidents were marked."""
        notes: dict[IncidentId, list[Note]] = {}
        for one in news:
            notes.setdefault(one.incident_id, []).extend(one.notes)
        incidents = self._incidents.incidents(notes)
        channels = self._mark(incidents, notes, now)
        for channel in dict.fromkeys(channels):
            self._awake(channel, now)
        return len(channels)

    def _mark(
        self,
        incidents: Mapping[IncidentId, Incident],
        notes: Mapping[IncidentId, Sequence[Note]],
        now: EpochMillis,
    ) -> list[str]:
        announced = self._outbox.announcements(incidents)
        channels = []
        for name, incident in incidents.items():
            kept = announced.get(name)
            channel = kept.announcement.channel if kept else self._channel(incident)
            if not channel or (kept and kept.announcement.gone):
                continue
            self._outbox.add_notes(name, notes[name], now + NOTES_KEPT)
            mark = OutboxEntry(
                incident_id=name, announced=kept is not None, rank=incident.severity.rank, since=now
            )
            self._outbox.mark(channel, mark)
            channels.append(channel)
        return channels

    def _channel(self, incident: Incident) -> str:
        return self._routing.destination(incident, self._teams(incident.services)).channel

    def _awake(self, channel: str, now: EpochMillis) -> None:
        """After the marks are kept: whoever is awake sees them, else somebody is woken."""

        def attempt() -> bool:
            before, version = self._outbox.pace(channel)
            after, needed = marked(before, now)
            self._outbox.keep_pace(channel, after, version)
            return needed

        if retry_on_conflict(attempt, self._pause, what=f"pace of channel {channel}"):
            self._wake(channel, 0)


Read = Callable[[Iterable[Mapping[str, Any]]], tuple[Sequence[IncidentUpdate], Sequence[UnreadableRecord]]]
"""From the stream's records (Any: the stream's own JSON)."""


class StreamResult(msgspec.Struct, frozen=True):
    """`disconnected` is why there is nobody to tell."""

    marked: int = 0
    unread: Sequence[UnreadableRecord] = ()
    disconnected: CloudOpsError | None = None


class HandleStream:
    """`disconnected` says why nobody can be told, or None."""

    def __init__(
        self, read: Read, notify: EnqueueNotifications, disconnected: Callable[[], CloudOpsError | None]
    ) -> None:
        self._read = read
        self._notify = notify
        self._disconnected = disconnected

    def handle(self, records: Iterable[Mapping[str, Any]], now: EpochMillis) -> StreamResult:
        if why := self._disconnected():
            return StreamResult(disconnected=why)
        news, unread = self._read(records)
        return StreamResult(self._notify.enqueue(news, now), unread)
