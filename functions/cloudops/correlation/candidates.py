"""Selects the open incident that a new alert should join, by three layers of evidence.

Identity: the same alert, service, specific resource or maintenance window. Explanation: calls between
services. Only where both are silent, and only for symptoms: the prior of place and time.
docs/decisions/0026-three-layers-of-correlation.md measures what each layer contributes.
"""

from collections.abc import Iterable
from math import exp
from typing import Final

from msgspec.structs import replace

from cloudops.core.ids import IncidentId
from cloudops.core.time import HOUR, MINUTE, EpochMillis
from cloudops.correlation.candidate import COMPATIBILITY, MIN_SCORE, Candidate, time_decay
from cloudops.correlation.decision import Reason
from cloudops.correlation.explanation import (
    NON_FAILURES,
    STRONGEST_LINK,
    dependency_candidates,
    explains,
    indirect_candidates,
)
from cloudops.correlation.incident_index import IncidentIndex, root_services
from cloudops.correlation.incoming_alert import ALARM, FailureSignal, IncomingAlert
from cloudops.correlation.prior import prior_candidates
from cloudops.correlation.state import AlertState, IncidentState

REPEAT_DECAY: Final = 30 * MINUTE
"""The score that an alert whose resolution was lost still belongs to its old incident falls to 1/e in this
time. A source that repeats a firing says so by its episode or start; without these, a second firing is more
likely a new problem than the old one. Three hours kept incidents attractive for a morning."""
LIVELY: Final = HOUR
"""An incident without a state change for this long attracts further alerts of its services by their time
alone: one that counts as firing may only have lost its resolution. A declared relation to an alarm holds as
long."""

LOST_RESOLUTION: Final = "fired again; its resolution was not received"

SAME_ALERT: Final = 0.95
SAME_SERVICE: Final = 0.85
SAME_RESOURCE: Final = 0.8
SAME_WINDOW: Final = 1.0
SAME_ALARM: Final = 0.9
"""Scores of a candidate by what it shares with the alert."""
REOPENED_FACTOR: Final = 0.8
"""Factor for an alert that fires again after its whole incident resolved."""

SPECIFIC_RESOURCES: Final = (
    "pod:", "task:", "instance:", "host:", "node:", "db:", "cache:", "queue:", "topic:", "stream:", "table:",
    "function:", "lb:", "targetgroup:", "deployment:", "statefulset:", "daemonset:", "bucket:", "api:",
    "statemachine:", "broker:", "volume:", "filesystem:", "natgateway:", "vpn:", "distribution:", "asg:",
    "datasource:",
)  # fmt: skip
"""Kinds of resources that few services share. A cluster, a namespace or a region links no alerts."""


_ALARM: Final = "is declared as one problem with alarm {}"


def refire_candidate(incident: IncidentState, known: AlertState, at: EpochMillis) -> Candidate:
    """Returns the alert's own incident as a candidate, for an alert that fires again."""
    elapsed = at - known.changed_at
    if known.firing:
        score = SAME_ALERT * exp(-elapsed / REPEAT_DECAY)
        return Candidate(score, incident, Reason.SAME_ALERT, LOST_RESOLUTION)
    score = SAME_ALERT * time_decay(elapsed) * (1.0 if incident.cleared_at is None else REOPENED_FACTOR)
    return Candidate(score, incident, Reason.SAME_ALERT, "fired again {} after it resolved", (elapsed,))


def direct_candidates(
    new: IncomingAlert, index: IncidentIndex, affected: Iterable[IncidentState]
) -> Iterable[Candidate]:
    """Yields incidents that share a specific resource with the alert, or affect its service."""
    yield from _same_resource(new, index)
    if new.signal is not FailureSignal.UNRELATED:
        yield from _damped(_same_service(new, index, affected))


def maintenance_candidates(new: IncomingAlert, index: IncidentIndex) -> Iterable[Candidate]:
    """Yields the incidents of the alert's maintenance window, and those that name the machine under work."""
    for incident in index.by_window(new.window):
        yield Candidate(SAME_WINDOW, incident, Reason.SHARED_RESOURCE, "part of {}", (new.window,))
    for incident in index.by_resource(new.machine, new.at):
        score = SAME_RESOURCE * time_decay(new.at - incident.resources[new.machine])
        yield Candidate(score, incident, Reason.SHARED_RESOURCE, "{} is under maintenance", (new.machine,))


def _same_resource(new: IncomingAlert, index: IncidentIndex) -> Iterable[Candidate]:
    for resource in new.alert.resources:
        if resource.startswith(ALARM):
            for incident in index.by_resource(resource, new.at):
                lively = abs(new.at - incident.resources[resource]) <= LIVELY
                if lively and not incident.window and new.alert.fingerprint not in incident.alerts:
                    yield Candidate(SAME_ALARM, incident, Reason.SHARED_RESOURCE, _ALARM, (resource[6:],))
        if not resource.startswith(SPECIFIC_RESOURCES):
            continue
        for incident in index.by_resource(resource, new.at):
            if resource == new.machine if incident.window else new.signal is not FailureSignal.UNRELATED:
                score = SAME_RESOURCE * time_decay(new.at - incident.resources[resource])
                yield Candidate(score, incident, Reason.SHARED_RESOURCE, "shares {}", (resource,))


def _same_service(
    new: IncomingAlert, index: IncidentIndex, affected: Iterable[IncidentState]
) -> Iterable[Candidate]:
    for incident in affected:
        impact = incident.services[new.service]
        if FailureSignal.UNRELATED in impact.signals and len(impact.signals) == 1:
            continue
        same_signal = (
            new.signal in impact.signals
            or new.signal is FailureSignal.TRAFFIC
            or new.service in root_services(incident, index.topology)
        )
        score = (
            SAME_SERVICE
            * (1.0 if same_signal else COMPATIBILITY[new.signal])
            * time_decay(new.at - impact.last_at)
        )
        if same_signal and impact.firing and new.at - incident.active_at <= LIVELY:
            score = max(MIN_SCORE, score)
        facts = (new.service, new.at - impact.first_at)
        yield Candidate(score, incident, Reason.SAME_SERVICE, "{} has been affected for {}", facts)


def select_candidate(
    new: IncomingAlert, index: IncidentIndex
) -> tuple[Candidate | None, list[IncidentState]]:
    """Selects the open incident that a new alert should join.

    Ties go to the incident that opened first, then to the smaller id.

    Args:
        new: The alert, prepared by `prepare`.
        index: The incidents of the alert's scope.

    Returns:
        The best candidate, or None if no score reaches `MIN_SCORE`; and the incidents to merge with it.
        These are the incidents whose every root service the alert explains. For an alert in a maintenance
        window, they are those that name only its machine: the work began before its first marked alert.
    """
    if new.window:
        same_machine = [
            one for one in index.by_resource(new.machine, new.at) if _names_only(new.machine, one)
        ]
        return _better(None, maintenance_candidates(new, index)), same_machine
    affected = index.affected_by_service(new.service, new.at)
    same = _explained(new, index, affected)
    best = _better(None, direct_candidates(new, index, affected))
    if best is None or best.score < STRONGEST_LINK:
        best = _better(best, _damped(dependency_candidates(new, index, same)))
    if best is None:
        best = _better(None, _damped(indirect_candidates(new, index)))
    if best is None:
        best = _better(None, _damped(prior_candidates(new, index)))
    return best, same


def _damped(candidates: Iterable[Candidate]) -> Iterable[Candidate]:
    """Yields the candidates, with a lower score for an incident that keeps coming back.

    After n returns a link by calls, place or service counts 2 / (1 + n): an alarm that rings all day rings
    during every fault. Without this rule the worst stream without a topology, one with such alarms, falls
    from 0.60 to 0.08."""
    for one in candidates:
        returns = one.incident.returns
        yield one if returns < 2 else replace(one, score=one.score * 2 / (1 + returns))


def _better(best: Candidate | None, candidates: Iterable[Candidate]) -> Candidate | None:
    for one in candidates:
        if one.score >= MIN_SCORE and (best is None or one.score > best.score or _rank(one) < _rank(best)):
            best = one
    return best


def _rank(one: Candidate) -> tuple[float, EpochMillis, str]:
    return -one.score, one.incident.opened_at, one.incident.id


def _explained(
    new: IncomingAlert, index: IncidentIndex, affected: Iterable[IncidentState]
) -> list[IncidentState]:
    """Returns the open incidents of neighbors whose every root service the alert explains."""
    if new.signal in NON_FAILURES or not new.service:
        return []
    for one in affected:
        if new.signal in one.services[new.service].signals:
            return []
    incidents: dict[IncidentId, IncidentState] = {}
    for name in (*index.topology.callers(new.service), *index.topology.callees(new.service)):
        for incident in index.affected_by_service(name, new.at):
            if new.service not in incident.services:
                incidents[incident.id] = incident
    return [one for one in incidents.values() if explains(new, one, index)]


def _names_only(machine: str, incident: IncidentState) -> bool:
    """Returns whether the incident is unplanned and names no other machine of this kind."""
    kind = machine.partition(":")[0] + ":"
    named = [resource for resource in incident.resources if resource.startswith(kind)]
    return not incident.window and named == [machine]
