"""Recomputes the confidence: judges outcomes, publishes levels, stores the day, rescores suggestions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from cloudops.confidence.observations import CellKey
from cloudops.confidence.posterior import Levels, aggregate, estimate
from cloudops.confidence.snapshot import learned_of
from cloudops.core.errors import Conflict
from cloudops.core.pagination import encode_cursor
from cloudops.core.time import HOUR, SECOND, EpochMillis
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.queries import IncidentQueries
from cloudops.incidents.store import IncidentQuery, IncidentStore
from cloudops.learning.outcomes import WINDOW, observe_no_action, settled
from cloudops.learning.rerank import Rerank
from cloudops.learning.store import Day, DayCell, LearningStore

LOOKBACK: Final = HOUR
"""How far back one run looks for incidents whose window ended: four runs, so that three may fail. An
incident that is missed does not count as an outcome of no action; nothing else depends on it."""
RECOMPUTE_PAGE_SIZE: Final = 100
MAX_DAY_CELLS: Final = 2_000
"""Cells of a day in the chart, those with the most votes: some 60 kB."""


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The counts of one run.

    `settled` outcomes of reported actions and `no_action_outcomes` were counted. `conflicts` are lost races,
    which the next run repeats."""

    cells: int = 0
    changed: bool = False
    settled: int = 0
    no_action_outcomes: int = 0
    reranked: int = 0
    conflicts: int = 0


class Recompute:
    """One run of learning over all cells."""

    def __init__(self, learning: LearningStore, store: IncidentStore, rerank: Rerank) -> None:
        self._learning = learning
        self._store = store
        self._browse = IncidentQueries(store)
        self._rerank = rerank

    def run(self, now: EpochMillis) -> Recomputed:
        """Runs all steps. Idempotent, also in parallel: counts are written conditionally, the rest is
        derived."""
        ended, lost = self._settle(now)
        no_action, missed = self._count_no_action(now)
        cells = self._learning.cells()
        levels = aggregate(cells)
        changed = self._learning.publish(learned_of(levels), now)
        if changed or not self._learning.days(date_of(now)):
            self._learning.keep_day(day_of(levels, now))
        reranked, overtaken = self._rerank.run(levels)
        return Recomputed(len(cells), changed, ended, no_action, reranked, lost + missed + overtaken)

    def _settle(self, now: EpochMillis) -> tuple[int, int]:
        """Judges reported actions whose window has ended; returns the counts of writes and lost races."""
        done = lost = 0
        names = self._learning.due(now)
        for name, before in self._learning.reports(names).items():
            for standing in self._browse.standing([name]):
                try:
                    self._learning.record(before, settled(before, standing, now))
                    done += 1
                except Conflict:
                    lost += 1
        return done, lost

    def _count_no_action(self, now: EpochMillis) -> tuple[int, int]:
        """Counts the base rate: incidents whose window has ended and on which no person acted."""
        done = lost = 0
        incidents = self._opened(now - WINDOW - LOOKBACK, now - WINDOW)
        while some := list(islice(incidents, RECOMPUTE_PAGE_SIZE)):
            reports = self._learning.reports([one.id for one in some])
            for incident in some:
                before = reports[incident.id]
                after = observe_no_action(before, incident, now)
                if after is before:
                    continue
                try:
                    self._learning.record(before, after)
                    done += 1
                except Conflict:
                    lost += 1
        return done, lost

    def _opened(self, since: EpochMillis, until: EpochMillis) -> Iterator[Incident]:
        """Yields the incidents that opened between these times, newest first."""
        cursor: str | None = encode_cursor((until, "~"))
        while cursor is not None:
            page = self._store.browse(IncidentQuery(limit=RECOMPUTE_PAGE_SIZE, cursor=cursor))
            for incident in page.incidents:
                if incident.opened_at < since:
                    return
                if incident.status is not IncidentStatus.MERGED:
                    yield incident
            cursor = page.cursor


def date_of(now: EpochMillis) -> str:
    """Returns the UTC date, such as 2026-01-31."""
    return datetime.fromtimestamp(now / SECOND, UTC).date().isoformat()


def day_of(levels: Levels, now: EpochMillis) -> Day:
    """Returns the present confidence as the day's latest version."""
    ordered = sorted(levels.cells, key=lambda key: (-levels.cells[key][0].votes.count, key))
    return Day(date_of(now), tuple(_day_cell(levels, key) for key in ordered[:MAX_DAY_CELLS]))


def _day_cell(levels: Levels, key: CellKey) -> DayCell:
    tally, prior = levels.cells[key]
    found = estimate(levels, key.symptom, key.action, key.service, prior.prior)
    return DayCell(
        key.symptom,
        key.action,
        key.service,
        round(found.mean, 4),
        round(found.low, 4),
        found.votes,
        found.outcomes,
        tally.votes.good,
    )
