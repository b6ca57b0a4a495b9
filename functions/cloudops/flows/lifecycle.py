"""Lets a person acknowledge, resolve or reopen an incident, in turn with the alerts of its scope."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from cloudops.domain.alert import Instant, digest
from cloudops.domain.errors import Conflict, NotFound
from cloudops.domain.incident import Incident
from cloudops.domain.lifecycle import Moved, acknowledge, reopen, resolve
from cloudops.domain.ports import Commit, IncidentStore
from cloudops.domain.scope_state import ScopeState
from cloudops.flows.retrying import MAX_ATTEMPTS, Pause


class Verb(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    REOPEN = "reopen"


_MOVES: Final[dict[Verb, Callable[[ScopeState, Incident, str, Instant, str], Moved]]] = {
    Verb.ACKNOWLEDGE: acknowledge,
    Verb.RESOLVE: resolve,
    Verb.REOPEN: reopen,
}


class Lifecycle:
    def __init__(self, store: IncidentStore, pause: Pause) -> None:
        self._store = store
        self._pause = pause

    def move(self, verb: Verb, incident_id: str, person: str, now: Instant, why: str = "") -> Incident:
        """The incident after the move. NotFound names the id, Conflict the status that forbids the move."""
        scope = self._store.scope_of(incident_id)
        for attempt in range(MAX_ATTEMPTS):
            stored = self._store.load_scope(scope)
            before = self._store.incidents([incident_id]).get(incident_id)
            if before is None:
                raise NotFound(f"incident {incident_id}: not found")
            state, after, entry = _MOVES[verb](stored.state, before, person, now, why)
            commit = Commit(
                scope=scope,
                expected_version=stored.version,
                state=state,
                batch_id=digest(verb, incident_id, person, str(now)),
                incidents=(after,),
                timeline=(entry,),
            )
            try:
                self._store.commit(commit)
            except Conflict:
                self._pause(attempt)
                continue
            return after
        raise Conflict(
            f"{verb} {incident_id}: its scope was changed by others {MAX_ATTEMPTS} times, try again"
        )
