"""Stores the outbox: each incident's notification and thread, each channel's entries and lease."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.keys import Key
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.core.errors import Conflict, Unavailable
from cloudops.core.ids import IncidentId
from cloudops.core.time import SECOND, EpochMillis
from cloudops.notifications.outbox import IncidentMessage, OutboxEntry, StoredMessage
from cloudops.notifications.pacing import ChannelLease
from cloudops.notifications.thread import Note

SENT_MARK: Final = "sent"


class DynamoOutbox:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def messages(self, ids: Collection[IncidentId]) -> Mapping[IncidentId, StoredMessage]:
        wanted = [tuple(keys.notification(name)) for name in ids]
        with store_errors(f"read {len(wanted)} messages"):
            found = [(row.body, row.version) for row in self._rows.batch_get(wanted, consistent_read=True)]
        stored = [StoredMessage(unpack(IncidentMessage, body), int(version)) for body, version in found]
        return {one.message.incident_id: one for one in stored}

    def save_message(self, message: IncidentMessage, version: int) -> StoredMessage:
        self._put(keys.notification(message.incident_id), message, version)
        return StoredMessage(message, version + 1)

    def add_notes(self, incident_id: IncidentId, notes: Sequence[Note], expires_at: EpochMillis) -> None:
        for note in notes:
            key = keys.note(incident_id, note.entry.id)
            row = self._rows(*key, body=pack(note), expires=expires_at // SECOND)
            try:
                with store_errors(f"save a note of {incident_id}"):
                    row.save(condition=Row.pk.does_not_exist())
            except Conflict:
                continue

    def notes(self, incident_id: IncidentId) -> tuple[Note, ...]:
        with store_errors(f"read the notes of {incident_id}"):
            found = self._rows.query(
                keys.notification(incident_id).pk, Row.sk.startswith(keys.NOTE), consistent_read=True
            )
            notes = [unpack(Note, row.body) for row in found if row.write != SENT_MARK]
        return tuple(sorted(notes, key=lambda one: (one.entry.at, one.entry.id)))

    def mark_sent(self, incident_id: IncidentId, ids: Collection[str]) -> None:
        for name in ids:
            with store_errors(f"note {name} of {incident_id}"):
                self._rows(*keys.note(incident_id, name)).update(actions=[Row.write.set(SENT_MARK)])

    def add_entry(self, channel: str, entry: OutboxEntry) -> None:
        """Adds or replaces an incident's entry; the attribute `changed` preserves the time of the first
        one."""
        row = self._rows(*keys.outbox_entry(channel, entry.incident_id))
        since = Row.changed.set(Row.changed | entry.since)
        with store_errors(f"add the outbox entry of {entry.incident_id} for {channel}"):
            row.update(actions=[Row.version.add(1), Row.body.set(pack(entry)), since])

    def postpone(self, channel: str, entry: OutboxEntry, due: EpochMillis) -> None:
        row = self._rows(*keys.outbox_entry(channel, entry.incident_id))
        body = pack(replace(entry, due=due))
        try:
            with store_errors(f"postpone {entry.incident_id}"):
                row.update(actions=[Row.body.set(body)], condition=Row.version == entry.version)
        except Conflict:
            return

    def remove_entry(self, channel: str, entry: OutboxEntry) -> None:
        row = self._rows(*keys.outbox_entry(channel, entry.incident_id))
        try:
            with store_errors(f"remove the outbox entry of {entry.incident_id}"):
                row.delete(condition=Row.version == entry.version)
        except Conflict:
            return

    def entries(self, channel: str) -> tuple[OutboxEntry, ...]:
        with store_errors(f"read the outbox entries of {channel}"):
            found = self._rows.query(
                keys.lease(channel).pk, Row.sk.startswith(keys.OUTBOX_ENTRY), consistent_read=True
            )
            return tuple(
                replace(unpack(OutboxEntry, row.body), version=int(row.version), since=int(row.changed))
                for row in found
            )

    def lease(self, channel: str) -> tuple[ChannelLease, int]:
        with store_errors(f"read the lease of {channel}"):
            row = self._rows.find(keys.lease(channel))
        return (unpack(ChannelLease, row.body), int(row.version)) if row else (ChannelLease(), 0)

    def save_lease(self, channel: str, lease: ChannelLease, version: int) -> None:
        self._put(keys.lease(channel), lease, version)

    def _put(self, key: Key, value: msgspec.Struct, version: int) -> None:
        """Writes the value on the condition that the stored version is unchanged.

        A write whose answer was lost looks like a lost race. Conflict and Unavailable are therefore raised
        only after a second read shows that the value is not stored.
        """
        row = self._rows(*key, body=pack(value), version=version + 1)
        unchanged = (Row.version == version) if version else Row.pk.does_not_exist()
        try:
            with store_errors(f"save {key.pk}"):
                row.save(condition=unchanged)
        except (Conflict, Unavailable):
            with store_errors(f"verify {key.pk}"):
                stored = self._rows.find(key)
            if stored is None or (stored.version, stored.body) != (version + 1, row.body):
                raise
