"""The outbox in memory, with the versions and conflicts of the real one."""

from collections.abc import Collection, Mapping, Sequence
from threading import Lock

from msgspec.structs import replace

from cloudops.core.errors import WriteConflict
from cloudops.core.ids import IncidentId
from cloudops.core.time import EpochMillis
from cloudops.notifications.outbox import IncidentMessage, OutboxEntry, StoredMessage
from cloudops.notifications.pacing import ChannelLease
from cloudops.notifications.thread import Note


class MemoryOutbox:
    def __init__(self) -> None:
        self._lock = Lock()
        self._messages: dict[IncidentId, StoredMessage] = {}
        self._notes: dict[str, dict[str, Note]] = {}
        self._sent: dict[str, set[str]] = {}
        self._entries: dict[str, dict[str, OutboxEntry]] = {}
        self._leases: dict[str, tuple[ChannelLease, int]] = {}

    def messages(self, ids: Collection[IncidentId]) -> Mapping[IncidentId, StoredMessage]:
        with self._lock:
            return {name: self._messages[name] for name in ids if name in self._messages}

    def save_message(self, message: IncidentMessage, version: int) -> StoredMessage:
        name = message.incident_id
        with self._lock:
            stored = self._messages.get(name)
            after = StoredMessage(message, version + 1)
            if stored != after and (stored.version if stored else 0) != version:
                raise WriteConflict(f"message {name}: not at {version}")
            self._messages[name] = after
            return after

    def add_notes(self, incident_id: IncidentId, notes: Sequence[Note], expires_at: EpochMillis) -> None:
        with self._lock:
            stored = self._notes.setdefault(incident_id, {})
            for note in notes:
                stored.setdefault(note.entry.id, note)

    def notes(self, incident_id: IncidentId) -> tuple[Note, ...]:
        with self._lock:
            sent = self._sent.get(incident_id, set())
            unsent = [one for name, one in self._notes.get(incident_id, {}).items() if name not in sent]
        return tuple(sorted(unsent, key=lambda one: (one.entry.at, one.entry.id)))

    def mark_sent(self, incident_id: IncidentId, ids: Collection[str]) -> None:
        with self._lock:
            self._sent.setdefault(incident_id, set()).update(ids)

    def add_entry(self, channel: str, entry: OutboxEntry) -> None:
        with self._lock:
            entries = self._entries.setdefault(channel, {})
            stored = entries.get(entry.incident_id)
            since, version = (stored.since, stored.version) if stored else (entry.since, 0)
            entries[entry.incident_id] = replace(entry, since=since, version=version + 1)

    def postpone(self, channel: str, entry: OutboxEntry, due: EpochMillis) -> None:
        with self._lock:
            stored = self._entries.get(channel, {}).get(entry.incident_id)
            if stored and stored.version == entry.version:
                self._entries[channel][entry.incident_id] = replace(entry, due=due, since=stored.since)

    def remove_entry(self, channel: str, entry: OutboxEntry) -> None:
        with self._lock:
            stored = self._entries.get(channel, {}).get(entry.incident_id)
            if stored and stored.version == entry.version:
                del self._entries[channel][entry.incident_id]

    def entries(self, channel: str) -> tuple[OutboxEntry, ...]:
        with self._lock:
            return tuple(self._entries.get(channel, {}).values())

    def lease(self, channel: str) -> tuple[ChannelLease, int]:
        with self._lock:
            return self._leases.get(channel, (ChannelLease(), 0))

    def save_lease(self, channel: str, lease: ChannelLease, version: int) -> None:
        with self._lock:
            stored = self._leases.get(channel, (ChannelLease(), 0))
            if stored != (lease, version + 1) and stored[1] != version:
                raise WriteConflict(f"lease of {channel}: not at {version}")
            self._leases[channel] = (lease, version + 1)
