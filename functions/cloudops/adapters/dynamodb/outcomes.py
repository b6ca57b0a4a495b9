"""Outcomes: all that is reported of one incident in one row, written with the cells that it moves."""

from collections.abc import Collection
from typing import Final

from pynamodb.transactions import TransactWrite

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.learning_cells import PersonContribution, add_delta, add_move, read_said
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.confidence.observations import CellKey, Counts, apply_observation, observed
from cloudops.core.errors import Conflict, Unavailable
from cloudops.core.ids import IncidentId
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import TimelineEntry
from cloudops.learning.outcomes import AGENT, OutcomeReport, Reports

MAX_DUE: Final = 500
"""Ended windows that one recompute settles; the next one takes the rest."""


def read_reports(rows: Rows, incident_ids: Collection[IncidentId]) -> dict[IncidentId, Reports]:
    """One request a hundred."""
    names = {keys.outcomes(name).pk: name for name in incident_ids}
    wanted = [tuple(keys.outcomes(name)) for name in names.values()]
    with store_errors(f"read the outcomes of {len(wanted)} incidents"):
        found = {
            names[row.pk]: unpack(Reports, row.body) for row in rows.batch_get(wanted, consistent_read=True)
        }
    return {name: found.get(name, Reports(name)) for name in names.values()}


def due(rows: Rows, now: EpochMillis) -> list[IncidentId]:
    with store_errors("list ended windows"):
        ended = rows.feed_index.query(keys.PENDING, Row.opened < keys.opened(now, ""), limit=MAX_DUE)
        return [unpack(Reports, row.body).incident_id for row in ended]


def record(rows: Rows, before: Reports, after: Reports, entry: TimelineEntry | None) -> None:
    """Conflict and Unavailable are raised only once a second look shows that it is not stored."""
    try:
        _write(rows, before, after, entry)
    except (Conflict, Unavailable):
        if read_reports(rows, [after.incident_id])[after.incident_id] != after:
            raise


def _write(rows: Rows, before: Reports, after: Reports, entry: TimelineEntry | None) -> None:
    what = f"outcomes of {after.incident_id}"
    changed = {
        name: (before.reports.get(name), after.reports.get(name))
        for name in {**before.reports, **after.reports}
        if before.reports.get(name) != after.reports.get(name)
    }
    said = {
        one.cell: read_said(rows, one.counted_for, one.cell)
        for _, one in changed.values()
        if one is not None and one.counted and one.counted_for != AGENT
    }
    unmoved = Row.version == before.version if before.version else Row.pk.does_not_exist()
    with store_errors(what), rows.transaction() as write:
        write.save(_row(rows, after), condition=unmoved)
        if entry is not None:
            write.save(rows(*keys.timeline(entry.incident_id, entry.at, entry.id), body=pack(entry)))
        for old, new in changed.values():
            _move(write, rows, old, new, said)


def _move(
    write: TransactWrite,
    rows: Rows,
    old: OutcomeReport | None,
    new: OutcomeReport | None,
    said: dict[CellKey, PersonContribution],
) -> None:
    """A report never goes but the agent's own, and no report changes hands."""
    report = new or old
    if report is None:
        return
    previous, counted = old.counted if old else None, new.counted if new else None
    if counted is not None and report.counted_for != AGENT:
        mine = said[report.cell]
        add_move(write, rows, mine, apply_observation(mine.total, previous, counted), report.reported_at)
        return
    delta = observed(counted) if counted else Counts()
    if previous:
        delta = delta.plus(observed(previous), -1)
    if delta != Counts():
        add_delta(write, rows, report.cell, delta, report.reported_at)


def _row(rows: Rows, reports: Reports) -> Row:
    pending = reports.due
    latest = max((one.performed_at for one in reports.reports.values()), default=0)
    return rows(
        *keys.outcomes(reports.incident_id),
        body=pack(reports),
        version=reports.version,
        feed=keys.OUTCOMES if pending is None else keys.PENDING,
        opened=keys.opened(latest if pending is None else pending, reports.incident_id),
    )
