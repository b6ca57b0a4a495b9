"""Incident records: by id, and as a list in the order in which they opened."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from cloudops.adapters.dynamodb import keys, table
from cloudops.adapters.dynamodb.codec import unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.feedback import StoredVote, vote
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.adapters.dynamodb.scope_commit import Log, apply_commit, load_scope
from cloudops.alerts.alert import Scope
from cloudops.core.errors import NotFound
from cloudops.core.ids import IncidentId
from cloudops.core.pagination import encode_cursor
from cloudops.incidents.incident import Incident, IncidentAlert, IncidentDetail, TimelineEntry
from cloudops.incidents.store import (
    Commit,
    IncidentPage,
    IncidentQuery,
    StoredScope,
    alert_page,
    latest_states,
    matches,
)
from cloudops.incidents.suggestion import Feedback

MAX_EXAMINED: Final = 2_000
"""Records that one page may read where a filter drops most of them, 2 MB; the cursor goes on from there."""
FILTERED_PAGE: Final = 500
"""Records a query once the first page was not enough."""


def read_incidents(rows: Rows, ids: Collection[IncidentId]) -> dict[IncidentId, Incident]:
    """Those of the ids that are stored, as they are now; one request a hundred."""
    wanted = [tuple(keys.incident(name)) for name in ids]
    with store_errors(f"read {len(wanted)} incidents"):
        found = [unpack(Incident, row.body) for row in rows.batch_get(wanted, consistent_read=True)]
    return {incident.id: incident for incident in found}


def read_incident(rows: Rows, incident_id: IncidentId) -> Incident:
    found = read_incidents(rows, [incident_id])
    if incident_id not in found:
        raise NotFound(f"incident {incident_id}: not found")
    return found[incident_id]


def browse(rows: Rows, query: IncidentQuery, examine: int = MAX_EXAMINED) -> IncidentPage:
    """One query where no filter drops records. It reads `examine` records at most, so that a page may be
    short of its limit and still have a cursor."""
    found: list[Incident] = []
    last: Incident | None = None
    examined = 0
    with store_errors("list incidents"):
        for row in islice(_newest_first(rows, query), examine):
            incident = unpack(Incident, row.body)
            examined += 1
            if matches(query, incident):
                if len(found) == query.limit:
                    return IncidentPage(tuple(found), _cursor(found[-1]))
                found.append(incident)
            last = incident
    return IncidentPage(tuple(found), _cursor(last) if last and examined == examine else None)


def _newest_first(rows: Rows, query: IncidentQuery) -> Iterator[Row]:
    live = query.status is not None and query.status.is_live
    index, shape = (rows.live_index, table.LIVE_INDEX) if live else (rows.feed_index, table.FEED_INDEX)
    start = keys.after(query.cursor, shape, keys.INCIDENTS, _key_of)
    found = index.query(
        keys.INCIDENTS, scan_index_forward=False, last_evaluated_key=start, page_size=query.limit + 1
    )
    for row in found:
        yield row
        found.page_iter.page_size = FILTERED_PAGE


def _key_of(name: str) -> keys.Key:
    return keys.incident(IncidentId(name))


def _cursor(incident: Incident) -> str:
    return encode_cursor((incident.opened_at, incident.id))


@dataclass(slots=True)
class _Partition:
    """What was read so far; alerts and timeline by id, for an absorbed incident may tell of the same."""

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
    """One query, and one for each incident that it absorbed."""
    read = _Partition()
    _read(rows, incident_id, read)
    incident = read.incident
    if incident is None:
        raise NotFound(f"incident {incident_id}: not found")
    for absorbed in incident.merged_from:
        _read(rows, absorbed, read)
    alerts, following = alert_page(latest_states(read.alerts), cursor, limit)
    return IncidentDetail(
        incident=incident,
        alerts=alerts,
        feedback=tuple(sorted(read.feedback, key=lambda one: (one.created_at, one.id))),
        timeline=tuple(sorted(read.timeline.values(), key=lambda one: (one.at, one.id))),
        cursor=following,
    )


def _read(rows: Rows, incident_id: IncidentId, into: _Partition) -> None:
    with store_errors(f"read incident {incident_id}"):
        found: Iterable[Row] = rows.query(keys.incident(incident_id).pk, consistent_read=True)
        for row in found:
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

    def browse(self, query: IncidentQuery) -> IncidentPage:
        return browse(self._rows, query)

    def detail(self, incident_id: IncidentId, cursor: str | None = None, limit: int = 200) -> IncidentDetail:
        return read_detail(self._rows, incident_id, cursor, limit)

    def vote(self, feedback: Feedback, entry: TimelineEntry) -> Feedback:
        return vote(self._rows, feedback, entry)
