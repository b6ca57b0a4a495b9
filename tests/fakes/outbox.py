"""The outbox in memory, with the versions and conflicts of the real one."""

from collections.abc import Collection, Mapping, Sequence
from threading import Lock

from msgspec.structs import replace

from cloudops.core.errors import WriteConflict
from cloudops.core.ids import IncidentId
from cloudops.core.time import EpochMillis
from cloudops.notifications.outbox import Announcement, OutboxEntry, StoredAnnouncement
from cloudops.notifications.pacing import ChannelLease
from cloudops.notifications.thread import Note


class MemoryOutbox:
    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[IncidentId, StoredAnnouncement] = {}
        self._notes: dict[str, dict[str, Note]] = {}
        self._told: dict[str, set[str]] = {}
        self._marks: dict[str, dict[str, OutboxEntry]] = {}
        self._paces: dict[str, tuple[ChannelLease, int]] = {}

    def announcements(self, ids: Collection[IncidentId]) -> Mapping[IncidentId, StoredAnnouncement]:
        with self._lock:
            return {name: self._kept[name] for name in ids if name in self._kept}

    def keep(self, announcement: Announcement, version: int) -> StoredAnnouncement:
        name = announcement.incident_id
        with self._lock:
            held = self._kept.get(name)
            after = StoredAnnouncement(announcement, version + 1)
            if held != after and (held.version if held else 0) != version:
                raise WriteConflict(f"announcement {name}: not at {version}")
            self._kept[name] = after
            return after

    def add_notes(self, incident_id: IncidentId, notes: Sequence[Note], expires_at: EpochMillis) -> None:
        with self._lock:
            held = self._notes.setdefault(incident_id, {})
            for note in notes:
                held.setdefault(note.entry.id, note)

    def notes(self, incident_id: IncidentId) -> tuple[Note, ...]:
        with self._lock:
            told = self._told.get(incident_id, set())
            found = [one for name, one in self._notes.get(incident_id, {}).items() if name not in told]
        return tuple(sorted(found, key=lambda one: (one.entry.at, one.entry.id)))

    def mark_sent(self, incident_id: IncidentId, ids: Collection[str]) -> None:
        with self._lock:
            self._told.setdefault(incident_id, set()).update(ids)

    def mark(self, channel: str, mark: OutboxEntry) -> None:
        with self._lock:
            marks = self._marks.setdefault(channel, {})
            held = marks.get(mark.incident_id)
            since, version = (held.since, held.version) if held else (mark.since, 0)
            marks[mark.incident_id] = replace(mark, since=since, version=version + 1)

    def postpone(self, channel: str, mark: OutboxEntry, due: EpochMillis) -> None:
        with self._lock:
            held = self._marks.get(channel, {}).get(mark.incident_id)
            if held and held.version == mark.version:
                self._marks[channel][mark.incident_id] = replace(mark, due=due, since=held.since)

    def unmark(self, channel: str, mark: OutboxEntry) -> None:
        with self._lock:
            held = self._marks.get(channel, {}).get(mark.incident_id)
            if held and held.version == mark.version:
                del self._marks[channel][mark.incident_id]

    def marks(self, channel: str) -> tuple[OutboxEntry, ...]:
        with self._lock:
            return tuple(self._marks.get(channel, {}).values())

    def pace(self, channel: str) -> tuple[ChannelLease, int]:
        with self._lock:
            return self._paces.get(channel, (ChannelLease(), 0))

    def keep_pace(self, channel: str, pace: ChannelLease, version: int) -> None:
        with self._lock:
            held = self._paces.get(channel, (ChannelLease(), 0))
            if held != (pace, version + 1) and held[1] != version:
                raise WriteConflict(f"pace of {channel}: not at {version}")
            self._paces[channel] = (pace, version + 1)
