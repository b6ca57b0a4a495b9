"""The books of one incident: what a firing, a clearing and a merge change in what is remembered of it."""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from cloudops.alerts.alert import Alert
from cloudops.core.taxonomy import SPECIFICITY, Symptom
from cloudops.core.time import EpochMillis
from cloudops.correlation.incoming_alert import FailureSignal, IncomingAlert
from cloudops.correlation.state import AlertState, IncidentState, ServiceImpact

MAX_SERVICES: Final = 100
MAX_RESOURCES: Final = 200
"""Services and resources that an incident keeps; those that come later join by the ones it has."""
MAX_TITLE: Final = 120
MAX_PROPOSALS: Final = 4
GRAVITY: Final = 0.15
"""What one step of severity counts beside the specificity of a symptom, when the most telling alert is
chosen: a target that is down tells more than a busy processor, though less of where."""


def add_firing(incident: IncidentState, new: IncomingAlert) -> None:
    """A firing that the incident did not know of. One that was known to fire, and whose clearing we were
    not told, began when it was first seen."""
    alert, at = new.alert, new.at
    known = incident.alerts.get(alert.fingerprint)
    onset = known.started_at if known is not None and known.firing else at
    if known is not None:
        forget_alert(incident, alert.fingerprint)
    incident.alerts[alert.fingerprint] = AlertState(
        True, at, alert.started_at or onset, new.service, alert.episode, alert.source
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
    incident.closed_by_operator = False
    if new.service and (new.service in incident.services or len(incident.services) < MAX_SERVICES):
        _update_service(incident, new, onset)
    if new.window and not incident.window:
        incident.window = new.window
        incident.resources = {}
    resources = incident.resources
    for resource in _linking(incident, new):
        if resource in resources:
            resources[resource] = max(at, resources[resource])
        elif len(resources) < MAX_RESOURCES:
            resources[resource] = at


def still_firing(incident: IncidentState, known: AlertState, alert: Alert) -> None:
    """The same firing told again: it was heard of last at this time."""
    incident.alerts[alert.fingerprint] = replace(known, changed_at=alert.occurred_at)


def refire(incident: IncidentState, known: AlertState, alert: Alert) -> None:
    """A firing alert fires anew, its clearing lost: it counts again, and nothing else is new."""
    at = alert.occurred_at
    incident.alerts[alert.fingerprint] = replace(
        known, changed_at=at, started_at=alert.started_at or at, episode=alert.episode
    )
    incident.firings += 1
    incident.events += 1
    if alert.muted:
        incident.muted += 1
    incident.active_at = max(incident.active_at, at)


def resolve_alert(incident: IncidentState, known: AlertState, alert: Alert) -> None:
    """An alert of the incident is over; the incident is, when it was the last that fired."""
    at = alert.occurred_at
    incident.alerts[alert.fingerprint] = replace(known, firing=False, changed_at=at)
    if not known.firing:
        return
    incident.firing -= 1
    incident.events += 1
    incident.active_at = max(incident.active_at, at)
    trouble = incident.services.get(known.service)
    if trouble is not None:
        trouble.firing -= 1
        trouble.cleared_at = max(trouble.cleared_at, at)
    if incident.firing == 0:
        incident.cleared_at = max(one.changed_at for one in incident.alerts.values())


def resolve_all(incident: IncidentState, now: EpochMillis) -> None:
    """Somebody calls it over: whatever fires counts as cleared now."""
    for fingerprint, known in incident.alerts.items():
        if known.firing:
            incident.alerts[fingerprint] = replace(known, firing=False, changed_at=max(known.changed_at, now))
    for trouble in incident.services.values():
        if trouble.firing:
            trouble.firing = 0
            trouble.cleared_at = max(trouble.cleared_at, now)
    incident.firing = 0
    incident.cleared_at = now


def forget_alert(incident: IncidentState, fingerprint: str) -> None:
    """Forget an alert's state, because it begins anew here or elsewhere."""
    known = incident.alerts.pop(fingerprint, None)
    if known is not None and known.firing:
        incident.firing -= 1
        trouble = incident.services.get(known.service)
        if trouble is not None:
            trouble.firing -= 1


def merge(survivor: IncidentState, other: IncidentState) -> None:
    """The two were one problem: the survivor takes over all that the other knew."""
    survivor.alerts.update(other.alerts)
    for service, trouble in other.services.items():
        held = survivor.services.setdefault(service, trouble)
        if held is not trouble:
            _add(held, trouble)
    for resource, at in other.resources.items():
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


def _linking(incident: IncidentState, new: IncomingAlert) -> Iterable[str]:
    """The resources by which others may be found to belong here: of planned work the machine alone, of
    a matter apart none."""
    if incident.window:
        return filter(None, (incident.window, new.machine))
    return () if new.sign is FailureSignal.UNRELATED else new.alert.resources


def _update_service(incident: IncidentState, new: IncomingAlert, onset: EpochMillis) -> None:
    analysis, outbreak = new.analysis, (onset, onset)
    severity, symptom = analysis.severity.rank, analysis.symptom
    held = incident.services.get(new.service)
    if held is None:
        told = ServiceImpact(onset, onset, 1, {new.sign: outbreak}, 0, severity, symptom, *_words(new))
        incident.services[new.service] = told
        return
    if _specificity(symptom, severity, onset) > _specificity(held.symptom, held.severity, held.first_at):
        held.symptom = symptom
        held.title, held.proposals = _words(new)
    held.firing += 1
    _date(held, onset, onset)
    held.severity = max(held.severity, severity)
    known = held.signs.get(new.sign)
    held.signs[new.sign] = _spanning(known, outbreak) if known else outbreak


def _add(held: ServiceImpact, other: ServiceImpact) -> None:
    """Both together: the first and last outbreak of each sign, and the words of the more telling alert."""
    mine = _specificity(held.symptom, held.severity, held.first_at)
    if _specificity(other.symptom, other.severity, other.first_at) > mine:
        held.symptom, held.title, held.proposals = other.symptom, other.title, other.proposals
    held.firing += other.firing
    _date(held, other.first_at, other.last_at)
    held.cleared_at = max(held.cleared_at, other.cleared_at)
    held.severity = max(held.severity, other.severity)
    for sign, outbreaks in other.signs.items():
        held.signs[sign] = _spanning(held.signs.get(sign, outbreaks), outbreaks)


def _words(new: IncomingAlert) -> tuple[str, list[tuple[str, float]]]:
    analysis = new.analysis
    title = (analysis.title or new.alert.title)[:MAX_TITLE]
    return title, [(one.action.value, one.prior) for one in analysis.proposals[:MAX_PROPOSALS]]


def _specificity(symptom: Symptom, severity: int, since: EpochMillis) -> tuple[float, EpochMillis]:
    return SPECIFICITY[symptom] + GRAVITY * severity, -since


def _date(held: ServiceImpact, first: EpochMillis, last: EpochMillis) -> None:
    held.first_at = min(held.first_at, first)
    held.last_at = max(held.last_at, last)


def _spanning(
    one: tuple[EpochMillis, EpochMillis], other: tuple[EpochMillis, EpochMillis]
) -> tuple[EpochMillis, EpochMillis]:
    return min(one[0], other[0]), max(one[1], other[1])
