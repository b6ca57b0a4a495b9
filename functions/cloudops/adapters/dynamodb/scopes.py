"""Scopes: read with their version, and written with all that hangs on them on the condition that it holds."""

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import unpack
from cloudops.adapters.dynamodb.commit import Write, write_of
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.keys import Key
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.domain.alert import ScopeKey
from cloudops.domain.errors import Conflict, Unavailable
from cloudops.domain.ports import Commit, StoredScope
from cloudops.domain.scope_state import ScopeState, empty_state


def load_scope(rows: Rows, scope: ScopeKey) -> StoredScope:
    with store_errors(f"read scope {scope}"):
        row = rows.find(keys.scope(scope))
    if row is None:
        return StoredScope(empty_state(scope), 0)
    return StoredScope(unpack(ScopeState, row.body), int(row.version))


def apply_commit(rows: Rows, commit: Commit) -> None:
    """Conflict and Unavailable are raised only once a second look shows that nothing was written: a
    write whose answer was lost, sent again, is refused just like one that lost a race."""
    write = write_of(rows, commit)
    what = f"commit {commit.batch_id} to scope {commit.scope}"
    unmoved = (Row.version == commit.expected_version) if commit.expected_version else Row.pk.does_not_exist()
    try:
        with store_errors(what), rows.transaction(write.token) as transaction:
            transaction.save(write.scope, condition=unmoved)
            for row in write.others:
                transaction.save(row)
    except (Conflict, Unavailable):
        if not _is_applied(rows, write, what):
            raise


def _is_applied(rows: Rows, write: Write, what: str) -> bool:
    """Whether this very write is stored; where others have moved the scope on since, its log rows tell."""
    with store_errors(f"verify {what}"):
        scope = rows.find(Key(write.scope.pk, write.scope.sk))
        if scope is None or scope.version < write.scope.version:
            return False
        if scope.version == write.scope.version:
            return scope.write == write.token
        witness = next((row for row in write.others if row.write), None)
        trace = witness and rows.find(Key(witness.pk, witness.sk))
    return trace is not None and trace.write == write.token
