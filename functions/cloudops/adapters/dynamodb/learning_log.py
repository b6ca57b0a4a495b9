"""Reads the log from which the cells can be recomputed: votes, outcomes and imported sums; imports sums."""

from collections.abc import Iterator, Sequence

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.feedback import StoredVote
from cloudops.adapters.dynamodb.learning_cells import add_delta
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.core.errors import Conflict
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.learning.outcomes import Reports
from cloudops.learning.store import ImportedCell, Logged


def read_log(rows: Rows) -> tuple[Sequence[Logged], Sequence[ImportedCell]]:
    """Returns all counted observations and all imported sums; one request per megabyte, about 3,000 votes."""
    with store_errors("read the log of votes"):
        logged = [*_votes(rows), *_outcomes(rows)]
        imported = [unpack(ImportedCell, row.body) for row in rows.feed_index.query(keys.IMPORTED)]
    return logged, imported


def carry(rows: Rows, batch: str, carried: Sequence[ImportedCell], at: EpochMillis) -> int:
    """Adds the sums of another deployment to the cells, and returns how many were new; one request per cell.

    Idempotent by batch: the same batch again adds only the cells that an interruption left out.
    """
    new = 0
    for one in carried:
        mine = keys.imported(batch, stable_id(*one.cell))
        row = rows(*mine, body=pack(one), feed=keys.IMPORTED, opened=keys.opened(at, stable_id(*one.cell)))
        try:
            with store_errors(f"import {one.cell}"), rows.transaction() as write:
                write.save(row, condition=Row.pk.does_not_exist())
                add_delta(write, rows, one.cell, one.tally, at)
        except Conflict:
            if rows.find(mine) is None:
                raise
            continue
        new += 1
    return new


def _votes(rows: Rows) -> Iterator[Logged]:
    for row in rows.feed_index.query(keys.VOTES):
        vote = unpack(StoredVote, row.body)
        if vote.cell and vote.counted:
            yield Logged(vote.cell, vote.feedback.counted_for, vote.counted)


def _outcomes(rows: Rows) -> Iterator[Logged]:
    for partition in (keys.OUTCOMES, keys.PENDING):
        for row in rows.feed_index.query(partition):
            for report in unpack(Reports, row.body).reports.values():
                if report.counted:
                    yield Logged(report.cell, report.counted_for, report.counted)
