"""Transitions of an incident that a person requests: acknowledge, resolve and reopen."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from msgspec.structs import replace

from cloudops.core.errors import Conflict, NotFound
from cloudops.core.ids import IncidentId, stable_id
from cloudops.core.retry import Pause, retry_on_conflict
from cloudops.core.time import EpochMillis
from cloudops.correlation.parking import settle
from cloudops.correlation.state import IncidentState, Resolution, ScopeState, copied, mark_closed
from cloudops.correlation.transitions import resolve_all
from cloudops.identity.access import Caller
from cloudops.incidents.incident import Incident, IncidentStatus, TimelineEntry, TimelineKind
from cloudops.incidents.scope_memory import ScopeMemory
from cloudops.incidents.store import Commit, IncidentStore

Transition = tuple[ScopeState, Incident, TimelineEntry]
"""The scope, the incident and the timeline entry after a transition."""


def acknowledge(
    state: ScopeState, incident: Incident, who: Caller, now: EpochMillis, why: str = ""
) -> Transition:
    """Acknowledges an open incident.

    Raises:
        Conflict: The incident is not open.
    """
    _require_status(incident, "acknowledge", IncidentStatus.OPEN)
    acknowledged = _changed(
        incident,
        now,
        status=IncidentStatus.ACKNOWLEDGED,
        acknowledged_at=now,
        acknowledged_by=who.name,
        acknowledged_by_id=who.subject,
    )
    return (
        state,
        acknowledged,
        _entry(incident, TimelineKind.ACKNOWLEDGED, who, now, _text("Acknowledged", who.name, why)),
    )


def resolve(
    state: ScopeState, incident: Incident, who: Caller, now: EpochMillis, why: str = ""
) -> Transition:
    """Resolves an incident even if alerts still fire; these count as resolved now.

    A later firing reopens it within the reopen window, and otherwise opens another incident.

    Raises:
        Conflict: The incident is resolved or merged.
    """
    _require_status(incident, "resolve", IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)
    after = copied(state)
    known = _find(after, incident.id)
    if known is not None:
        resolve_all(known, now)
        mark_closed(after, known)
        known.closed_by_operator = True
    resolved = _changed(
        incident,
        now,
        status=IncidentStatus.RESOLVED,
        resolved_at=now,
        resolved_by=who.name,
        resolved_by_id=who.subject,
        resolution=Resolution.BY_PERSON,
        firing_count=0,
    )
    return (
        after,
        resolved,
        _entry(incident, TimelineKind.RESOLVED, who, now, _text("Resolved", who.name, why)),
    )


def reopen(state: ScopeState, incident: Incident, who: Caller, now: EpochMillis, why: str = "") -> Transition:
    """Reopens a resolved incident, also one that the scope no longer holds.

    Raises:
        Conflict: The incident is not resolved.
    """
    _require_status(incident, "reopen", IncidentStatus.RESOLVED)
    after = copied(state)
    known = _find(after, incident.id)
    if known is None:
        known = IncidentState(incident.id, incident.opened_at, now, firings=incident.alert_count)
        known.events, known.muted = incident.event_count, incident.muted_count
        known.merged_from = list(incident.merged_from)
        mark_closed(after, known)
        after.incidents.append(known)
    known.cleared_at = None
    known.resolution = Resolution.BY_SOURCE
    known.closed_by_operator = False
    known.reopened_at = now
    known.active_at = max(known.active_at, now)
    for impact in known.services.values():
        impact.last_at = impact.cleared_at = now
    reopened = _changed(
        incident,
        now,
        status=IncidentStatus.OPEN,
        resolved_at=None,
        resolved_by="",
        resolved_by_id="",
        resolution=None,
        acknowledged_at=None,
        acknowledged_by="",
        acknowledged_by_id="",
    )
    return (
        after,
        reopened,
        _entry(incident, TimelineKind.REOPENED, who, now, _text("Reopened", who.name, why)),
    )


def _text(action: str, person: str, why: str) -> str:
    return f"{action} by {person}: {why}" if why else f"{action} by {person}"


def _require_status(incident: Incident, verb: str, *allowed: IncidentStatus) -> None:
    if incident.status not in allowed:
        raise Conflict(f"{verb} {incident.id}: it is {incident.status}", field="status")


def _find(state: ScopeState, name: str) -> IncidentState | None:
    return next((one for one in state.incidents if one.id == name), None)


def _changed(incident: Incident, now: EpochMillis, **fields: object) -> Incident:
    return replace(incident, updated_at=max(incident.updated_at, now), **fields)


def _entry(incident: Incident, kind: TimelineKind, who: Caller, now: EpochMillis, text: str) -> TimelineEntry:
    name = "tl_" + stable_id(incident.id, kind, who.subject, str(now))
    return TimelineEntry(id=name, incident_id=incident.id, at=now, kind=kind, text=text, actor=who.name)


class Verb(StrEnum):
    """A transition that a person may request."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    REOPEN = "reopen"


_TRANSITIONS: Final[dict[Verb, Callable[[ScopeState, Incident, Caller, EpochMillis, str], Transition]]] = {
    Verb.ACKNOWLEDGE: acknowledge,
    Verb.RESOLVE: resolve,
    Verb.REOPEN: reopen,
}


class Lifecycle:
    """Applies transitions to stored incidents."""

    def __init__(self, store: IncidentStore, pause: Pause) -> None:
        self._store = store
        self._memory = ScopeMemory(store)
        self._pause = pause

    def move(
        self, verb: Verb, incident_id: IncidentId, who: Caller, now: EpochMillis, why: str = ""
    ) -> Incident:
        """Applies a transition and returns the incident after it.

        A lost race with new alerts is decided reopened from the stored state.

        Raises:
            NotFound: No incident has this id.
            Conflict: The status of the incident forbids the transition.
        """
        scope = self._store.scope_of(incident_id)

        def attempt() -> Incident:
            loaded = self._memory.load_incident(scope, incident_id)
            before = self._store.incidents([incident_id]).get(incident_id)
            if before is None:
                raise NotFound(f"incident {incident_id}: not found")
            read = loaded.restored.state
            state, after, entry = _TRANSITIONS[verb](read, before, who, now, why)
            state, unparked = settle(loaded.restored, state, (), () if state is read else (incident_id,))
            commit = Commit(
                scope=scope,
                expected_version=loaded.stored.version,
                state=state,
                batch_id=stable_id(verb, incident_id, who.subject, str(now)),
                incidents=(after,),
                timeline=(entry,),
                unparked=unparked,
            )
            self._store.commit(commit)
            return after

        return retry_on_conflict(attempt, self._pause, what=f"{verb} {incident_id} in its scope")
