"""Reads incident records by id, as a list in the order in which they opened, and in detail."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from cloudops.adapters.dynamodb import keys, table
from cloudops.adapters.dynamodb.codec import unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.feedback import StoredVote, vote
from cloudops.adapters.dynamodb.parked import (
    read_all_parked,
    read_parked_alerts,
    read_parked_counts,
    read_parked_incidents,
)
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.adapters.dynamodb.scope_commit import Log, apply_commit, load_scope
from cloudops.alerts.alert import Scope
from cloudops.core.errors import NotFound
from cloudops.core.ids import IncidentId
from cloudops.core.pagination import encode_cursor
from cloudops.correlation.parking import Parked, ParkedAlert, ParkedIncident
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

MAX_EXAMINED: Final = 2_000
"""Records that one page may read if a filter drops most of them: about 2 MB. The cursor continues there."""
FILTERED_PAGE: Final = 500
"""Records per query after the first query did not fill the page."""


def read_incidents(rows: Rows, ids: Collection[IncidentId]) -> dict[IncidentId, Incident]:
    """Returns the incidents of these ids that are stored, by consistent reads; one request per 100 ids."""
    requested = [tuple(keys.incident(incident_id)) for incident_id in ids]
    with store_errors(f"read {len(requested)} incidents"):
        incidents = [unpack(Incident, row.body) for row in rows.batch_get(requested, consistent_read=True)]
    return {incident.id: incident for incident in incidents}


def read_incident(rows: Rows, incident_id: IncidentId) -> Incident:
    """Returns one incident. Raises NotFound."""
    incidents = read_incidents(rows, [incident_id])
    if incident_id not in incidents:
        raise NotFound(f"incident {incident_id}: not found")
    return incidents[incident_id]


def browse(rows: Rows, query: IncidentQuery, examine: int = MAX_EXAMINED) -> IncidentPage:
    """Returns a page of incidents, newest first; one query if no filter drops records.

    Reads at most `examine` records, so that a page can be shorter than its limit and still have a cursor.
    """
    incidents: list[Incident] = []
    last: Incident | None = None
    examined = 0
    with store_errors("list incidents"):
        for row in islice(_newest_first(rows, query), examine):
            incident = unpack(Incident, row.body)
            examined += 1
            if matches(query, incident):
                if len(incidents) == query.limit:
                    return IncidentPage(tuple(incidents), _cursor(incidents[-1]))
                incidents.append(incident)
            last = incident
    return IncidentPage(tuple(incidents), _cursor(last) if last and examined == examine else None)


def _newest_first(rows: Rows, query: IncidentQuery) -> Iterator[Row]:
    live = query.status is not None and query.status.is_live
    index, schema = (rows.live_index, table.LIVE_INDEX) if live else (rows.feed_index, table.FEED_INDEX)
    start = keys.after(query.cursor, schema, keys.INCIDENTS, _key_of)
    listed = index.query(
        keys.INCIDENTS, scan_index_forward=False, last_evaluated_key=start, page_size=query.limit + 1
    )
    for row in listed:
        yield row
        listed.page_iter.page_size = FILTERED_PAGE


def _key_of(name: str) -> keys.Key:
    return keys.incident(IncidentId(name))


def _cursor(incident: Incident) -> str:
    return encode_cursor((incident.opened_at, incident.id))


@dataclass(slots=True)
class _Partition:
    """Collects the rows of an incident and of those merged into it; the timeline has each entry once."""

    incident: Incident | None = None
    alerts: list[IncidentAlert] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    timeline: dict[str, TimelineEntry] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        if row.sk == keys.RECORD:
            self.incident = self.incident or unpack(Incident, row.body)
        elif row.sk.startswith(keys.LOG):
            log = unpack(Log, row.body)
            self.alerts.extend(log.alerts)
            self.timeline.update((entry.id, entry) for entry in log.timeline)
        elif row.sk.startswith(keys.TIMELINE):
            entry = unpack(TimelineEntry, row.body)
            self.timeline[entry.id] = entry
        elif row.sk.startswith(keys.VOTE):
            self.feedback.append(unpack(StoredVote, row.body).feedback)


def read_detail(rows: Rows, incident_id: IncidentId, cursor: str | None, limit: int) -> IncidentDetail:
    """Returns an incident with its votes, its timeline and a page of its alerts.

    Makes one query, and one more for each incident that was merged into this one.

    Raises:
        NotFound: There is no such incident.
        BadInput: The cursor is invalid.
    """
    partition = _Partition()
    _read(rows, incident_id, partition)
    incident = partition.incident
    if incident is None:
        raise NotFound(f"incident {incident_id}: not found")
    for merged_id in incident.merged_from:
        _read(rows, merged_id, partition)
    alerts, next_cursor = alert_page(latest_states(partition.alerts), cursor, limit)
    return IncidentDetail(
        incident=incident,
        alerts=alerts,
        feedback=tuple(sorted(partition.feedback, key=lambda one: (one.created_at, one.id))),
        timeline=tuple(sorted(partition.timeline.values(), key=lambda one: (one.at, one.id))),
        cursor=next_cursor,
    )


def _read(rows: Rows, incident_id: IncidentId, into: _Partition) -> None:
    with store_errors(f"read incident {incident_id}"):
        stored: Iterable[Row] = rows.query(keys.incident(incident_id).pk, consistent_read=True)
        for row in stored:
            into.add(row)


class DynamoIncidentStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def load_scope(self, scope: Scope) -> StoredScope:
        return load_scope(self._rows, scope)

    def scope_of(self, incident_id: IncidentId) -> Scope:
        return read_incident(self._rows, incident_id).scope

    def incidents(self, ids: Collection[IncidentId]) -> dict[IncidentId, Incident]:
        return read_incidents(self._rows, ids)

    def commit(self, commit: Commit) -> None:
        apply_commit(self._rows, commit)

    def parked_alerts(self, scope: Scope, fingerprints: Collection[str]) -> list[ParkedAlert]:
        return read_parked_alerts(self._rows, scope, fingerprints)

    def parked_incidents(self, scope: Scope, ids: Collection[IncidentId]) -> list[ParkedIncident]:
        return read_parked_incidents(self._rows, scope, ids)

    def all_parked(self, scope: Scope) -> Parked:
        return read_all_parked(self._rows, scope)

    def parked_counts(self) -> list[ScopeCount]:
        return read_parked_counts(self._rows)

    def browse(self, query: IncidentQuery) -> IncidentPage:
        return browse(self._rows, query)

    def detail(self, incident_id: IncidentId, cursor: str | None = None, limit: int = 200) -> IncidentDetail:
        return read_detail(self._rows, incident_id, cursor, limit)

    def vote(self, feedback: Feedback, entry: TimelineEntry) -> Feedback:
        return vote(self._rows, feedback, entry)
