"""How the sources do, a row each."""

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Rows
from cloudops.domain.sources import SourceHealth


class DynamoSourceStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def health(self) -> dict[str, SourceHealth]:
        with store_errors("read the sources"):
            found = [unpack(SourceHealth, row.body) for row in self._rows.query(keys.SOURCES)]
        return {one.name: one for one in found}

    def keep_health(self, health: SourceHealth) -> None:
        with store_errors(f"keep the health of {health.name}"):
            self._rows(*keys.source(health.name), body=pack(health)).save()
