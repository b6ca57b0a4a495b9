"""Counts what is going on: live incidents by severity, and how many alerts became how few incidents."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.domain.alert import Instant, Severity
from cloudops.domain.incident import Incident, IncidentStatus
from cloudops.domain.ports import IncidentQuery, IncidentStore

MINUTE: Final = 60_000
DAY: Final = 24 * 60 * MINUTE
PAGE: Final = 100
MAX_PAGES: Final = 5
"""Of each list: 500 live incidents, and 500 of a day, are more than anybody looks at one by one."""


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """`live` counts open and acknowledged incidents by severity, `acknowledged` those that somebody has taken
    on. Since `since`, `incidents` opened, of `alerts` changes of state. `complete` is false where there were
    more than were counted."""

    since: Instant
    live: dict[Severity, int]
    acknowledged: int
    alerts: int
    incidents: int
    complete: bool


class ShowOverview:
    def __init__(self, store: IncidentStore) -> None:
        self._store = store

    def __call__(self, now: Instant) -> Overview:
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

    def __init__(self, store: IncidentStore, query: IncidentQuery, since: Instant = 0) -> None:
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
