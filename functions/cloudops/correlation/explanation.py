"""The second layer of correlation: incidents that explain an alert along calls, or that it explains.

Latency, errors and faults travel from a callee to its callers. Lost traffic travels both ways.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from cloudops.core.time import MINUTE, EpochMillis
from cloudops.correlation.candidate import COMPATIBILITY, EVALUATION_SKEW, Candidate, time_decay
from cloudops.correlation.decision import Reason
from cloudops.correlation.incident_index import JOIN_GRACE, IncidentIndex, has_own_fault, root_services
from cloudops.correlation.incoming_alert import SYMPTOMS, FailureSignal, IncomingAlert
from cloudops.correlation.state import IncidentState, ServiceImpact

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


LOST_TRAFFIC_SCORE_BY_HOPS: Final = {1: 0.5, 2: 0.45, 3: 0.35}
"""Score of lost traffic near a failure, by the number of calls, each followed in either direction.

A producer that fails starves the consumers behind its broker, and a server that fails is no longer called
through its clients: such a path turns around, so it counts less than a chain of calls of the same length.
Without this rule ARI with a topology falls from 0.967 to 0.947."""
SILENT_CAUSE_SCORE: Final = 0.5
"""Score of two symptoms that share a callee without an alert: below a failed callee through one other
service (0.55), because what both call is only supposed to have failed."""

_NEAR: Final = {
    1: "{} failed {} before, and {} next to it lost traffic",
    2: "{} failed {} before, and {} two calls away lost traffic",
    3: "{} failed {} before, and {} three calls away lost traffic",
}
_BOTH_CALL: Final = "{} and {}, which failed {} before, both call {}, which has no alert"


def indirect_candidates(new: IncomingAlert, index: IncidentIndex) -> Iterable[Candidate]:
    """Yields incidents that a service or a broker between explains, where no direct call does.

    Lost traffic follows a failure within `MAX_HOPS` calls in either direction. A slow or failing service
    shares a cause with another one if both depend on a service without an alert, unless a root service of
    that incident shows a fault of its own: a fault of its own needs no other cause."""
    if not new.service:
        return
    if new.signal is FailureSignal.TRAFFIC:
        yield from _failures_nearby(new, index)
    elif new.signal in SYMPTOMS:
        yield from _with_a_silent_cause(new, index)


def _failures_nearby(new: IncomingAlert, index: IncidentIndex) -> Iterable[Candidate]:
    for name, hops in index.topology.neighbors(new.service).items():
        for incident in index.affected_by_service(name, new.at):
            impact = incident.services[name]
            onsets = _onsets_but(FailureSignal.UNRELATED, impact)
            if onsets and _is_active(impact, new.at):
                score = LOST_TRAFFIC_SCORE_BY_HOPS[hops] * _time_factor(onsets, new.at)
                facts = (name, new.at - min(onsets)[0], new.service)
                yield Candidate(score, incident, Reason.DEPENDENCY, _NEAR[hops], facts)


def _with_a_silent_cause(new: IncomingAlert, index: IncidentIndex) -> Iterable[Candidate]:
    callees = index.topology.callees(new.service)
    silent = [name for name in callees if not index.affected_by_service(name, new.at)]
    for cause in silent:
        for name in index.topology.callers(cause):
            for incident in index.affected_by_service(name, new.at):
                impact = incident.services[name]
                onsets = _failure_onsets(impact)
                if (
                    onsets
                    and name != new.service
                    and _is_active(impact, new.at)
                    and not has_own_fault(incident, index.topology)
                ):
                    score = SILENT_CAUSE_SCORE * _time_factor(onsets, new.at)
                    facts = (new.service, name, new.at - min(onsets)[0], cause)
                    yield Candidate(score, incident, Reason.DEPENDENCY, _BOTH_CALL, facts)


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


def _onsets_but(excluded: FailureSignal, impact: ServiceImpact) -> list[tuple[EpochMillis, EpochMillis]]:
    return [onset for signal, onset in impact.signals.items() if signal is not excluded]


def _time_factor(onsets: Sequence[tuple[EpochMillis, EpochMillis]], at: EpochMillis) -> float:
    """Returns the best time factor of an alert after one of these (first, latest) onsets."""
    best = 0.0
    for first, last in onsets:
        best = max(best, time_decay(at - first), LATEST_ONSET_FACTOR * time_decay(at - last))
    return best
