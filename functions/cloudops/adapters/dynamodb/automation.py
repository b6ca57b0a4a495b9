"""The switch of automation that the API moves."""

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Rows
from cloudops.domain.automation import NEVER_SWITCHED, Setting


class DynamoSwitch:
    name = "the switch of the API"

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def read(self) -> Setting:
        with store_errors("read the switch of automation"):
            row = self._rows.find(keys.automation())
        return unpack(Setting, row.body) if row else NEVER_SWITCHED

    def write(self, setting: Setting) -> None:
        with store_errors("move the switch of automation"):
            self._rows(*keys.automation(), body=pack(setting)).save()
