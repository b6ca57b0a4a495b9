"""State transitions of an incident in correlation: fire, repeat, resolve, forget and merge."""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.core.taxonomy import SPECIFICITY, Symptom
from cloudops.core.time import EpochMillis
from cloudops.correlation.decision import ClassifiedAlert
from cloudops.correlation.incoming_alert import ALARM, FailureSignal, IncomingAlert
from cloudops.correlation.state import AlertState, IncidentState, Resolution, ServiceImpact, StateBasis

MAX_SERVICES: Final = 100
MAX_RESOURCES: Final = 200
"""Services and resources that an incident keeps; later alerts join by these."""
MAX_TITLE: Final = 120
MAX_PROPOSALS: Final = 4
"""Title length in characters, and proposed actions, that an incident keeps of a service."""
SEVERITY_WEIGHT: Final = 0.15
"""What one step of severity adds to a symptom's specificity when the title of a service is chosen. A target
that is down says more than a busy processor, although its symptom is less specific."""


def add_firing(incident: IncidentState, new: IncomingAlert) -> None:
    """Adds a firing to the incident, and reopens it if it was resolved.

    An alert that already fires, because its resolution was lost, keeps its first onset."""
    alert, at = new.alert, new.at
    known = incident.alerts.get(alert.fingerprint)
    onset = known.started_at if known is not None and known.firing else at
    if known is not None:
        forget_alert(incident, alert.fingerprint)
    incident.alerts[alert.fingerprint] = AlertState(
        True, at, alert.started_at or onset, new.service, alert.episode, alert.source, _basis(alert)
    )
    incident.firing += 1
    incident.firings += 1
    incident.events += 1
    if alert.muted:
        incident.muted += 1
    incident.active_at = max(incident.active_at, at)
    incident.opened_at = min(incident.opened_at, at)
    if incident.cleared_at is not None:
        incident.returns += 1
        incident.cleared_at = None
        incident.resolution = Resolution.BY_SOURCE
    incident.closed_by_operator = False
    if new.service and (new.service in incident.services or len(incident.services) < MAX_SERVICES):
        _update_service(incident, new, onset)
    if new.window and not incident.window:
        incident.window = new.window
        incident.resources = {}
    resources = incident.resources
    for resource in _linking_resources(incident, new):
        if resource in resources:
            resources[resource] = max(at, resources[resource])
        elif len(resources) < MAX_RESOURCES:
            resources[resource] = at


def still_firing(incident: IncidentState, known: AlertState, alert: Alert) -> None:
    """Records a repeat of the same firing: only its latest time changes."""
    incident.alerts[alert.fingerprint] = replace(known, changed_at=alert.occurred_at)


def escalate(incident: IncidentState, known: AlertState, item: ClassifiedAlert) -> bool:
    """Records a repeat that is more severe than its service in the incident; returns whether it is."""
    impact, rank = incident.services.get(known.service), item.analysis.severity.rank
    if impact is None or rank <= impact.severity:
        return False
    still_firing(incident, known, item.alert)
    impact.severity = rank
    incident.events += 1
    incident.active_at = max(incident.active_at, item.alert.occurred_at)
    return True


def refire(incident: IncidentState, known: AlertState, alert: Alert) -> None:
    """Counts a new firing of an alert whose previous resolution was lost."""
    at = alert.occurred_at
    incident.alerts[alert.fingerprint] = replace(
        known, changed_at=at, started_at=alert.started_at or at, episode=alert.episode, basis=_basis(alert)
    )
    incident.firings += 1
    incident.events += 1
    if alert.muted:
        incident.muted += 1
    incident.active_at = max(incident.active_at, at)


def lose_data(incident: IncidentState, known: AlertState, alert: Alert) -> None:
    """Records that the source has no data on a firing alert: it counts as firing until the source says
    more."""
    at = alert.occurred_at
    incident.alerts[alert.fingerprint] = replace(known, changed_at=at, basis=StateBasis.NO_DATA)
    incident.events += 1
    incident.active_at = max(incident.active_at, at)


def resolve_alert(incident: IncidentState, known: AlertState, alert: Alert) -> None:
    """Resolves an alert, and with the last firing one the incident, at the latest time of its alerts."""
    at = alert.occurred_at
    incident.alerts[alert.fingerprint] = replace(known, firing=False, changed_at=at, basis=_basis(alert))
    if not known.firing:
        return
    incident.firing -= 1
    incident.events += 1
    incident.active_at = max(incident.active_at, at)
    incident.ended(Resolution.GONE if alert.status is AlertStatus.GONE else Resolution.BY_SOURCE)
    impact = incident.services.get(known.service)
    if impact is not None:
        impact.firing -= 1
        impact.cleared_at = max(impact.cleared_at, at)
    if incident.firing == 0:
        incident.cleared_at = max(one.changed_at for one in incident.alerts.values())


def resolve_all(incident: IncidentState, now: EpochMillis) -> None:
    """Resolves the incident and all its firing alerts at `now`, because a person did."""
    for fingerprint, known in incident.alerts.items():
        if known.firing:
            resolved_at = max(known.changed_at, now)
            incident.alerts[fingerprint] = replace(
                known, firing=False, changed_at=resolved_at, basis=StateBasis.PERSON
            )
    for impact in incident.services.values():
        if impact.firing:
            impact.firing = 0
            impact.cleared_at = max(impact.cleared_at, now)
    incident.firing = 0
    incident.cleared_at = now
    incident.ended(Resolution.BY_PERSON)


def forget_alert(incident: IncidentState, fingerprint: str) -> None:
    """Removes an alert that fires again, here or in another incident; an unknown one changes nothing."""
    known = incident.alerts.pop(fingerprint, None)
    if known is not None and known.firing:
        incident.firing -= 1
        impact = incident.services.get(known.service)
        if impact is not None:
            impact.firing -= 1


def merge(survivor: IncidentState, other: IncidentState) -> None:
    """Merges `other` into `survivor`: alerts, services and resources up to their limits, and counts."""
    survivor.alerts.update(other.alerts)
    for service, impact in other.services.items():
        own = survivor.services.get(service)
        if own is not None:
            _add_impact(own, impact)
        elif len(survivor.services) < MAX_SERVICES:
            survivor.services[service] = impact
    for resource, at in other.resources.items():
        if resource in survivor.resources or len(survivor.resources) < MAX_RESOURCES:
            survivor.resources[resource] = max(survivor.resources.get(resource, at), at)
    survivor.firing += other.firing
    survivor.firings += other.firings
    survivor.events += other.events
    survivor.muted += other.muted
    survivor.returns += other.returns
    survivor.opened_at = min(survivor.opened_at, other.opened_at)
    survivor.active_at = max(survivor.active_at, other.active_at)
    survivor.window = survivor.window or other.window
    survivor.merged_from += other.merged_from
    survivor.ended(other.resolution)
    survivor.parked += other.parked
    survivor.closings |= other.closings


def _basis(alert: Alert) -> StateBasis:
    if alert.status is AlertStatus.GONE:
        return StateBasis.GONE
    if alert.status is AlertStatus.NO_DATA:
        return StateBasis.NO_DATA
    return StateBasis.MUTED if alert.muted else StateBasis.SOURCE


def _linking_resources(incident: IncidentState, new: IncomingAlert) -> Iterable[str]:
    """Returns the resources by which later alerts may join.

    In a maintenance window these are the window and the machine; an unrelated alert adds only its alarms, by
    which a composite alarm names it."""
    if incident.window:
        return filter(None, (incident.window, new.machine))
    if new.signal is FailureSignal.UNRELATED:
        return (resource for resource in new.alert.resources if resource.startswith(ALARM))
    return new.alert.resources


def _update_service(incident: IncidentState, new: IncomingAlert, onset: EpochMillis) -> None:
    analysis, onsets = new.analysis, (onset, onset)
    severity, symptom = analysis.severity.rank, analysis.symptom
    own = incident.services.get(new.service)
    if own is None:
        first = ServiceImpact(
            onset, onset, 1, {new.signal: onsets}, 0, severity, symptom, *_title_and_proposals(new)
        )
        incident.services[new.service] = first
        return
    if _specificity(symptom, severity, onset) > _specificity(own.symptom, own.severity, own.first_at):
        own.symptom = symptom
        own.title, own.proposals = _title_and_proposals(new)
    own.firing += 1
    _extend_span(own, onset, onset)
    own.severity = max(own.severity, severity)
    known = own.signals.get(new.signal)
    own.signals[new.signal] = _union(known, onsets) if known else onsets


def _add_impact(own: ServiceImpact, other: ServiceImpact) -> None:
    """Adds the impact of a merged incident: onsets of each signal, and the title of the more specific
    alert."""
    specificity = _specificity(own.symptom, own.severity, own.first_at)
    if _specificity(other.symptom, other.severity, other.first_at) > specificity:
        own.symptom, own.title, own.proposals = other.symptom, other.title, other.proposals
    own.firing += other.firing
    _extend_span(own, other.first_at, other.last_at)
    own.cleared_at = max(own.cleared_at, other.cleared_at)
    own.severity = max(own.severity, other.severity)
    for signal, onsets in other.signals.items():
        own.signals[signal] = _union(own.signals.get(signal, onsets), onsets)


def _title_and_proposals(new: IncomingAlert) -> tuple[str, list[tuple[str, float]]]:
    analysis = new.analysis
    title = (analysis.title or new.alert.title)[:MAX_TITLE]
    return title, [(one.action.value, one.prior) for one in analysis.proposals[:MAX_PROPOSALS]]


def _specificity(symptom: Symptom, severity: int, since: EpochMillis) -> tuple[float, EpochMillis]:
    return SPECIFICITY[symptom] + SEVERITY_WEIGHT * severity, -since


def _extend_span(own: ServiceImpact, first: EpochMillis, last: EpochMillis) -> None:
    own.first_at = min(own.first_at, first)
    own.last_at = max(own.last_at, last)


def _union(
    one: tuple[EpochMillis, EpochMillis], other: tuple[EpochMillis, EpochMillis]
) -> tuple[EpochMillis, EpochMillis]:
    return min(one[0], other[0]), max(one[1], other[1])
