"""Who may do what may be done once: the first that asked for it."""

import msgspec

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.core.errors import Conflict, Unavailable
from cloudops.core.time import SECOND, EpochMillis


class _IdempotencyRecord(msgspec.Struct, frozen=True):
    by: str


class DynamoOnce:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def take(self, what: str, holder: str, expires_at: EpochMillis) -> bool:
        key = keys.once(what)
        row = self._rows(*key, body=pack(_IdempotencyRecord(holder)), expires=expires_at // SECOND)
        try:
            with store_errors("take what may be done once"):
                row.save(condition=Row.pk.does_not_exist())
        except (Conflict, Unavailable):
            with store_errors("verify who took what may be done once"):
                held = self._rows.find(key)
            if held is None:
                raise
            return unpack(_IdempotencyRecord, held.body).by == holder
        return True
