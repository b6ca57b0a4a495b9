"""Learns from all that is new: settles outcomes, publishes levels, keeps the day, re-ranks."""

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
"""Milliseconds of incidents whose window ended that one run looks at: four runs' worth, so that three may
fail. What is missed is not counted as left alone; nothing else depends on it."""
PAGE: Final = 100
MAX_DAY_CELLS: Final = 2_000
"""Cells that a day of the chart keeps, those with the most votes: some 60 kB."""


@dataclass(frozen=True, slots=True)
class Recomputed:
    """`settled` outcomes were counted, of which `no_action_outcomes` of incidents where nothing was
    done; `conflicts` is what others changed first and the next run looks at again."""

    cells: int = 0
    changed: bool = False
    settled: int = 0
    no_action_outcomes: int = 0
    reranked: int = 0
    conflicts: int = 0


class Recompute:
    def __init__(self, learning: LearningStore, store: IncidentStore, rerank: Rerank) -> None:
        self._learning = learning
        self._store = store
        self._browse = IncidentQueries(store)
        self._rerank = rerank

    def run(self, now: EpochMillis) -> Recomputed:
        """Safe to run again, and twice at once: what is counted is written on a condition, and the rest says
        the same however often it is written."""
        ended, lost = self._settle(now)
        alone, missed = self._count_left_alone(now)
        cells = self._learning.cells()
        levels = aggregate(cells)
        changed = self._learning.publish(learned_of(levels), now)
        if changed or not self._learning.days(date_of(now)):
            self._learning.keep_day(day_of(levels, now))
        reranked, overtaken = self._rerank.run(levels)
        return Recomputed(len(cells), changed, ended, alone, reranked, lost + missed + overtaken)

    def _settle(self, now: EpochMillis) -> tuple[int, int]:
        """Verdicts on reported actions whose window has ended."""
        done = lost = 0
        names = self._learning.due(now)
        for name, held in self._learning.reports(names).items():
            for standing in self._browse.standing([name]):
                try:
                    self._learning.record(held, settled(held, standing, now))
                    done += 1
                except Conflict:
                    lost += 1
        return done, lost

    def _count_left_alone(self, now: EpochMillis) -> tuple[int, int]:
        """The base rate: incidents whose window has just ended and that nobody touched."""
        done = lost = 0
        incidents = self._opened(now - WINDOW - LOOKBACK, now - WINDOW)
        while some := list(islice(incidents, PAGE)):
            reports = self._learning.reports([one.id for one in some])
            for incident in some:
                held = reports[incident.id]
                after = observe_no_action(held, incident, now)
                if after is held:
                    continue
                try:
                    self._learning.record(held, after)
                    done += 1
                except Conflict:
                    lost += 1
        return done, lost

    def _opened(self, since: EpochMillis, until: EpochMillis) -> Iterator[Incident]:
        """The incidents that opened between, newest first."""
        cursor: str | None = encode_cursor((until, "~"))
        while cursor is not None:
            page = self._store.browse(IncidentQuery(limit=PAGE, cursor=cursor))
            for incident in page.incidents:
                if incident.opened_at < since:
                    return
                if incident.status is not IncidentStatus.MERGED:
                    yield incident
            cursor = page.cursor


def date_of(now: EpochMillis) -> str:
    """Such as 2026-01-31, in UTC."""
    return datetime.fromtimestamp(now / SECOND, UTC).date().isoformat()


def day_of(levels: Levels, now: EpochMillis) -> Day:
    """How sure we are now, as the day's last word so far."""
    ordered = sorted(levels.cells, key=lambda key: (-levels.cells[key][0].votes.count, key))
    return Day(date_of(now), tuple(_day_cell(levels, key) for key in ordered[:MAX_DAY_CELLS]))


def _day_cell(levels: Levels, key: CellKey) -> DayCell:
    tally, prior = levels.cells[key]
    found = estimate(levels, *key, prior.prior)
    return DayCell(
        *key, round(found.mean, 4), round(found.low, 4), found.votes, found.outcomes, tally.votes.good
    )
