"""The incident store and the quarantine in memory, with the versions and conflicts of the real ones."""

from collections.abc import Collection, Sequence
from threading import Lock

from cloudops.alerts.alert import Scope
from cloudops.core.errors import NotFound, WriteConflict
from cloudops.core.ids import IncidentId
from cloudops.core.pagination import decode_cursor, encode_cursor
from cloudops.correlation.parking import Parked, ParkedAlert, ParkedIncident
from cloudops.correlation.state import ScopeState, copied, empty_state
from cloudops.identity.people import SIGN_IN_INTERVAL, KnownPerson
from cloudops.incidents.incident import Incident, IncidentAlert, IncidentDetail, TimelineEntry
from cloudops.incidents.store import (
    Commit,
    IncidentPage,
    IncidentQuery,
    ScopeCount,
    StoredScope,
    alert_page,
    latest_states,
    matches,
)
from cloudops.incidents.suggestion import Feedback
from cloudops.ingestion.quarantine import QuarantineItem
from cloudops.silences.silence import Silence
from tests.fakes.learning import MemoryLearningStore


class MemoryIncidentStore:
    def __init__(self) -> None:
        self._lock = Lock()
        self._states: dict[Scope, ScopeState] = {}
        self._commits: dict[Scope, list[Commit]] = {}
        self._incidents: dict[IncidentId, Incident] = {}
        self._alerts: dict[str, list[IncidentAlert]] = {}
        self._timeline: dict[str, dict[str, TimelineEntry]] = {}
        self._votes: dict[str, dict[str, Feedback]] = {}
        self._parked_alerts: dict[tuple[Scope, str], ParkedAlert] = {}
        self._parked_incidents: dict[tuple[Scope, IncidentId], ParkedIncident] = {}
        self.learning = MemoryLearningStore()

    def load_scope(self, scope: Scope) -> StoredScope:
        with self._lock:
            state = self._states.get(scope)
            version = len(self._commits.get(scope, ()))
            return StoredScope(copied(state) if state else empty_state(scope), version)

    def scope_of(self, incident_id: IncidentId) -> Scope:
        return self._incident(incident_id).scope

    def incidents(self, ids: Collection[IncidentId]) -> dict[IncidentId, Incident]:
        with self._lock:
            return {name: self._incidents[name] for name in ids if name in self._incidents}

    def commit(self, commit: Commit) -> None:
        with self._lock:
            applied = self._commits.setdefault(commit.scope, [])
            if commit in applied[commit.expected_version : commit.expected_version + 1]:
                return
            if len(applied) != commit.expected_version:
                raise WriteConflict(f"scope {commit.scope}: at {len(applied)}, not {commit.expected_version}")
            applied.append(commit)
            self._states[commit.scope] = copied(commit.state)
            self._incidents.update((incident.id, incident) for incident in commit.incidents)
            self._move_parked(commit)
            for name, rows in commit.alerts.items():
                self._alerts.setdefault(name, []).extend(rows)
            for entry in commit.timeline:
                self._timeline.setdefault(entry.incident_id, {})[entry.id] = entry

    def _move_parked(self, commit: Commit) -> None:
        for alert in commit.parked.alerts:
            self._parked_alerts[commit.scope, alert.fingerprint] = alert
        for one in commit.parked.incidents:
            self._parked_incidents[commit.scope, one.incident.id] = one
        for fingerprint in commit.unparked.fingerprints:
            self._parked_alerts.pop((commit.scope, fingerprint), None)
        for incident_id in commit.unparked.incident_ids:
            self._parked_incidents.pop((commit.scope, incident_id), None)

    def parked_alerts(self, scope: Scope, fingerprints: Collection[str]) -> list[ParkedAlert]:
        with self._lock:
            found = [self._parked_alerts.get((scope, one)) for one in fingerprints]
        return [one for one in found if one is not None]

    def parked_incidents(self, scope: Scope, ids: Collection[IncidentId]) -> list[ParkedIncident]:
        with self._lock:
            found = [self._parked_incidents.get((scope, one)) for one in ids]
        return [one for one in found if one is not None]

    def all_parked(self, scope: Scope) -> Parked:
        with self._lock:
            alerts = tuple(one for (home, _), one in self._parked_alerts.items() if home == scope)
            incidents = tuple(one for (home, _), one in self._parked_incidents.items() if home == scope)
        return Parked(alerts, incidents)

    def parked_counts(self) -> list[ScopeCount]:
        with self._lock:
            counts = {scope: state.parked.incidents for scope, state in self._states.items()}
        return [ScopeCount(scope, count) for scope, count in counts.items() if count]

    def browse(self, query: IncidentQuery) -> IncidentPage:
        with self._lock:
            found = sorted(
                (one for one in self._incidents.values() if matches(query, one)), key=_opened, reverse=True
            )
        if query.cursor is not None:
            last = decode_cursor(query.cursor, tuple[int, str])
            found = [one for one in found if _opened(one) < last]
        page = tuple(found[: query.limit])
        return IncidentPage(page, encode_cursor(_opened(page[-1])) if len(found) > query.limit else None)

    def detail(self, incident_id: IncidentId, cursor: str | None = None, limit: int = 200) -> IncidentDetail:
        incident = self._incident(incident_id)
        names = (incident_id, *incident.merged_from)
        with self._lock:
            rows = [row for name in names for row in self._alerts.get(name, ())]
            votes = [one for name in names for one in self._votes.get(name, {}).values()]
            entries = {one.id: one for name in names for one in self._timeline.get(name, {}).values()}
        alerts, following = alert_page(latest_states(rows), cursor, limit)
        return IncidentDetail(
            incident=incident,
            alerts=alerts,
            feedback=tuple(sorted(votes, key=lambda one: (one.created_at, one.id))),
            timeline=tuple(sorted(entries.values(), key=lambda one: (one.at, one.id))),
            cursor=following,
        )

    def vote(self, feedback: Feedback, entry: TimelineEntry) -> Feedback:
        with self._lock:
            incident = self._incidents.get(feedback.incident_id)
            offers = {one.id: one for one in incident.suggestions} if incident else {}
            if incident is None or feedback.suggestion_id not in offers:
                raise NotFound(f"suggestion {feedback.suggestion_id}: not found", field="suggestionId")
            votes = self._votes.setdefault(incident.id, {})
            held = votes.get(feedback.id)
            if held and (held.value, held.comment) == (feedback.value, feedback.comment):
                return held
            votes[feedback.id] = feedback
            self.learning.count_vote(feedback, offers[feedback.suggestion_id], incident.scope.environment)
            self._timeline.setdefault(incident.id, {})[entry.id] = entry
            return feedback

    def _incident(self, incident_id: IncidentId) -> Incident:
        with self._lock:
            if incident_id not in self._incidents:
                raise NotFound(f"incident {incident_id}: not found")
            return self._incidents[incident_id]


class MemoryQuarantine:
    def __init__(self) -> None:
        self._items: dict[str, QuarantineItem] = {}

    def put(self, items: Sequence[QuarantineItem]) -> None:
        self._items.update((item.id, item) for item in items)

    def page(self, cursor: str | None, limit: int) -> tuple[tuple[QuarantineItem, ...], str | None]:
        found = sorted(self._items.values(), key=_received, reverse=True)
        if cursor is not None:
            last = decode_cursor(cursor, tuple[int, str])
            found = [item for item in found if _received(item) < last]
        page = tuple(found[:limit])
        return page, encode_cursor(_received(page[-1])) if len(found) > limit else None

    def get(self, item_id: str) -> QuarantineItem:
        if item_id not in self._items:
            raise NotFound(f"quarantine item {item_id}: not found")
        return self._items[item_id]

    def remove(self, item_id: str) -> None:
        self._items.pop(item_id, None)


class MemorySilenceStore:
    def __init__(self) -> None:
        self._silences: dict[str, Silence] = {}

    def put(self, silence: Silence) -> None:
        self._silences[silence.id] = silence

    def get(self, silence_id: str) -> Silence:
        if silence_id not in self._silences:
            raise NotFound(f"silence {silence_id}: not found")
        return self._silences[silence_id]

    def all(self) -> tuple[Silence, ...]:
        return tuple(self._silences.values())


class MemoryPeopleStore:
    def __init__(self) -> None:
        self._people: dict[str, KnownPerson] = {}

    def put(self, person: KnownPerson) -> None:
        stored = self._people.get(person.subject)
        if stored is None or stored.seen_at <= person.seen_at - SIGN_IN_INTERVAL:
            self._people[person.subject] = person

    def get(self, subject: str) -> KnownPerson | None:
        return self._people.get(subject)

    def all(self) -> tuple[KnownPerson, ...]:
        return tuple(self._people.values())


def _opened(incident: Incident) -> tuple[int, str]:
    return incident.opened_at, incident.id


def _received(item: QuarantineItem) -> tuple[int, str]:
    return item.unreadable.received_at, item.id
