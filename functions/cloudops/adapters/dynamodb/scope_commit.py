"""Writes a commit in one transaction: the scope's state, the incidents' records, and their new alerts and
timeline entries.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import msgspec

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.keys import Key
from cloudops.adapters.dynamodb.parked import parked_rows, unparked_rows
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.alerts.alert import Scope
from cloudops.core.errors import Conflict, TooLarge, Unavailable
from cloudops.core.ids import IncidentId
from cloudops.correlation.state import ScopeState, empty_state
from cloudops.incidents.incident import Incident, IncidentAlert, IncidentStatus, TimelineEntry
from cloudops.incidents.store import Commit, StoredScope

MAX_ROWS: Final = 100
MAX_BYTES: Final = 4 * 1024 * 1024
MAX_BODY: Final = 390 * 1024
"""Limits of DynamoDB: 100 items and 4 MB per transaction, 400 KB per item including its keys."""
MAX_LOG_BODY: Final = 200 * 1024
"""Bytes above which one commit's additions to an incident are split into several rows."""
ROW_OVERHEAD: Final = 512
"""Bytes; an upper bound for the keys, attribute names and suggestion ids of one row."""


class Log(msgspec.Struct, frozen=True):
    """The alerts and timeline entries that one commit added to one incident."""

    alerts: tuple[IncidentAlert, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Write:
    """The rows of one transaction: those to save, and the keys of those to delete.

    `token` is a digest of their content. The scope and the logs carry it, to identify the write later.
    """

    scope: Row
    others: tuple[Row, ...]
    deleted: tuple[Row, ...]
    token: str


def write_of(rows: Rows, commit: Commit) -> Write:
    """Returns the rows of a commit. Raises TooLarge if they exceed DynamoDB's limits."""
    version = commit.expected_version + 1
    scope = rows(*keys.scope(commit.scope), body=pack(commit.state), version=version)
    records = [_record(rows, incident) for incident in commit.incidents]
    logs = list(_logs(rows, commit))
    parked, deleted = list(parked_rows(rows, commit)), list(unparked_rows(rows, commit))
    saved = [scope, *records, *logs, *parked]
    _check_size(commit, saved, len(deleted))
    token = _token(rows, commit, saved, deleted)
    for row in (scope, *logs):
        row.write = token
    return Write(scope, (*records, *logs, *parked), tuple(deleted), token)


def _record(rows: Rows, incident: Incident) -> Row:
    return rows(
        *keys.incident(incident.id),
        body=pack(incident),
        suggestions={suggestion.id for suggestion in incident.suggestions} or None,
        feed=None if incident.status is IncidentStatus.MERGED else keys.INCIDENTS,
        live=keys.INCIDENTS if incident.status.is_live else None,
        opened=keys.opened(incident.opened_at, incident.id),
    )


def _logs(rows: Rows, commit: Commit) -> Iterator[Row]:
    timelines: dict[IncidentId, list[TimelineEntry]] = {}
    for entry in commit.timeline:
        timelines.setdefault(entry.incident_id, []).append(entry)
    for name in dict.fromkeys([*commit.alerts, *timelines]):
        log = Log(commit.alerts.get(name, ()), tuple(timelines.get(name, ())))
        for part, body in enumerate(_bodies(log)):
            yield rows(*keys.log(name, commit.expected_version + 1, part), body=body)


def _bodies(log: Log) -> Iterator[bytes]:
    """Yields the packed log, halved until each part fits MAX_LOG_BODY."""
    body = pack(log)
    if len(body) <= MAX_LOG_BODY or len(log.alerts) < 2:
        yield body
        return
    half = len(log.alerts) // 2
    yield from _bodies(Log(log.alerts[:half], log.timeline))
    yield from _bodies(Log(log.alerts[half:]))


def _check_size(commit: Commit, planned: list[Row], deleted: int) -> None:
    for row in planned:
        if len(row.body) > MAX_BODY:
            raise TooLarge(f"commit {commit.batch_id}: {row.pk} {row.sk} has {len(row.body)} bytes")
    size = sum(len(row.body) + ROW_OVERHEAD for row in planned)
    count = len(planned) + deleted
    if count > MAX_ROWS or size > MAX_BYTES:
        raise TooLarge(f"commit {commit.batch_id}: {count} rows of {size} bytes do not fit one write")


def _token(rows: Rows, commit: Commit, planned: Iterable[Row], deleted: Iterable[Row]) -> str:
    """Returns 32 hexadecimal digits; DynamoDB takes at most 36.

    Tokens are unique per account, and a second stack that ingests the same alerts writes the same rows.
    The table's name is therefore part of the digest.
    """
    name = blake2b(digest_size=16)
    name.update(f"{rows.Meta.table_name}\x1f{commit.batch_id}\x1f{commit.expected_version}".encode())
    for row in planned:
        name.update(f"\x1f{row.pk}\x1f{row.sk}\x1f".encode())
        name.update(row.body)
    for row in deleted:
        name.update(f"\x1f-{row.pk}\x1f{row.sk}".encode())
    return name.hexdigest()


def load_scope(rows: Rows, scope: Scope) -> StoredScope:
    """Returns the state of a scope by a consistent read; version 0 if it is not stored."""
    with store_errors(f"read scope {scope}"):
        row = rows.find(keys.scope(scope))
    if row is None:
        return StoredScope(empty_state(scope), 0)
    return StoredScope(unpack(ScopeState, row.body), int(row.version))


def apply_commit(rows: Rows, commit: Commit) -> None:
    """Writes a commit.

    A write whose answer was lost is refused on the client's retry, like one that lost a race. Conflict and
    Unavailable are therefore raised only after a second read shows that the commit is not stored.
    """
    write = write_of(rows, commit)
    what = f"commit {commit.batch_id} to scope {commit.scope}"
    unchanged = (
        (Row.version == commit.expected_version) if commit.expected_version else Row.pk.does_not_exist()
    )
    try:
        with store_errors(what), rows.transaction(write.token) as transaction:
            transaction.save(write.scope, condition=unchanged)
            for row in write.others:
                transaction.save(row)
            for row in write.deleted:
                transaction.delete(row)
    except (Conflict, Unavailable):
        if not _is_applied(rows, write, what):
            raise


def _is_applied(rows: Rows, write: Write, what: str) -> bool:
    """Whether this write is stored; its log rows show it if later commits replaced the scope."""
    with store_errors(f"verify {what}"):
        scope = rows.find(Key(write.scope.pk, write.scope.sk))
        if scope is None or scope.version < write.scope.version:
            return False
        if scope.version == write.scope.version:
            return scope.write == write.token
        witness = next((row for row in write.others if row.write), None)
        stored = witness and rows.find(Key(witness.pk, witness.sk))
    return stored is not None and stored.write == write.token
