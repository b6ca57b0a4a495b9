"""The books of one incident: what a firing, a clearing and a merge change in what is remembered of it."""

from collections.abc import Iterable
from typing import Final

from cloudops.domain.alert import Alert, Instant
from cloudops.domain.cause import SPECIFICITY
from cloudops.domain.decision import Assessed
from cloudops.domain.maintenance import machine_of, window_of
from cloudops.domain.scope_state import AlertState, IncidentState, Trouble
from cloudops.domain.sign import Sign, sign_of

MAX_SERVICES: Final = 100
MAX_RESOURCES: Final = 200
"""Services and resources that an incident keeps; those that come later join by the ones it has."""
MAX_TITLE: Final = 120
MAX_PROPOSALS: Final = 4


def enter(incident: IncidentState, item: Assessed) -> None:
    """A firing that the incident did not know of. One that was known to fire, and whose clearing we were
    not told, began when it was first seen."""
    alert, at = item.alert, item.alert.occurred_at
    sign = sign_of(alert, item.analysis)
    known = incident.alerts.get(alert.fingerprint)
    onset = known.started_at if known is not None and known.firing else at
    release(incident, alert.fingerprint)
    incident.alerts[alert.fingerprint] = AlertState(
        True, at, alert.started_at or onset, alert.service, alert.episode
    )
    incident.firing += 1
    incident.firings += 1
    incident.events += 1
    incident.muted += bool(alert.muted)
    incident.active_at = max(incident.active_at, at)
    incident.opened_at = min(incident.opened_at, at)
    incident.cleared_at = None
    incident.closed_by_operator = False
    if alert.service and (alert.service in incident.services or len(incident.services) < MAX_SERVICES):
        _suffer(incident, item, sign, onset)
    incident.window = incident.window or window_of(alert)
    for resource in _linking(incident, alert, sign):
        if resource in incident.resources or len(incident.resources) < MAX_RESOURCES:
            incident.resources[resource] = max(at, incident.resources.get(resource, at))


def clear(incident: IncidentState, known: AlertState, alert: Alert) -> None:
    """A firing alert of the incident is over; the incident is, when it was the last."""
    known.firing = False
    known.changed_at = alert.occurred_at
    incident.firing -= 1
    incident.events += 1
    incident.active_at = max(incident.active_at, alert.occurred_at)
    trouble = incident.services.get(known.service)
    if trouble is not None:
        trouble.firing -= 1
        trouble.cleared_at = max(trouble.cleared_at, alert.occurred_at)
    if incident.firing == 0:
        incident.cleared_at = max(one.changed_at for one in incident.alerts.values())


def release(incident: IncidentState, fingerprint: str) -> None:
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
        held = survivor.services.get(service)
        survivor.services[service] = trouble if held is None else _joined(held, trouble)
    for resource, at in other.resources.items():
        survivor.resources[resource] = max(survivor.resources.get(resource, at), at)
    survivor.firing += other.firing
    survivor.firings += other.firings
    survivor.events += other.events
    survivor.muted += other.muted
    survivor.opened_at = min(survivor.opened_at, other.opened_at)
    survivor.active_at = max(survivor.active_at, other.active_at)
    survivor.window = survivor.window or other.window
    survivor.merged_from += other.merged_from


def _linking(incident: IncidentState, alert: Alert, sign: Sign) -> Iterable[str]:
    """The resources by which others may be found to belong here: of planned work the machine alone, of
    a matter apart none."""
    if incident.window:
        return filter(None, (incident.window, machine_of(alert)))
    return () if sign is Sign.ASIDE else alert.resources


def _suffer(incident: IncidentState, item: Assessed, sign: Sign, onset: Instant) -> None:
    alert, analysis = item.alert, item.analysis
    told = Trouble(
        onset,
        onset,
        1,
        {sign: (onset, onset)},
        0,
        analysis.severity.rank,
        analysis.symptom,
        (analysis.title or alert.title)[:MAX_TITLE],
        [(one.action.value, one.prior) for one in analysis.proposals[:MAX_PROPOSALS]],
    )
    held = incident.services.get(alert.service)
    incident.services[alert.service] = told if held is None else _joined(held, told)


def _joined(one: Trouble, other: Trouble) -> Trouble:
    """Both together: the earliest start of each sign, and the words of the more telling alert."""
    lead = max(one, other, key=_telling)
    signs = dict(one.signs)
    for sign, (first, last) in other.signs.items():
        mine = signs.get(sign, (first, last))
        signs[sign] = (min(mine[0], first), max(mine[1], last))
    return Trouble(
        min(one.first_at, other.first_at),
        max(one.last_at, other.last_at),
        one.firing + other.firing,
        signs,
        max(one.cleared_at, other.cleared_at),
        max(one.severity, other.severity),
        lead.symptom,
        lead.title,
        lead.proposals,
    )


def _telling(trouble: Trouble) -> tuple[float, int, int, str]:
    return SPECIFICITY[trouble.symptom], trouble.severity, -trouble.first_at, trouble.title
