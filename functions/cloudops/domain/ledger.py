"""The books of one incident: what a firing, a clearing and a merge change in what is remembered of it."""

from typing import Final

from cloudops.domain.alert import Alert
from cloudops.domain.cause import SPECIFICITY
from cloudops.domain.decision import Assessed
from cloudops.domain.scope_state import AlertState, IncidentState, Trouble
from cloudops.domain.sign import Sign, sign_of

MAX_SERVICES: Final = 100
MAX_RESOURCES: Final = 200
"""Services and resources that an incident keeps; those that come later join by the ones it has."""
MAX_TITLE: Final = 120
MAX_PROPOSALS: Final = 4


def enter(incident: IncidentState, item: Assessed) -> None:
    """A firing that the incident did not know of."""
    alert, at = item.alert, item.alert.occurred_at
    known = incident.alerts.get(alert.fingerprint)
    if known is None or not known.firing:
        incident.firing += 1
    incident.alerts[alert.fingerprint] = AlertState(True, at, alert.started_at or at, alert.episode)
    incident.firings += 1
    incident.events += 1
    incident.muted += bool(alert.muted)
    incident.active_at = max(incident.active_at, at)
    incident.opened_at = min(incident.opened_at, at)
    incident.cleared_at = None
    if alert.service and (alert.service in incident.services or len(incident.services) < MAX_SERVICES):
        _suffer(incident, item)
    for resource in alert.resources:
        if resource in incident.resources or len(incident.resources) < MAX_RESOURCES:
            incident.resources[resource] = max(at, incident.resources.get(resource, at))


def clear(incident: IncidentState, known: AlertState, alert: Alert) -> None:
    """A firing alert of the incident is over; the incident is, when it was the last."""
    known.firing = False
    known.changed_at = alert.occurred_at
    incident.firing -= 1
    incident.events += 1
    incident.active_at = max(incident.active_at, alert.occurred_at)
    if incident.firing == 0:
        incident.cleared_at = max(one.changed_at for one in incident.alerts.values())


def merge(survivor: IncidentState, other: IncidentState) -> None:
    """The two were one problem: the survivor takes over all that the other knew."""
    for fingerprint, known in other.alerts.items():
        mine = survivor.alerts.get(fingerprint)
        if mine is None or mine.changed_at < known.changed_at:
            survivor.alerts[fingerprint] = known
    for service, trouble in other.services.items():
        held = survivor.services.get(service)
        survivor.services[service] = trouble if held is None else _joined(held, trouble)
    for resource, at in other.resources.items():
        survivor.resources[resource] = max(survivor.resources.get(resource, at), at)
    survivor.firing = sum(one.firing for one in survivor.alerts.values())
    survivor.firings += other.firings
    survivor.events += other.events
    survivor.muted += other.muted
    survivor.opened_at = min(survivor.opened_at, other.opened_at)
    survivor.active_at = max(survivor.active_at, other.active_at)
    survivor.merged_from += [other.id, *other.merged_from]


def _suffer(incident: IncidentState, item: Assessed) -> None:
    alert, analysis, at = item.alert, item.analysis, item.alert.occurred_at
    told = Trouble(
        at,
        at,
        {sign_of(alert, analysis): at},
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
    return Trouble(
        min(one.first_at, other.first_at),
        max(one.last_at, other.last_at),
        {sign: min(at for at in (one.signs.get(sign), other.signs.get(sign)) if at is not None)
         for sign in Sign if sign in one.signs or sign in other.signs},
        max(one.severity, other.severity),
        lead.symptom,
        lead.title,
        lead.proposals,
    )  # fmt: skip


def _telling(trouble: Trouble) -> tuple[float, int, int, str]:
    specific = SPECIFICITY[trouble.symptom]
    return specific, trouble.severity, -trouble.first_at, trouble.title
