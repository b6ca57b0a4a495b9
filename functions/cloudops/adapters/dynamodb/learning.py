"""The learning store on DynamoDB: cells, what is published of them, and the days."""

from collections.abc import Collection, Sequence

from cloudops.adapters.dynamodb.audit_log import carry, read_log
from cloudops.adapters.dynamodb.cells import read_cells
from cloudops.adapters.dynamodb.levels import keep_day, publish, read_days, read_learned
from cloudops.adapters.dynamodb.outcomes import due, read_reports, record
from cloudops.adapters.dynamodb.row import Rows
from cloudops.domain.alert import Instant
from cloudops.domain.incident import TimelineEntry
from cloudops.domain.learned import Learned
from cloudops.domain.learning import Cell
from cloudops.domain.learning_log import Carried, Logged
from cloudops.domain.learning_ports import Day
from cloudops.domain.outcomes import Reports


class DynamoLearningStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def cells(self) -> list[Cell]:
        return read_cells(self._rows)

    def learned(self) -> Learned | None:
        return read_learned(self._rows)

    def publish(self, learned: Learned, at: Instant) -> bool:
        return publish(self._rows, learned, at)

    def keep_day(self, day: Day) -> None:
        keep_day(self._rows, day)

    def days(self, since: str) -> tuple[Day, ...]:
        return read_days(self._rows, since)

    def reports(self, incident_ids: Collection[str]) -> dict[str, Reports]:
        return read_reports(self._rows, incident_ids)

    def record(self, before: Reports, after: Reports, entry: TimelineEntry | None = None) -> None:
        record(self._rows, before, after, entry)

    def due(self, now: Instant) -> list[str]:
        return due(self._rows, now)

    def log(self) -> tuple[Sequence[Logged], Sequence[Carried]]:
        return read_log(self._rows)

    def carry(self, batch: str, carried: Sequence[Carried], at: Instant) -> int:
        return carry(self._rows, batch, carried, at)
