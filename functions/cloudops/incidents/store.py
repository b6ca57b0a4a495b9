"""The port of the incident store, with the queries and pages that its implementations share."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol, TypeAlias

import msgspec
from msgspec.structs import replace

from cloudops.alerts.alert import Scope, Severity
from cloudops.core.ids import IncidentId
from cloudops.core.pagination import decode_cursor, encode_cursor
from cloudops.correlation.parking import Parked, ParkedAlert, ParkedIncident, Unparked
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
    id; `parked` the rows to keep beside the scope, `unparked` those to delete; `batch_id` is deterministic
    and, with the version, names the write, so that the same commit again is recognized as applied.
    """

    scope: Scope
    expected_version: int
    state: ScopeState
    batch_id: str
    incidents: tuple[Incident, ...] = ()
    alerts: dict[IncidentId, tuple[IncidentAlert, ...]] = {}
    timeline: tuple[TimelineEntry, ...] = ()
    parked: Parked = Parked()
    unparked: Unparked = Unparked()


class ScopeCount(msgspec.Struct, frozen=True, rename="camel"):
    """The number of incidents of a scope that are not resolved and parked."""

    scope: Scope
    parked_incidents: int


class IncidentQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A filter of incidents; None and empty mean no restriction. `text` is searched in title and services."""

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
MAX_ROWS_A_COMMIT = 90
"""A transaction takes 100 items: the scope, its count of parked incidents, a record and a log row for each
incident, a row for all that is parked or restored, and more log rows if the additions to an incident exceed
one row."""


class IncidentStore(Protocol):
    """Stores incidents with the correlation state of their scope."""

    def load_scope(self, scope: Scope) -> StoredScope:
        """Returns the state of a scope; empty, with version 0, if none is stored."""
        ...

    def scope_of(self, incident_id: IncidentId) -> Scope:
        """Returns the scope of an incident; raises NotFound for an unknown id."""
        ...

    def incidents(self, ids: Collection[IncidentId]) -> dict[IncidentId, Incident]:
        """Returns the stored incidents of these ids, at least as recent as the scope just read."""
        ...

    def commit(self, commit: Commit) -> None:
        """Writes the whole commit or nothing; a repeat of an applied commit changes nothing.

        Raises:
            Conflict: The scope is no longer at the expected version.
            TooLarge: One transaction cannot hold the commit; the caller may split it.
        """
        ...

    def parked_alerts(self, scope: Scope, fingerprints: Collection[str]) -> list[ParkedAlert]:
        """Returns the parked alerts of these fingerprints, at least as recent as the scope just read."""
        ...

    def parked_incidents(self, scope: Scope, ids: Collection[IncidentId]) -> list[ParkedIncident]:
        """Returns the parked incidents of these ids, at least as recent as the scope just read."""
        ...

    def all_parked(self, scope: Scope) -> Parked:
        """Returns everything that is parked beside a scope."""
        ...

    def parked_counts(self) -> list[ScopeCount]:
        """Returns the scopes that have parked incidents which are not resolved."""
        ...

    def browse(self, query: IncidentQuery) -> IncidentPage:
        """Returns one page; raises BadInput for a malformed cursor."""
        ...

    def detail(self, incident_id: IncidentId, cursor: str | None = None, limit: int = 200) -> IncidentDetail:
        """Returns an incident with a page of its alerts, newest first; raises NotFound for an unknown id."""
        ...

    def vote(self, feedback: Feedback, entry: TimelineEntry) -> Feedback:
        """Stores or replaces a person's vote on a suggestion and returns it as stored.

        Idempotent: the id is the same for the same person and suggestion.

        Raises:
            NotFound: The suggestion does not exist.
        """
        ...


AlertPosition: TypeAlias = tuple[int, str, str]
"""Time of the state change, fingerprint and episode."""


def matches(query: IncidentQuery, incident: Incident) -> bool:
    """Returns whether an incident matches the query; text matches in any case."""
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
    """Returns the latest state of each firing, newest first, with the number of its states."""
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
    """Returns at most `limit` alerts after the cursor, newest first, and the next cursor or None."""
    if cursor is not None:
        last = decode_cursor(cursor, tuple[int, str, str])
        alerts = [one for one in alerts if _position(one) < last]
    page = tuple(alerts[:limit])
    return page, encode_cursor(_position(page[-1])) if len(alerts) > limit else None


def _position(row: IncidentAlert) -> AlertPosition:
    return row.alert.occurred_at, row.alert.fingerprint, row.alert.episode
