"""Compares the alerts that a source lists with those of the open incidents, to find missed changes."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from msgspec.structs import replace

from cloudops.alerts.alert import Alert, AlertStatus, Scope
from cloudops.core.ids import NO_INCIDENT, IncidentId
from cloudops.core.time import MINUTE, EpochMillis
from cloudops.correlation.state import AlertState, ScopeState

SKEW: Final = MINUTE
"""A listing may report the start of the same firing up to this much later than the push did."""


class MissedReason(StrEnum):
    """Why an alert of a listing is ingested."""

    NEW = "new"
    FIRES_AGAIN = "fires_again"
    RESTARTED = "restarted"
    RESOLVED = "resolved"
    GONE = "gone"


class Listing(NamedTuple):
    """All alerts of a source, in any state, as of `at`, when the listing began.

    `complete` is False if a part is missing. An alert of this `source` in one of `places` (account and
    region) that a complete listing lacks no longer exists. A source that does not list all alerts that it
    pushes names no places."""

    source: str
    at: EpochMillis
    alerts: tuple[Alert, ...]
    complete: bool
    places: frozenset[tuple[str, str]] = frozenset()


class Known(NamedTuple):
    """The latest known state of an alert, with its scope and incident."""

    scope: Scope
    state: AlertState
    incident_id: IncidentId = NO_INCIDENT


class Missed(NamedTuple):
    """An alert to ingest as if it had been pushed, and why."""

    alert: Alert
    reason: MissedReason


def known_alerts(states: Iterable[ScopeState]) -> dict[str, Known]:
    """Returns the latest state of each alert in these scopes, by fingerprint; a firing one goes first."""
    known: dict[str, Known] = {}
    for state in states:
        for incident in state.incidents:
            for fingerprint, one in incident.alerts.items():
                known_alert = known.get(fingerprint)
                if known_alert is None or (one.firing, one.changed_at) > (
                    known_alert.state.firing,
                    known_alert.state.changed_at,
                ):
                    known[fingerprint] = Known(state.scope, one, incident.id)
    return known


def find_missed(listing: Listing, known: Mapping[str, Known]) -> list[Missed]:
    """Returns the alerts to ingest, in the order of the listing, then those that no longer exist.

    A known alert keeps its scope and service, because a listing may have fewer tags than the push."""
    found = []
    for alert in listing.alerts:
        known_alert = known.get(alert.fingerprint)
        reason = _reason(alert, known_alert.state if known_alert else None)
        if reason is not None:
            found.append(Missed(_as_known(alert, known_alert), reason))
    if listing.complete:
        listed = {alert.fingerprint for alert in listing.alerts}
        found.extend(
            Missed(_gone(listing, fingerprint, known_alert), MissedReason.GONE)
            for fingerprint, known_alert in known.items()
            if fingerprint not in listed and _would_be_listed(listing, known_alert)
        )
    return found


def _reason(alert: Alert, known_alert: AlertState | None) -> MissedReason | None:
    if known_alert is None:
        return MissedReason.NEW if alert.is_firing else None
    later = alert.occurred_at > known_alert.changed_at
    match alert.status, known_alert.firing:
        case AlertStatus.FIRING, False if later:
            return MissedReason.FIRES_AGAIN
        case AlertStatus.FIRING, True:
            restarted = (alert.started_at or 0) > max(known_alert.started_at, known_alert.changed_at) + SKEW
            return MissedReason.RESTARTED if restarted else None
        case AlertStatus.RESOLVED, True if later:
            return MissedReason.RESOLVED
        case _:
            return None


def _would_be_listed(listing: Listing, known_alert: Known) -> bool:
    place = (known_alert.scope.account, known_alert.scope.region)
    known_before = known_alert.state.changed_at < listing.at - SKEW
    return (
        known_alert.state.firing
        and known_alert.state.source == listing.source
        and place in listing.places
        and known_before
    )


def _as_known(alert: Alert, known_alert: Known | None) -> Alert:
    if known_alert is None:
        return alert
    scope = known_alert.scope
    return replace(
        alert,
        account=scope.account,
        environment=scope.environment,
        region=scope.region,
        service=known_alert.state.service,
    )


def _gone(listing: Listing, fingerprint: str, known_alert: Known) -> Alert:
    alert = Alert(
        source=listing.source,
        fingerprint=fingerprint,
        status=AlertStatus.GONE,
        occurred_at=listing.at,
        received_at=listing.at,
        title=f"No longer exists in {listing.source}",
    )
    return _as_known(alert, known_alert)
