"""Answers what people ask of the incidents: pages of them, one with all that hangs on it, some by id."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.alerts.alert import Severity
from cloudops.catalog.topology import Topology
from cloudops.changes.change import RelatedChange
from cloudops.core.ids import IncidentId
from cloudops.core.time import DAY, MINUTE, EpochMillis
from cloudops.incidents.incident import Incident, IncidentDetail, IncidentStatus
from cloudops.incidents.inhibition import Inhibition, inhibition
from cloudops.incidents.store import IncidentPage, IncidentQuery, IncidentStore

MAX_MERGES = 8
"""Merges followed from an absorbed incident to the one that stands for it now."""


ChangesOf = Callable[[Incident], tuple[RelatedChange, ...]]


def noted(incident: Incident) -> tuple[RelatedChange, ...]:
    return incident.changes


class IncidentQueries:
    def __init__(
        self,
        store: IncidentStore,
        topology: Callable[[], Topology] = Topology,
        changes: ChangesOf = noted,
    ) -> None:
        """By default nothing explains anything else, and no change is known but those on the record."""
        self._store = store
        self._topology = topology
        self._changes = changes

    def page(self, query: IncidentQuery) -> IncidentPage:
        return self._store.browse(query)

    def detail(self, incident_id: IncidentId, cursor: str | None, limit: int) -> IncidentDetail:
        """The incident with everything on it, the changes before it as they are known now, and which graver
        one withholds its news."""
        detail = self._store.detail(incident_id, cursor, limit)
        incident = detail.incident
        detail = replace(detail, incident=replace(incident, changes=self._changes(incident)))
        found = self.inhibited_by(incident)
        return replace(detail, inhibited_by=found.by, inhibited_reason=found.reason) if found else detail

    def inhibited_by(self, incident: Incident) -> Inhibition | None:
        """Returns the more severe incident that explains this one, so that it needs no notification."""
        topology = self._topology()
        return inhibition(incident, self._graver(incident, topology), topology)

    def _graver(self, incident: Incident, topology: Topology) -> Iterator[Incident]:
        """The critical live incidents that could explain this one: nothing is asked where none can."""
        below = any(topology.callees(service) for service in incident.services)
        if not below or not incident.status.is_live:
            return
        for status in (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED):
            environment = incident.scope.environment
            query = IncidentQuery(
                status=status, severity=Severity.CRITICAL, environment=environment, limit=100
            )
            yield from self._store.browse(query).incidents

    def standing(self, ids: Iterable[IncidentId]) -> list[Incident]:
        """The incidents that stand for these ids now, newest opened first: an absorbed one is
        represented by the one that absorbed it."""
        standing: dict[IncidentId, Incident] = {}
        asked = set(ids)
        for _ in range(MAX_MERGES):
            if not asked:
                break
            found = self._store.incidents(asked)
            merged = {one.merged_into for one in found.values() if one.status is IncidentStatus.MERGED}
            standing |= {name: one for name, one in found.items() if one.status is not IncidentStatus.MERGED}
            asked = merged - standing.keys()
        return sorted(standing.values(), key=lambda one: (-one.opened_at, one.id))


PAGE: Final = 100
MAX_PAGES: Final = 5
"""Of each list: 500 live incidents, and 500 of a day, are more than anybody looks at one by one."""


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """`live` counts open and acknowledged incidents by severity, `acknowledged` those that somebody has taken
    on. Since `since`, `incidents` opened, of `alerts` changes of state. `complete` is false where there were
    more than were counted."""

    since: EpochMillis
    live: dict[Severity, int]
    acknowledged: int
    alerts: int
    incidents: int
    complete: bool


class OverviewQuery:
    def __init__(self, store: IncidentStore) -> None:
        self._store = store

    def summarize(self, now: EpochMillis) -> Overview:
        """Three queries as a rule, fifteen at most."""
        # By the minute, so that nothing new is answered where nothing is new.
        since = (now - DAY) // MINUTE * MINUTE
        opened, acknowledged = (
            _Listing(self._store, IncidentQuery(status=status, limit=PAGE))
            for status in (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)
        )
        by_severity = Counter(one.severity for one in (*opened, *acknowledged))
        latest = _Listing(self._store, IncidentQuery(limit=PAGE), since)
        today = [one for one in latest if one.status is not IncidentStatus.MERGED]
        return Overview(
            since=since,
            live={severity: by_severity[severity] for severity in Severity},
            acknowledged=acknowledged.count,
            alerts=sum(one.event_count for one in today),
            incidents=len(today),
            complete=opened.is_whole and acknowledged.is_whole and latest.is_whole,
        )


class _Listing:
    """Incidents that opened at `since` or later, newest first; asks for no more than MAX_PAGES."""

    def __init__(self, store: IncidentStore, query: IncidentQuery, since: EpochMillis = 0) -> None:
        self._store = store
        self._query = query
        self._since = since
        self.count = 0
        self.is_whole = True

    def __iter__(self) -> Iterator[Incident]:
        cursor = None
        for _ in range(MAX_PAGES):
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
