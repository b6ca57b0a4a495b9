"""Incident records: by id, and as a list in the order in which they opened."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final

from cloudops.adapters.dynamodb import keys, table
from cloudops.adapters.dynamodb.codec import unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.domain.cursor import cursor_at
from cloudops.domain.errors import NotFound
from cloudops.domain.incident import Incident
from cloudops.domain.listing import matches
from cloudops.domain.ports import IncidentPage, IncidentQuery

MAX_EXAMINED: Final = 2_000
"""Records that one page may read where a filter drops most of them, 2 MB; the cursor goes on from there."""
FILTERED_PAGE: Final = 500
"""Records a query once the first page was not enough."""


def read_incidents(rows: Rows, ids: Collection[str]) -> dict[str, Incident]:
    """Those of the ids that are stored, as they are now; one request a hundred."""
    wanted = [tuple(keys.incident(name)) for name in ids]
    with store_errors(f"read {len(wanted)} incidents"):
        found = [unpack(Incident, row.body) for row in rows.batch_get(wanted, consistent_read=True)]
    return {incident.id: incident for incident in found}


def read_incident(rows: Rows, incident_id: str) -> Incident:
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
    start = keys.after(query.cursor, shape, keys.INCIDENTS, keys.incident)
    found = index.query(
        keys.INCIDENTS, scan_index_forward=False, last_evaluated_key=start, page_size=query.limit + 1
    )
    for row in found:
        yield row
        found.page_iter.page_size = FILTERED_PAGE


def _cursor(incident: Incident) -> str:
    return cursor_at((incident.opened_at, incident.id))
