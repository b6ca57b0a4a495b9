"""What the flows ask of the outside world, where a fake or a second implementation exists."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol, TypeAlias

import msgspec
from msgspec.structs import replace

from cloudops.alerts.alert import Scope, Severity
from cloudops.core.ids import IncidentId
from cloudops.core.pagination import decode_cursor, encode_cursor
from cloudops.correlation.state import ScopeState
from cloudops.incidents.incident import Incident, IncidentAlert, IncidentDetail, IncidentStatus, TimelineEntry
from cloudops.incidents.suggestion import Feedback


class StoredScope(msgspec.Struct, frozen=True):
    """A scope's state and the version it was read at; version 0 means that nothing is stored yet."""

    state: ScopeState
    version: int


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one batch changes in one scope, written in one transaction or not at all.

    `incidents` are whole records of the incidents that changed; `alerts` the rows to add, by incident
    id; `batch_id` is deterministic and, with the version, names the write, so that the same commit
    again is recognised as applied.
    """

    scope: Scope
    expected_version: int
    state: ScopeState
    batch_id: str
    incidents: tuple[Incident, ...] = ()
    alerts: dict[IncidentId, tuple[IncidentAlert, ...]] = {}
    timeline: tuple[TimelineEntry, ...] = ()


class IncidentQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a list asks for; None and empty mean no restriction. `text` is found in title or services."""

    status: IncidentStatus | None = None
    severity: Severity | None = None
    service: str = ""
    environment: str = ""
    text: str = ""
    limit: int = 50
    cursor: str | None = None


class IncidentPage(msgspec.Struct, frozen=True):
    """Incidents, newest opened first, and the opaque cursor of the next page, or None at the end."""

    incidents: tuple[Incident, ...]
    cursor: str | None


MAX_INCIDENTS_A_COMMIT = 32
"""A transaction takes 100 items: the scope, a record and a log row an incident, and more log rows where
what is added to one incident does not fit a row."""


class IncidentStore(Protocol):
    def load_scope(self, scope: Scope) -> StoredScope:
        """The scope's state, empty at version 0 where none is stored."""
        ...

    def scope_of(self, incident_id: IncidentId) -> Scope:
        """The scope that an incident lives in; NotFound names the id."""
        ...

    def incidents(self, ids: Collection[IncidentId]) -> dict[IncidentId, Incident]:
        """The stored incidents among these ids, consistent with the scope just read."""
        ...

    def commit(self, commit: Commit) -> None:
        """Write it all or raise Conflict; applying a commit whose answer was lost again is quiet.

        TooLarge where it is more than one write can hold, so that the caller can split it."""
        ...

    def browse(self, query: IncidentQuery) -> IncidentPage:
        """One page; BadInput names `cursor` where it is not one of ours."""
        ...

    def detail(self, incident_id: IncidentId, cursor: str | None = None, limit: int = 200) -> IncidentDetail:
        """The incident with everything on it, alerts newest first; NotFound names the id."""
        ...

    def vote(self, feedback: Feedback, entry: TimelineEntry) -> Feedback:
        """Put or change a person's vote, once however often it is retried; NotFound names the suggestion.

        The answer is the vote as stored: the same id for the same person and suggestion."""
        ...


AlertPosition: TypeAlias = tuple[int, str, str]
"""When it changed, its fingerprint and its episode."""


def matches(query: IncidentQuery, incident: Incident) -> bool:
    """Whether the query asks for this incident; text is found whatever its case."""
    text = query.text.casefold()
    return (
        incident.status is not IncidentStatus.MERGED
        and query.status in (None, incident.status)
        and query.severity in (None, incident.severity)
        and query.environment in ("", incident.scope.environment)
        and (not query.service or query.service in incident.services)
        and any(text in words.casefold() for words in (incident.title, *incident.services))
    )


def latest_states(rows: Iterable[IncidentAlert]) -> list[IncidentAlert]:
    """The latest state of each firing, newest first, counting its states; `rows` come as stored."""
    latest: dict[tuple[str, str], IncidentAlert] = {}
    for row in rows:
        firing = (row.alert.fingerprint, row.alert.episode)
        known = latest.get(firing)
        if known is None:
            latest[firing] = row
        else:
            newer = row if row.alert.occurred_at >= known.alert.occurred_at else known
            latest[firing] = replace(newer, count=known.count + 1)
    return sorted(latest.values(), key=_position, reverse=True)


def alert_page(
    alerts: Sequence[IncidentAlert], cursor: str | None, limit: int
) -> tuple[tuple[IncidentAlert, ...], str | None]:
    """At most `limit` of the alerts, newest first, that come after the cursor; and the next cursor."""
    if cursor is not None:
        last = decode_cursor(cursor, tuple[int, str, str])
        alerts = [one for one in alerts if _position(one) < last]
    page = tuple(alerts[:limit])
    return page, encode_cursor(_position(page[-1])) if len(alerts) > limit else None


def _position(row: IncidentAlert) -> AlertPosition:
    return row.alert.occurred_at, row.alert.fingerprint, row.alert.episode
