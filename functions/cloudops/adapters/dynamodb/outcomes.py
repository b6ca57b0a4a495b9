"""Stores the outcomes of each incident in one row, written in one transaction with the cells that they
change."""

from collections.abc import Collection
from typing import Final

from pynamodb.transactions import TransactWrite

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.learning_cells import (
    PersonContribution,
    add_delta,
    add_update,
    read_contribution,
)
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.confidence.observations import CellKey, Counts, apply_observation, observed
from cloudops.core.errors import Conflict, Unavailable
from cloudops.core.ids import IncidentId
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import TimelineEntry
from cloudops.learning.outcomes import AGENT, OutcomeReport, Reports

MAX_DUE: Final = 500
"""Incidents that one recompute settles; the next one settles the rest."""


def read_reports(rows: Rows, incident_ids: Collection[IncidentId]) -> dict[IncidentId, Reports]:
    """Returns the outcomes of each incident, version 0 if none are stored; one request per 100 incidents."""
    names = {keys.outcomes(name).pk: name for name in incident_ids}
    wanted = [tuple(keys.outcomes(name)) for name in names.values()]
    with store_errors(f"read the outcomes of {len(wanted)} incidents"):
        found = {
            names[row.pk]: unpack(Reports, row.body) for row in rows.batch_get(wanted, consistent_read=True)
        }
    return {name: found.get(name, Reports(name)) for name in names.values()}


def due(rows: Rows, now: EpochMillis) -> list[IncidentId]:
    """Returns incidents with a pending outcome whose window ended before `now`, at most MAX_DUE."""
    with store_errors("list ended windows"):
        ended = rows.feed_index.query(keys.PENDING, Row.opened < keys.opened(now, ""), limit=MAX_DUE)
        return [unpack(Reports, row.body).incident_id for row in ended]


def record(rows: Rows, before: Reports, after: Reports, entry: TimelineEntry | None) -> None:
    """Replaces the outcomes of an incident and updates the cells, in one transaction.

    Conflict and Unavailable are raised only after a second read shows that `after` is not stored.
    """
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
    contributions = {
        one.cell: read_contribution(rows, one.counted_for, one.cell)
        for _, one in changed.values()
        if one is not None and one.counted and one.counted_for != AGENT
    }
    unchanged = Row.version == before.version if before.version else Row.pk.does_not_exist()
    with store_errors(what), rows.transaction() as write:
        write.save(_row(rows, after), condition=unchanged)
        if entry is not None:
            write.save(rows(*keys.timeline(entry.incident_id, entry.at, entry.id), body=pack(entry)))
        for old, new in changed.values():
            _update_cell(write, rows, old, new, contributions)


def _update_cell(
    write: TransactWrite,
    rows: Rows,
    old: OutcomeReport | None,
    new: OutcomeReport | None,
    contributions: dict[CellKey, PersonContribution],
) -> None:
    """Adds one report's change to the transaction.

    Only the agent's own report can be removed, and the person of a report does not change.
    """
    report = new or old
    if report is None:
        return
    previous, counted = old.counted if old else None, new.counted if new else None
    if counted is not None and report.counted_for != AGENT:
        own = contributions[report.cell]
        add_update(write, rows, own, apply_observation(own.total, previous, counted), report.reported_at)
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
