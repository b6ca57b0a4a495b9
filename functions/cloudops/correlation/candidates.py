"""Selects the open incident that a new alert should join.

A candidate shares the alert, its service, a specific resource or a maintenance window, or is linked by
dependencies. Its score falls with time and with the length of the link. docs/decisions/0009-correlation.md
measures what each rule contributes.
"""

from collections.abc import Iterable, Sequence
from math import exp
from typing import Final

import msgspec

from cloudops.core.ids import IncidentId
from cloudops.core.time import HOUR, MINUTE, SECOND, EpochMillis
from cloudops.correlation.decision import Reason
from cloudops.correlation.incident_index import JOIN_GRACE, IncidentIndex, root_services
from cloudops.correlation.incoming_alert import FailureSignal, IncomingAlert
from cloudops.correlation.state import AlertState, IncidentState, ServiceImpact

LINK_DECAY: Final = 10 * MINUTE
"""A failure follows its cause within minutes: the score falls to 1/e in this time."""
EVALUATION_SKEW: Final = MINUTE
"""Alarms evaluate by the minute, so a symptom may be reported shortly before its cause. The score of
that order falls to 1/e in this time."""

MIN_SCORE: Final = 0.2
"""The lowest score with which an alert joins an incident; below it, the alert opens one."""
COMPATIBILITY: Final = {FailureSignal.FAULT: 0.6, FailureSignal.LATENCY: 0.85, FailureSignal.ERRORS: 0.85}
"""Factor for an alert whose signal the candidate does not show; 1 if it does."""


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """An open incident that an alert could join, with a score from 0 to 1.

    `facts` are the values of `template`: most candidates lose, so evidence is only formatted on demand.
    An int among the facts is a duration in milliseconds."""

    score: float
    incident: IncidentState
    reason: Reason
    template: str
    facts: tuple[str | EpochMillis, ...] = ()

    @property
    def evidence(self) -> tuple[str, ...]:
        """Returns one line of evidence, with durations in seconds or minutes."""
        texts = [_span(fact) if isinstance(fact, int) else fact for fact in self.facts]
        return (self.template.format(*texts),)


def time_decay(elapsed: EpochMillis) -> float:
    """Returns a factor from 0 to 1 for a follower `elapsed` milliseconds after a failure.

    A negative time means that the follower was reported first, which decays faster."""
    return exp(-elapsed / LINK_DECAY) if elapsed > 0 else exp(elapsed / EVALUATION_SKEW)


def _span(elapsed: EpochMillis) -> str:
    seconds = max(0, round(elapsed / SECOND))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


CAUSE_LAG: Final = 5 * MINUTE
"""The longest time by which a slower alarm may report a cause after its symptoms."""

EXPLAINS: Final = 0.8
"""Score of an incident whose every root service the alert explains."""
SCORE_BY_HOPS: Final = {1: 0.8, 2: 0.55, 3: 0.35}
"""Score of a chain of calls by its length, if no service between has an alert."""
STRONGEST_LINK: Final = max(EXPLAINS, *SCORE_BY_HOPS.values())
"""From this score on no dependency can win, so none is searched."""
TRAFFIC_FACTOR: Final = 0.75
"""Factor for a change of traffic after a caller's failure, which is less certain than a callee's failure."""
LATEST_ONSET_FACTOR: Final = 0.7
"""Factor for an alert that follows the latest onset of a failure, not its first: it may be chance."""

_CALLS: Final = {
    1: "{} calls {}, which failed {} before",
    2: "{} calls {} through one other service, which failed {} before",
    3: "{} calls {} through two other services, which failed {} before",
}
_CALLED: Final = {
    1: "{}, which calls {}, failed {} before",
    2: "{}, which calls {} through one other service, failed {} before",
    3: "{}, which calls {} through two other services, failed {} before",
}
NON_FAILURES: Final = frozenset({FailureSignal.TRAFFIC, FailureSignal.UNRELATED})
_STOPPING: Final = (FailureSignal.FAULT, FailureSignal.ERRORS)
"""Signals of a service that may no longer call others."""


def dependency_candidates(
    new: IncomingAlert, index: IncidentIndex, explained: Sequence[IncidentState]
) -> Iterable[Candidate]:
    """Yields incidents that are linked to the alert by dependencies.

    Latency, errors and faults travel from a callee to its callers; a change of traffic travels from a
    caller to its callees. `explained` are the incidents whose every root service the alert explains."""
    if new.signal is FailureSignal.UNRELATED or not new.service:
        return
    if new.signal is FailureSignal.TRAFFIC:
        yield from _callers_that_failed(new, index)
        return
    yield from _callees_that_failed(new, index)
    template = "{} explains every root service of the incident"
    for incident in explained:
        yield Candidate(EXPLAINS, incident, Reason.DEPENDENCY, template, (new.service,))


def _callees_that_failed(new: IncomingAlert, index: IncidentIndex) -> Iterable[Candidate]:
    for callee, hops in index.topology.callees(new.service).items():
        for incident in index.affected_by_service(callee, new.at):
            impact = incident.services[callee]
            same_signal = new.signal in impact.signals
            onsets = [impact.signals[new.signal]] if same_signal else _failure_onsets(impact)
            if onsets and _is_active(impact, new.at):
                score = (
                    SCORE_BY_HOPS[hops]
                    * (1.0 if same_signal else COMPATIBILITY[new.signal])
                    * _time_factor(onsets, new.at)
                )
                facts = (new.service, callee, new.at - min(onsets)[0])
                yield Candidate(score, incident, Reason.DEPENDENCY, _CALLS[hops], facts)


def _callers_that_failed(new: IncomingAlert, index: IncidentIndex) -> Iterable[Candidate]:
    for caller, hops in index.topology.callers(new.service).items():
        for incident in index.affected_by_service(caller, new.at):
            impact = incident.services[caller]
            onsets = [impact.signals[signal] for signal in _STOPPING if signal in impact.signals]
            if onsets and _is_active(impact, new.at):
                is_root = FailureSignal.FAULT in impact.signals or caller in root_services(
                    incident, index.topology
                )
                score = (
                    TRAFFIC_FACTOR
                    * SCORE_BY_HOPS[hops]
                    * (1.0 if is_root else COMPATIBILITY[FailureSignal.FAULT])
                )
                facts = (caller, new.service, new.at - min(onsets)[0])
                score *= _time_factor(onsets, new.at)
                yield Candidate(score, incident, Reason.DEPENDENCY, _CALLED[hops], facts)


def explains(new: IncomingAlert, incident: IncidentState, index: IncidentIndex) -> bool:
    """Returns whether the alert's service explains every root service of the incident.

    It explains a caller that shows no fault of its own, and a callee that shows only a change of traffic.
    The alert must be at most `CAUSE_LAG` later than the incident, or two minutes earlier."""
    if not -2 * EVALUATION_SKEW <= new.at - incident.opened_at <= CAUSE_LAG:
        return False
    callers, callees = index.topology.callers(new.service), index.topology.callees(new.service)
    for name in root_services(incident, index.topology):
        signals = incident.services[name].signals.keys()
        dependent = name in callers and not signals & {FailureSignal.FAULT, FailureSignal.UNRELATED}
        starved = name in callees and signals == {FailureSignal.TRAFFIC}
        if not dependent and not starved:
            return False
    return True


def _is_active(impact: ServiceImpact, at: EpochMillis) -> bool:
    return impact.firing > 0 or at - impact.cleared_at <= JOIN_GRACE


def _failure_onsets(impact: ServiceImpact) -> list[tuple[EpochMillis, EpochMillis]]:
    return [onset for signal, onset in impact.signals.items() if signal not in NON_FAILURES]


def _time_factor(onsets: Sequence[tuple[EpochMillis, EpochMillis]], at: EpochMillis) -> float:
    """Returns the best time factor of an alert after one of these (first, latest) onsets."""
    best = 0.0
    for first, last in onsets:
        best = max(best, time_decay(at - first), LATEST_ONSET_FACTOR * time_decay(at - last))
    return best


REPEAT_DECAY: Final = 3 * HOUR
"""Sources repeat a firing alert every few hours. The score that a later one is still the same firing falls
to 1/e in this time."""

LOST_RESOLUTION: Final = "fired again; its resolution was not received"

SAME_ALERT: Final = 0.95
SAME_SERVICE: Final = 0.85
SAME_RESOURCE: Final = 0.8
SAME_WINDOW: Final = 1.0
"""Scores of a candidate by what it shares with the alert."""
REOPENED_FACTOR: Final = 0.8
"""Factor for an alert that fires again after its whole incident resolved."""

SPECIFIC_RESOURCES: Final = (
    "pod:", "task:", "instance:", "host:", "node:", "db:", "cache:", "queue:", "topic:", "stream:", "table:",
    "function:", "lb:", "targetgroup:", "deployment:", "statefulset:", "daemonset:", "bucket:", "api:",
    "statemachine:", "broker:", "volume:", "filesystem:", "natgateway:", "vpn:", "distribution:", "asg:",
)  # fmt: skip
"""Kinds of resources that few services share. A cluster, a namespace or a region links no alerts."""


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
        yield from _same_service(new, index, affected)


def maintenance_candidates(new: IncomingAlert, index: IncidentIndex) -> Iterable[Candidate]:
    """Yields the incidents of the alert's maintenance window, and those that name the machine under work."""
    for incident in index.by_window(new.window):
        yield Candidate(SAME_WINDOW, incident, Reason.SHARED_RESOURCE, "part of {}", (new.window,))
    for incident in index.by_resource(new.machine, new.at):
        score = SAME_RESOURCE * time_decay(new.at - incident.resources[new.machine])
        yield Candidate(score, incident, Reason.SHARED_RESOURCE, "{} is under maintenance", (new.machine,))


def _same_resource(new: IncomingAlert, index: IncidentIndex) -> Iterable[Candidate]:
    for resource in new.alert.resources:
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
        if same_signal and impact.firing:
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
        best = _better(best, dependency_candidates(new, index, same))
    return best, same


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
