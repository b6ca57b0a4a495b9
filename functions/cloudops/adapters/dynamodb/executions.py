"""Stores executions with their incident, and the lock of each target.

A state transition is a transaction on the condition that the stored version is unchanged.
"""

from itertools import islice

import msgspec
from pynamodb.transactions import TransactWrite

from cloudops.adapters.dynamodb import keys, table
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.core.errors import Conflict, NotFound, Unavailable
from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId
from cloudops.core.pagination import encode_cursor
from cloudops.core.time import SECOND, EpochMillis
from cloudops.incidents.incident import TimelineEntry
from cloudops.remediation.execution import LOCK_LASTS, Execution, Rejection
from cloudops.remediation.store import ACTIONS_KEPT, MAX_RECENT


class ExecutionReference(msgspec.Struct, frozen=True):
    """Body of a lock and of a change: the execution that holds the lock, or made the change."""

    execution_id: ExecutionId


class DynamoExecutionStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def get(self, execution_id: ExecutionId) -> Execution:
        with store_errors(f"read execution {execution_id}"):
            row = self._rows.find(keys.execution(execution_id))
        if row is None:
            raise NotFound(f"execution {execution_id}: not found")
        return unpack(Execution, row.body)

    def add(self, execution: Execution, entry: TimelineEntry) -> None:
        with store_errors(f"add execution {execution.id}"), self._rows.transaction() as write:
            write.save(self._row(execution), condition=Row.pk.does_not_exist())
            known = execution.plan.rejected_at
            write.condition_check(
                self._rows,
                *keys.rejection(execution.suggestion_id),
                condition=Row.pk.does_not_exist() if known is None else Row.version == known,
            )
            self._save_entry(write, entry)

    def move(
        self, before: Execution, after: Execution, entry: TimelineEntry | None, *, lock: bool | None = None
    ) -> None:
        try:
            self._transition(before, after, entry, lock)
        except (Conflict, Unavailable):  # also after a write whose answer was lost
            if self.get(after.id) != after:
                raise

    def holder(self, lock: str, now: EpochMillis) -> str:
        with store_errors(f"read lock {lock}"):
            row = self._rows.find(keys.lock(lock))
        if row is None or row.expires is None or row.expires <= now // SECOND:
            return ""
        return unpack(ExecutionReference, row.body).execution_id

    def of_incident(self, incident_id: IncidentId) -> tuple[Execution, ...]:
        with store_errors(f"read the executions of {incident_id}"):
            rows = self._rows.query(
                keys.incident(incident_id).pk, Row.sk.startswith(keys.EXECUTION), consistent_read=True
            )
            executions = [unpack(Execution, row.body) for row in rows]
        return tuple(sorted(executions, key=lambda one: (one.created_at, one.id)))

    def reject(self, rejection: Rejection, entry: TimelineEntry) -> None:
        row = self._rows(*keys.rejection(rejection.suggestion_id), body=pack(rejection), version=rejection.at)
        with store_errors(f"reject {rejection.suggestion_id}"), self._rows.transaction() as write:
            write.save(row)
            self._save_entry(write, entry)

    def rejection(self, suggestion_id: SuggestionId) -> Rejection | None:
        with store_errors(f"read the rejection of {suggestion_id}"):
            row = self._rows.find(keys.rejection(suggestion_id))
        return unpack(Rejection, row.body) if row else None

    def page(self, cursor: str | None, limit: int) -> tuple[tuple[Execution, ...], str | None]:
        start = keys.after(cursor, table.FEED_INDEX, keys.EXECUTIONS, _key_of)
        with store_errors("list executions"):
            rows = self._rows.feed_index.query(
                keys.EXECUTIONS, scan_index_forward=False, last_evaluated_key=start, limit=limit + 1
            )
            executions = tuple(unpack(Execution, row.body) for row in rows)
        last = executions[limit - 1] if len(executions) > limit else None
        return executions[:limit], encode_cursor((last.created_at, last.id)) if last else None

    def acted_since(self, at: EpochMillis, place: tuple[str, ...] = ()) -> tuple[Execution, ...]:
        first = keys.acted(place, at)
        with store_errors("read the executions that acted"):
            changes = self._rows.query(first.pk, Row.sk >= first.sk, consistent_read=True)
            ids = {unpack(ExecutionReference, row.body).execution_id for row in changes}
            wanted = [keys.execution(one) for one in ids]
            rows = self._rows.batch_get(wanted, consistent_read=True) if wanted else ()
            executions = [unpack(Execution, row.body) for row in rows]
        return tuple(one for one in executions if one.changed_at is not None and one.changed_at >= at)

    def unfinished(self) -> tuple[Execution, ...]:
        with store_errors("read the unfinished executions"):
            rows = self._rows.live_index.query(keys.EXECUTIONS, page_size=MAX_RECENT)
            return tuple(unpack(Execution, row.body) for row in islice(rows, MAX_RECENT))

    def _transition(
        self, before: Execution, after: Execution, entry: TimelineEntry | None, lock: bool | None
    ) -> None:
        with store_errors(f"execution {after.id}"), self._rows.transaction() as write:
            write.save(self._row(after), condition=Row.version == before.version)
            if after.changed_at != before.changed_at:
                self._save_change(write, after)
            if entry is not None:
                self._save_entry(write, entry)
            if lock is not None:
                self._change_lock(write, after, lock)

    def _save_change(self, write: TransactWrite, execution: Execution) -> None:
        """Adds to the transaction that the execution changed its target, or is about to."""
        if (at := execution.changed_at) is None:
            return
        for place in ((), execution.plan.target.place):
            write.save(
                self._rows(
                    *keys.acted(place, at, execution.id),
                    body=pack(ExecutionReference(execution.id)),
                    expires=(at + ACTIONS_KEPT) // SECOND,
                )
            )

    def _change_lock(self, write: TransactWrite, execution: Execution, acquire: bool) -> None:
        """Adds to the transaction that the execution acquires or releases its lock.

        An expired lock is free. A lock that the execution lost to another one is left to that one.
        """
        now = execution.updated_at // SECOND
        lock = self._rows(
            *keys.lock(execution.lock),
            body=pack(ExecutionReference(execution.id)),
            write=execution.id,
            expires=now + LOCK_LASTS // SECOND if acquire else 0,
        )
        available = Row.pk.does_not_exist() | (Row.write == execution.id) | (Row.expires <= now)
        if acquire:
            write.save(lock, condition=available)
        elif self.holder(execution.lock, execution.updated_at) == execution.id:
            write.delete(lock, condition=available)

    def _save_entry(self, write: TransactWrite, entry: TimelineEntry) -> None:
        write.save(self._rows(*keys.timeline(entry.incident_id, entry.at, entry.id), body=pack(entry)))

    def _row(self, execution: Execution) -> Row:
        return self._rows(
            *keys.execution(execution.id),
            body=pack(execution),
            version=execution.version,
            feed=keys.EXECUTIONS,
            live=None if execution.is_closed else keys.EXECUTIONS,
            opened=keys.opened(execution.created_at, execution.id),
        )


def _key_of(name: str) -> keys.Key:
    return keys.execution(ExecutionId(name))
