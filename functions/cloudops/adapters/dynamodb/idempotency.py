"""Stores idempotency keys: the first caller that claims a key holds it until it expires."""

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

    def take(self, idempotency_key: str, holder: str, expires_at: EpochMillis) -> bool:
        key = keys.idempotency(idempotency_key)
        row = self._rows(*key, body=pack(_IdempotencyRecord(holder)), expires=expires_at // SECOND)
        try:
            with store_errors("claim an idempotency key"):
                row.save(condition=Row.pk.does_not_exist())
        except (Conflict, Unavailable):
            with store_errors("verify the holder of an idempotency key"):
                stored = self._rows.find(key)
            if stored is None:
                raise
            return unpack(_IdempotencyRecord, stored.body).by == holder
        return True
