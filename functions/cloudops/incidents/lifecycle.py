"""What a person may do to an incident: acknowledge, resolve, reopen; and what the scope then remembers."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from msgspec.structs import replace

from cloudops.core.errors import Conflict, NotFound
from cloudops.core.ids import IncidentId, stable_id
from cloudops.core.retry import Pause, retry_on_conflict
from cloudops.core.time import EpochMillis
from cloudops.correlation.state import IncidentState, ScopeState, copied
from cloudops.correlation.transitions import resolve_all
from cloudops.incidents.incident import Incident, IncidentStatus, TimelineEntry, TimelineKind
from cloudops.incidents.store import Commit, IncidentStore

Transition = tuple[ScopeState, Incident, TimelineEntry]


def acknowledge(
    state: ScopeState, incident: Incident, person: str, now: EpochMillis, why: str = ""
) -> Transition:
    """Someone takes it on, or says why nothing is to be done. Conflict unless it is open."""
    _only_from(incident, "acknowledge", IncidentStatus.OPEN)
    taken = _changed(
        incident, now, status=IncidentStatus.ACKNOWLEDGED, acknowledged_at=now, acknowledged_by=person
    )
    return (
        state,
        taken,
        _entry(incident, TimelineKind.ACKNOWLEDGED, person, now, _said("Acknowledged", person, why)),
    )


def resolve(
    state: ScopeState, incident: Incident, person: str, now: EpochMillis, why: str = ""
) -> Transition:
    """Someone calls it over, whatever still fires: its alerts count as cleared, and a later firing of one
    reopens it within the reopen window or opens anew. Conflict where it is resolved or merged already."""
    _only_from(incident, "resolve", IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)
    after = copied(state)
    known = _find(after, incident.id)
    if known is not None:
        resolve_all(known, now)
        known.closed_by_operator = True
    done = _changed(
        incident, now, status=IncidentStatus.RESOLVED, resolved_at=now, resolved_by=person, firing_count=0
    )
    return after, done, _entry(incident, TimelineKind.RESOLVED, person, now, _said("Resolved", person, why))


def reopen(state: ScopeState, incident: Incident, person: str, now: EpochMillis, why: str = "") -> Transition:
    """Someone says that it is not over. Conflict unless it is resolved."""
    _only_from(incident, "reopen", IncidentStatus.RESOLVED)
    after = copied(state)
    known = _find(after, incident.id)
    if known is None:
        known = IncidentState(incident.id, incident.opened_at, now, firings=incident.alert_count)
        known.events, known.muted = incident.event_count, incident.muted_count
        after.incidents.append(known)
    known.cleared_at = None
    known.closed_by_operator = False
    known.reopened_at = now
    known.active_at = max(known.active_at, now)
    for trouble in known.services.values():
        trouble.last_at = trouble.cleared_at = now
    again = _changed(
        incident,
        now,
        status=IncidentStatus.OPEN,
        resolved_at=None,
        resolved_by="",
        acknowledged_at=None,
        acknowledged_by="",
    )
    return after, again, _entry(incident, TimelineKind.REOPENED, person, now, _said("Reopened", person, why))


def _said(what: str, person: str, why: str) -> str:
    return f"{what} by {person}: {why}" if why else f"{what} by {person}"


def _only_from(incident: Incident, verb: str, *allowed: IncidentStatus) -> None:
    if incident.status not in allowed:
        raise Conflict(f"{verb} {incident.id}: it is {incident.status}", field="status")


def _find(state: ScopeState, name: str) -> IncidentState | None:
    return next((one for one in state.incidents if one.id == name), None)


def _changed(incident: Incident, now: EpochMillis, **fields: object) -> Incident:
    return replace(incident, updated_at=max(incident.updated_at, now), **fields)


def _entry(incident: Incident, kind: TimelineKind, person: str, now: EpochMillis, text: str) -> TimelineEntry:
    name = "tl_" + stable_id(incident.id, kind, person, str(now))
    return TimelineEntry(id=name, incident_id=incident.id, at=now, kind=kind, text=text, actor=person)


class Verb(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    REOPEN = "reopen"


_MOVES: Final[dict[Verb, Callable[[ScopeState, Incident, str, EpochMillis, str], Transition]]] = {
    Verb.ACKNOWLEDGE: acknowledge,
    Verb.RESOLVE: resolve,
    Verb.REOPEN: reopen,
}


class Lifecycle:
    def __init__(self, store: IncidentStore, pause: Pause) -> None:
        self._store = store
        self._pause = pause

    def move(
        self, verb: Verb, incident_id: IncidentId, person: str, now: EpochMillis, why: str = ""
    ) -> Incident:
        """The incident after the move. NotFound names the id, Conflict the status that forbids the move."""
        scope = self._store.scope_of(incident_id)

        def attempt() -> Incident:
            stored = self._store.load_scope(scope)
            before = self._store.incidents([incident_id]).get(incident_id)
            if before is None:
                raise NotFound(f"incident {incident_id}: not found")
            state, after, entry = _MOVES[verb](stored.state, before, person, now, why)
            commit = Commit(
                scope=scope,
                expected_version=stored.version,
                state=state,
                batch_id=stable_id(verb, incident_id, person, str(now)),
                incidents=(after,),
                timeline=(entry,),
            )
            self._store.commit(commit)
            return after

        return retry_on_conflict(attempt, self._pause, what=f"{verb} {incident_id} in its scope")
