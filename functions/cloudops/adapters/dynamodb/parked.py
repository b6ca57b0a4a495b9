"""Rows of what a scope has parked: one for each alert by fingerprint, one for each incident, and a count."""

from collections.abc import Collection, Iterator

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.alerts.alert import Scope
from cloudops.core.ids import IncidentId
from cloudops.core.time import SECOND, EpochMillis
from cloudops.correlation.parking import Parked, ParkedAlert, ParkedIncident
from cloudops.incidents.store import Commit, ScopeCount


def parked_rows(rows: Rows, commit: Commit) -> Iterator[Row]:
    """Yields the rows that a commit adds beside its scope."""
    for alert in commit.parked.alerts:
        key = keys.parked_alert(commit.scope, alert.fingerprint)
        yield rows(*key, body=pack(alert), expires=_seconds(alert.expires_at))
    for one in commit.parked.incidents:
        key = keys.parked_incident(commit.scope, one.incident.id)
        yield rows(*key, body=pack(one), expires=_seconds(one.expires_at))
    if _moves_any(commit) and (count := commit.state.parked.incidents):
        yield rows(*keys.parked_count(commit.scope), body=pack(ScopeCount(commit.scope, count)))


def unparked_rows(rows: Rows, commit: Commit) -> Iterator[Row]:
    """Yields the rows that a commit deletes beside its scope; they have keys and no content."""
    for fingerprint in commit.unparked.fingerprints:
        yield rows(*keys.parked_alert(commit.scope, fingerprint))
    for incident_id in commit.unparked.incident_ids:
        yield rows(*keys.parked_incident(commit.scope, incident_id))
    if _moves_any(commit) and not commit.state.parked.incidents:
        yield rows(*keys.parked_count(commit.scope))


def _moves_any(commit: Commit) -> bool:
    return bool(commit.parked.incidents or commit.unparked.incident_ids)


def _seconds(expires_at: EpochMillis | None) -> int | None:
    """Returns the expiry for DynamoDB, after the time at which correlation stops counting the row."""
    return None if expires_at is None else expires_at // SECOND + 1


def read_parked_alerts(rows: Rows, scope: Scope, fingerprints: Collection[str]) -> list[ParkedAlert]:
    """Returns the stored rows of these fingerprints, by consistent reads; one request per 100."""
    requested = [tuple(keys.parked_alert(scope, one)) for one in fingerprints]
    with store_errors(f"read parked alerts of {scope}"):
        return [unpack(ParkedAlert, row.body) for row in rows.batch_get(requested, consistent_read=True)]


def read_parked_incidents(rows: Rows, scope: Scope, ids: Collection[IncidentId]) -> list[ParkedIncident]:
    """Returns the stored rows of these incidents, by consistent reads; one request per 100."""
    requested = [tuple(keys.parked_incident(scope, one)) for one in ids]
    with store_errors(f"read parked incidents of {scope}"):
        return [unpack(ParkedIncident, row.body) for row in rows.batch_get(requested, consistent_read=True)]


def read_all_parked(rows: Rows, scope: Scope) -> Parked:
    """Returns all rows beside a scope, by one query of 1 MB a page."""
    alerts: list[ParkedAlert] = []
    incidents: list[ParkedIncident] = []
    with store_errors(f"list what is parked of {scope}"):
        for row in rows.query(keys.parked(scope), consistent_read=True):
            if row.sk.startswith(keys.PARKED_ALERT):
                alerts.append(unpack(ParkedAlert, row.body))
            else:
                incidents.append(unpack(ParkedIncident, row.body))
    return Parked(tuple(alerts), tuple(incidents))


def read_parked_counts(rows: Rows) -> list[ScopeCount]:
    """Returns the scopes with parked incidents, by one query."""
    with store_errors("count parked incidents"):
        return [unpack(ScopeCount, row.body) for row in rows.query(keys.PARKED_COUNTS)]
