"""Stores silences in a partition of their own, which ingestion reads by one query."""

from typing import Final

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Rows
from cloudops.core.errors import NotFound
from cloudops.core.time import DAY, SECOND
from cloudops.silences.silence import Silence

SILENCE_RETENTION_SECONDS: Final = 30 * DAY // SECOND
"""How long a silence is stored after its end, so that people can see what was muted and by whom."""


class DynamoSilenceStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def put(self, silence: Silence) -> None:
        expires = None if silence.repeats_every else silence.ends_at // SECOND + SILENCE_RETENTION_SECONDS
        with store_errors(f"save silence {silence.id}"):
            self._rows(*keys.silence(silence.id), body=pack(silence), expires=expires).save()

    def get(self, silence_id: str) -> Silence:
        with store_errors(f"read silence {silence_id}"):
            row = self._rows.find(keys.silence(silence_id))
        if row is None:
            raise NotFound(f"silence {silence_id}: not found")
        return unpack(Silence, row.body)

    def all(self) -> tuple[Silence, ...]:
        with store_errors("read the silences"):
            found = self._rows.query(keys.SILENCES, consistent_read=True)
            return tuple(unpack(Silence, row.body) for row in found)
