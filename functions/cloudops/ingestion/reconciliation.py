"""What the push missed: a source's own listing compared with what the open incidents know of it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from msgspec.structs import replace

from cloudops.alerts.alert import Alert, AlertStatus, Scope
from cloudops.core.ids import NO_INCIDENT, IncidentId
from cloudops.core.time import MINUTE, EpochMillis
from cloudops.correlation.state import AlertState, ScopeState

SKEW: Final = MINUTE
"""A listing may name a start up to so much later than the push did, and mean the same one."""


class MissedReason(StrEnum):
    NEVER_TOLD = "never_told"
    FIRES_AGAIN = "fires_again"
    FIRED_ANEW = "fired_anew"
    CLEARED = "cleared"
    GONE = "gone"


class Listing(NamedTuple):
    """What a source says of all its alerts, in any state, as of `at`, when the listing began.

    `complete` is False where part of it could not be had. An alert that is not in a complete listing no
    longer exists, where it is of this `source` and in one of `places` (account and region); a source whose
    listing does not name everything that it tells of gives no places."""

    source: str
    at: EpochMillis
    alerts: tuple[Alert, ...]
    complete: bool
    places: frozenset[tuple[str, str]] = frozenset()


class Known(NamedTuple):
    """The newest that is known of an alert, and its incident with its scope."""

    scope: Scope
    state: AlertState
    incident_id: IncidentId = NO_INCIDENT


class Missed(NamedTuple):
    """An alert to take in, as if it had been told, and why."""

    alert: Alert
    reason: MissedReason


def known_alerts(states: Iterable[ScopeState]) -> dict[str, Known]:
    """By fingerprint, what the incidents of these scopes remember; the newest word counts."""
    known: dict[str, Known] = {}
    for state in states:
        for incident in state.incidents:
            for fingerprint, one in incident.alerts.items():
                held = known.get(fingerprint)
                if held is None or (one.firing, one.changed_at) > (held.state.firing, held.state.changed_at):
                    known[fingerprint] = Known(state.scope, one, incident.id)
    return known


def find_missed(listing: Listing, known: Mapping[str, Known]) -> list[Missed]:
    """What to take in, in the order of the listing; nothing where the push told it all.

    An alert that is known keeps the scope and the service that it is known under: a listing may tell
    fewer tags than the push did."""
    found = []
    for alert in listing.alerts:
        held = known.get(alert.fingerprint)
        reason = _reason(alert, held.state if held else None)
        if reason is not None:
            found.append(Missed(_as_known(alert, held), reason))
    if listing.complete:
        listed = {alert.fingerprint for alert in listing.alerts}
        found.extend(
            Missed(_gone(listing, fingerprint, held), MissedReason.GONE)
            for fingerprint, held in known.items()
            if fingerprint not in listed and _would_be_listed(listing, held)
        )
    return found


def _reason(alert: Alert, held: AlertState | None) -> MissedReason | None:
    if held is None:
        return MissedReason.NEVER_TOLD if alert.is_firing else None
    later = alert.occurred_at > held.changed_at
    match alert.status, held.firing:
        case AlertStatus.FIRING, False if later:
            return MissedReason.FIRES_AGAIN
        case AlertStatus.FIRING, True:
            anew = (alert.started_at or 0) > max(held.started_at, held.changed_at) + SKEW
            return MissedReason.FIRED_ANEW if anew else None
        case AlertStatus.RESOLVED, True if later:
            return MissedReason.CLEARED
        case _:
            return None


def _would_be_listed(listing: Listing, held: Known) -> bool:
    place = (held.scope.account, held.scope.region)
    told_before = held.state.changed_at < listing.at - SKEW
    return (
        held.state.firing and held.state.source == listing.source and place in listing.places and told_before
    )


def _as_known(alert: Alert, held: Known | None) -> Alert:
    if held is None:
        return alert
    scope = held.scope
    return replace(
        alert,
        account=scope.account,
        environment=scope.environment,
        region=scope.region,
        service=held.state.service,
    )


def _gone(listing: Listing, fingerprint: str, held: Known) -> Alert:
    alert = Alert(
        source=listing.source,
        fingerprint=fingerprint,
        status=AlertStatus.RESOLVED,
        occurred_at=listing.at,
        received_at=listing.at,
        title=f"No longer exists in {listing.source}",
    )
    return _as_known(alert, held)
