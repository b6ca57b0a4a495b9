"""Loads a scope for a batch: makes room in it, and brings back what is parked of the batch's alerts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cloudops.alerts.alert import Scope
from cloudops.core.ids import IncidentId, stable_id
from cloudops.correlation.parking import (
    DEFAULT_CAPACITY,
    Capacity,
    ParkedAlert,
    ParkedIncident,
    Restored,
    fingerprints_to_find,
    has_parked,
    make_room,
    restore,
)
from cloudops.correlation.state import ScopeState
from cloudops.incidents.incident import IncidentStatus
from cloudops.incidents.store import Commit, IncidentStore, StoredScope

MAX_FOUND: Final = 100
"""Fingerprints that one attempt looks up: one request to the store."""
MAX_MERGES: Final = 8
"""Merges followed from the incident under which an alert was parked to its survivor."""


@dataclass(frozen=True, slots=True)
class LoadedScope:
    """A stored scope, with what was parked of `covered` alerts, the first ones of a batch, back in it."""

    stored: StoredScope
    restored: Restored
    covered: int


class ScopeMemory:
    """The correlation state of scopes, of which the store holds a part beside the scope."""

    def __init__(self, store: IncidentStore, capacity: Capacity = DEFAULT_CAPACITY) -> None:
        self._store = store
        self._capacity = capacity

    def load(self, scope: Scope, fingerprints: Sequence[str]) -> LoadedScope:
        """Reads a scope, parks what it has no room for, and restores what the first alerts need.

        One request, and two more only if the scope has parked anything that these alerts may belong to.

        Args:
            scope: The scope of the alerts.
            fingerprints: The alerts of a batch, in its order.

        Raises:
            WriteConflict: Another writer changed the scope while it was parked.
        """
        stored = self._with_room(self._store.load_scope(scope))
        wanted = fingerprints_to_find(stored.state, fingerprints)
        if not wanted:
            return LoadedScope(stored, Restored(stored.state), len(fingerprints))
        covered = len(fingerprints)
        if len(wanted) > MAX_FOUND:
            covered = fingerprints.index(wanted[MAX_FOUND])
        rows = self._store.parked_alerts(scope, wanted[:MAX_FOUND])
        return LoadedScope(stored, self._restored(stored.state, rows), covered)

    def load_incident(self, scope: Scope, incident_id: IncidentId) -> LoadedScope:
        """Reads a scope, with the incident back in it if it is parked, but without its parked alerts."""
        stored = self._store.load_scope(scope)
        missing = _missing(stored.state, [incident_id]) if has_parked(stored.state) else []
        rows = self._store.parked_incidents(scope, missing) if missing else []
        return LoadedScope(stored, restore(stored.state, (), rows), 0)

    def load_all(self, scope: Scope) -> ScopeState:
        """Returns a scope with everything that is parked back in it, to read and not to write."""
        state = self._store.load_scope(scope).state
        if not has_parked(state):
            return state
        parked = self._store.all_parked(scope)
        return restore(state, parked.alerts, parked.incidents).state

    def _with_room(self, stored: StoredScope) -> StoredScope:
        while (room := make_room(stored.state, self._capacity)) is not None:
            names = [row.fingerprint for row in room.parked.alerts]
            names += [row.incident.id for row in room.parked.incidents]
            commit = Commit(
                scope=stored.state.scope,
                expected_version=stored.version,
                state=room.state,
                batch_id=stable_id("park", *names),
                parked=room.parked,
            )
            self._store.commit(commit)
            stored = StoredScope(room.state, stored.version + 1)
        return stored

    def _restored(self, state: ScopeState, rows: Collection[ParkedAlert]) -> Restored:
        ids = _missing(state, (row.incident_id for row in rows if row.incident_id))
        found: list[ParkedIncident] = []
        for _ in range(MAX_MERGES):
            if not ids:
                break
            read = self._store.parked_incidents(state.scope, ids)
            found += read
            lost = set(ids) - {name for row in read for name in (row.incident.id, *row.incident.merged_from)}
            ids = _missing(state, self._survivors(lost)) if lost else []
        unique = {row.incident.id: row for row in found}
        return restore(state, rows, unique.values())

    def _survivors(self, ids: Collection[IncidentId]) -> list[IncidentId]:
        """Returns the incidents into which these were merged, after their alerts were parked."""
        records = self._store.incidents(ids).values()
        return [one.merged_into for one in records if one.status is IncidentStatus.MERGED]


def _missing(state: ScopeState, ids: Iterable[IncidentId]) -> list[IncidentId]:
    known = {name for one in state.incidents for name in (one.id, *one.merged_from)}
    return [name for name in dict.fromkeys(ids) if name not in known]
