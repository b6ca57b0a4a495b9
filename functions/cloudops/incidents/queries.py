"""Reads incidents: pages, details with suspect changes and inhibition, survivors of merges, an overview."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.alerts.alert import Scope, Severity
from cloudops.catalog.topology import Topology
from cloudops.changes.change import RelatedChange
from cloudops.core.ids import IncidentId
from cloudops.core.time import DAY, MINUTE, EpochMillis
from cloudops.correlation.state import AlertState, StateBasis, latest_alert_states
from cloudops.incidents.incident import Incident, IncidentDetail, IncidentStatus
from cloudops.incidents.inhibition import Inhibition, inhibition
from cloudops.incidents.scope_memory import ScopeMemory
from cloudops.incidents.store import IncidentPage, IncidentQuery, IncidentStore

MAX_MERGES = 8
"""Merges followed from a merged incident to its survivor."""


ChangesOf = Callable[[Incident], tuple[RelatedChange, ...]]


def noted(incident: Incident) -> tuple[RelatedChange, ...]:
    """Returns the suspect changes on the stored record."""
    return incident.changes


class IncidentQueries:
    """Reads incidents for the API and Slack."""

    def __init__(
        self,
        store: IncidentStore,
        topology: Callable[[], Topology] = Topology,
        changes: ChangesOf = noted,
    ) -> None:
        """The default topology is empty, so nothing is inhibited; the default changes are those on the
        record."""
        self._store = store
        self._memory = ScopeMemory(store)
        self._topology = topology
        self._changes = changes

    def page(self, query: IncidentQuery) -> IncidentPage:
        """Returns one page of incidents; raises BadInput for a malformed cursor."""
        return self._store.browse(query)

    def detail(self, incident_id: IncidentId, cursor: str | None, limit: int) -> IncidentDetail:
        """Returns an incident with its alerts, current suspect changes and inhibition.

        Raises:
            NotFound: No incident has this id.
        """
        detail = self._store.detail(incident_id, cursor, limit)
        incident = detail.incident
        detail = replace(detail, incident=replace(incident, changes=self._changes(incident)))
        read = self.inhibited_by(incident)
        return replace(detail, inhibited_by=read.by, inhibited_reason=read.reason) if read else detail

    def inhibited_by(self, incident: Incident) -> Inhibition | None:
        """Returns the more severe incident that explains this one, so that it needs no notification."""
        topology = self._topology()
        return inhibition(incident, self._critical_incidents(incident, topology), topology)

    def _critical_incidents(self, incident: Incident, topology: Topology) -> Iterator[Incident]:
        """Yields the live critical incidents that could explain this one; reads none if no service has
        callees."""
        has_callees = any(topology.callees(service) for service in incident.services)
        if not has_callees or not incident.status.is_live:
            return
        for status in (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED):
            environment = incident.scope.environment
            query = IncidentQuery(
                status=status, severity=Severity.CRITICAL, environment=environment, limit=100
            )
            yield from self._store.browse(query).incidents

    def alert_states(self, scope: Scope) -> dict[str, AlertState]:
        """Returns what is known of the alerts of a scope, by fingerprint; an alert that is missing is
        unknown."""
        return latest_alert_states(self._memory.load_all(scope))

    def firing_alerts(self, incident: Incident) -> tuple[str, ...]:
        """Returns the fingerprints of the incident's alerts that fire by their source's word and are not
        muted, sorted. Empty also if the scope no longer knows the incident."""
        state = self._memory.load_all(incident.scope)
        known = next((one for one in state.incidents if one.id == incident.id), None)
        alerts = known.alerts if known is not None else {}
        return tuple(
            sorted(name for name, one in alerts.items() if one.firing and one.basis is StateBasis.SOURCE)
        )

    def standing(self, ids: Iterable[IncidentId]) -> list[Incident]:
        """Returns the incidents of these ids, newest opened first, with survivors in place of merged ones.

        Unknown ids are left out."""
        standing: dict[IncidentId, Incident] = {}
        ids_left = set(ids)
        for _ in range(MAX_MERGES):
            if not ids_left:
                break
            read = self._store.incidents(ids_left)
            merged = {one.merged_into for one in read.values() if one.status is IncidentStatus.MERGED}
            standing |= {name: one for name, one in read.items() if one.status is not IncidentStatus.MERGED}
            ids_left = merged - standing.keys()
        return sorted(standing.values(), key=lambda one: (-one.opened_at, one.id))


PAGE_SIZE: Final = 100
MAX_INCIDENT_PAGES: Final = 5
"""Of each list: beyond 500 incidents an overview says that it is incomplete instead of reading on."""


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of incidents.

    `live` counts open and acknowledged incidents by severity, `acknowledged` the acknowledged ones.
    `incidents` were opened since `since`, with `alerts` state changes. `complete` is false if there are more
    incidents than were counted. `parked_incidents` are open, but take no new alerts for want of room."""

    since: EpochMillis
    live: dict[Severity, int]
    acknowledged: int
    alerts: int
    incidents: int
    complete: bool
    parked_incidents: int = 0


class OverviewQuery:
    """Counts live incidents, and those of the last day."""

    def __init__(self, store: IncidentStore) -> None:
        self._store = store

    def summarize(self, now: EpochMillis) -> Overview:
        """Returns the counts at `now`, from four queries as a rule and sixteen at most."""
        # Whole minutes, so that an unchanged overview keeps its bytes and its ETag.
        since = (now - DAY) // MINUTE * MINUTE
        opened, acknowledged = (
            _BoundedList(self._store, IncidentQuery(status=status, limit=PAGE_SIZE))
            for status in (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)
        )
        by_severity = Counter(one.severity for one in (*opened, *acknowledged))
        latest = _BoundedList(self._store, IncidentQuery(limit=PAGE_SIZE), since)
        today = [one for one in latest if one.status is not IncidentStatus.MERGED]
        return Overview(
            since=since,
            live={severity: by_severity[severity] for severity in Severity},
            acknowledged=acknowledged.count,
            alerts=sum(one.event_count for one in today),
            incidents=len(today),
            parked_incidents=sum(one.parked_incidents for one in self._store.parked_counts()),
            complete=opened.is_whole and acknowledged.is_whole and latest.is_whole,
        )


class _BoundedList:
    """Incidents that opened at `since` or later, newest first, from at most `MAX_INCIDENT_PAGES` pages."""

    def __init__(self, store: IncidentStore, query: IncidentQuery, since: EpochMillis = 0) -> None:
        self._store = store
        self._query = query
        self._since = since
        self.count = 0
        self.is_whole = True

    def __iter__(self) -> Iterator[Incident]:
        cursor = None
        for _ in range(MAX_INCIDENT_PAGES):
            page = self._store.browse(replace(self._query, cursor=cursor))
            for one in page.incidents:
                if one.opened_at < self._since:
                    return
                self.count += 1
                yield one
            cursor = page.cursor
            if cursor is None:
                return
        self.is_whole = False
