"""How the calls between services link an alert to an incident, as its sign and the time allow."""

from collections.abc import Iterable, Sequence
from math import exp
from typing import Final

import msgspec

from cloudops.core.ids import IncidentId
from cloudops.core.time import HOUR, MINUTE, SECOND, EpochMillis
from cloudops.correlation.decision import Reason
from cloudops.correlation.incident_index import GRACE, IncidentIndex, root_services
from cloudops.correlation.incoming_alert import FailureSignal, IncomingAlert
from cloudops.correlation.state import AlertState, IncidentState, ServiceImpact

FADE: Final = 10 * MINUTE
"""Failures follow their cause within minutes: the chance of a link falls to 1/e in this time."""
SKEW: Final = MINUTE
"""Alarms evaluate by the minute, so a symptom may be told of a little before its cause: the chance of
that falls to 1/e in this time."""

ENOUGH: Final = 0.2
"""The score from which an alert joins; below it stands alone."""
COMPATIBILITY: Final = {FailureSignal.FAULT: 0.6, FailureSignal.LATENCY: 0.85, FailureSignal.ERRORS: 0.85}
"""How well a failure explains a sign that it does not show itself."""


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """An incident that an alert could join; `words` and `facts` are the evidence, put together when asked."""

    score: float
    incident: IncidentState
    reason: Reason
    words: str
    facts: tuple[str | EpochMillis, ...] = ()

    @property
    def evidence(self) -> tuple[str, ...]:
        """One sentence; of the facts, times are told as a person would."""
        told = [_span(fact) if isinstance(fact, int) else fact for fact in self.facts]
        return (self.words.format(*told),)


def time_decay(elapsed: EpochMillis) -> float:
    return exp(-elapsed / FADE) if elapsed > 0 else exp(elapsed / SKEW)


def _span(elapsed: EpochMillis) -> str:
    seconds = max(0, round(elapsed / SECOND))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


CAUSE_LAG: Final = 5 * MINUTE
"""A cause may be told of later than its symptoms, by a slower alarm, but not much later."""

EXPLAINS: Final = 0.8
BY_HOPS: Final = {1: 0.8, 2: 0.55, 3: 0.35}
"""How strongly a chain of calls links, by its length where nothing between is known to suffer."""
STRONGEST_LINK: Final = max(EXPLAINS, *BY_HOPS.values())
"""No link along the calls can outweigh company of a higher score, so none is looked for."""
BELOW: Final = 0.75
"""Losing traffic follows a caller's failure less surely than failing follows a callee's."""
RENEWED: Final = 0.7
"""What follows a failure's latest outbreak, and not its first, may well have come together by chance."""

_CALLS: Final = {
    1: "{} calls {}, which failed {} before",
    2: "{} calls {} through another, which failed {} before",
    3: "{} calls {} through two others, which failed {} before",
}
_CALLED: Final = {
    1: "{}, which calls {}, failed {} before",
    2: "{}, which calls {} through another, failed {} before",
    3: "{}, which calls {} through two others, failed {} before",
}
QUIET_SIGNS: Final = frozenset({FailureSignal.TRAFFIC, FailureSignal.UNRELATED})
_STOPPING: Final = (FailureSignal.FAULT, FailureSignal.ERRORS)
"""Signs of a service that may no longer call others."""


def dependency_candidates(
    new: IncomingAlert, near: IncidentIndex, explained: Sequence[IncidentState]
) -> Iterable[Candidate]:
    """By the calls between services, as the sign of the alert allows."""
    if new.sign is FailureSignal.UNRELATED or not new.service:
        return
    if new.sign is FailureSignal.TRAFFIC:
        yield from _below_a_failure(new, near)
        return
    yield from _above_a_failure(new, near)
    words = "{} is called by all that fails here, and explains it"
    for incident in explained:
        yield Candidate(EXPLAINS, incident, Reason.DEPENDENCY, words, (new.service,))


def _above_a_failure(new: IncomingAlert, near: IncidentIndex) -> Iterable[Candidate]:
    for callee, hops in near.topology.callees(new.service).items():
        for incident in near.affected_by_service(callee, new.at):
            trouble = incident.services[callee]
            akin = new.sign in trouble.signs
            onsets = [trouble.signs[new.sign]] if akin else _failings(trouble)
            if onsets and _lives(trouble, new.at):
                score = BY_HOPS[hops] * (1.0 if akin else COMPATIBILITY[new.sign]) * _follows(onsets, new.at)
                facts = (new.service, callee, new.at - min(onsets)[0])
                yield Candidate(score, incident, Reason.DEPENDENCY, _CALLS[hops], facts)


def _below_a_failure(new: IncomingAlert, near: IncidentIndex) -> Iterable[Candidate]:
    for caller, hops in near.topology.callers(new.service).items():
        for incident in near.affected_by_service(caller, new.at):
            trouble = incident.services[caller]
            onsets = [trouble.signs[sign] for sign in _STOPPING if sign in trouble.signs]
            if onsets and _lives(trouble, new.at):
                stopped = FailureSignal.FAULT in trouble.signs or caller in root_services(
                    incident, near.topology
                )
                score = BELOW * BY_HOPS[hops] * (1.0 if stopped else COMPATIBILITY[FailureSignal.FAULT])
                facts = (caller, new.service, new.at - min(onsets)[0])
                score *= _follows(onsets, new.at)
                yield Candidate(score, incident, Reason.DEPENDENCY, _CALLED[hops], facts)


def explains(new: IncomingAlert, incident: IncidentState, near: IncidentIndex) -> bool:
    """Every root of the incident calls this service and shows nothing that is its own fault, or has only
    lost the traffic that this service would send it."""
    if not -2 * SKEW <= new.at - incident.opened_at <= CAUSE_LAG:
        return False
    callers, callees = near.topology.callers(new.service), near.topology.callees(new.service)
    for name in root_services(incident, near.topology):
        signs = incident.services[name].signs.keys()
        suffers = name in callers and not signs & {FailureSignal.FAULT, FailureSignal.UNRELATED}
        starved = name in callees and signs == {FailureSignal.TRAFFIC}
        if not suffers and not starved:
            return False
    return True


def _lives(trouble: ServiceImpact, at: EpochMillis) -> bool:
    return trouble.firing > 0 or at - trouble.cleared_at <= GRACE


def _failings(trouble: ServiceImpact) -> list[tuple[EpochMillis, EpochMillis]]:
    return [onset for sign, onset in trouble.signs.items() if sign not in QUIET_SIGNS]


def _follows(onsets: Sequence[tuple[EpochMillis, EpochMillis]], at: EpochMillis) -> float:
    """How well the time fits for something that follows one of these: each a first and a latest outbreak."""
    best = 0.0
    for first, last in onsets:
        best = max(best, time_decay(at - first), RENEWED * time_decay(at - last))
    return best


SILENCE: Final = 3 * HOUR
"""A firing alert is told again every few hours at the most: the chance that it still is the same firing
falls to 1/e in this time."""

SAME_ALERT: Final = 0.95
SAME_SERVICE: Final = 0.85
SAME_RESOURCE: Final = 0.8
SAME_WINDOW: Final = 1.0
RETURNED: Final = 0.8
"""An alert that returns after its incident was over is somewhat less surely the same problem."""

SPECIFIC: Final = (
    "pod:", "task:", "instance:", "host:", "node:", "db:", "cache:", "queue:", "topic:", "stream:", "table:",
    "function:", "lb:", "targetgroup:", "deployment:", "statefulset:", "daemonset:", "bucket:", "api:",
    "statemachine:", "broker:", "volume:", "filesystem:", "natgateway:", "vpn:", "distribution:", "asg:",
)  # fmt: skip
"""Kinds of resources that few services share. A cluster, a namespace or a region links nothing."""


def refire_candidate(incident: IncidentState, known: AlertState, at: EpochMillis) -> Candidate:
    """The incident that an alert was part of, when it fires again."""
    quiet = at - known.changed_at
    if known.firing:
        score = SAME_ALERT * exp(-quiet / SILENCE)
        return Candidate(score, incident, Reason.SAME_ALERT, "it fires anew; its clearing was not told")
    score = SAME_ALERT * time_decay(quiet) * (1.0 if incident.cleared_at is None else RETURNED)
    return Candidate(score, incident, Reason.SAME_ALERT, "it fires again {} after it cleared", (quiet,))


def direct_candidates(
    new: IncomingAlert, near: IncidentIndex, suffering: Iterable[IncidentState]
) -> Iterable[Candidate]:
    """By its resources, or by its service, of which `suffering` are the incidents."""
    yield from _same_resource(new, near)
    if new.sign is not FailureSignal.UNRELATED:
        yield from _same_service(new, near, suffering)


def maintenance_candidates(new: IncomingAlert, near: IncidentIndex) -> Iterable[Candidate]:
    """Planned work keeps to itself: the same window, or the machine that it has just been seen on."""
    for incident in near.work(new.window):
        yield Candidate(SAME_WINDOW, incident, Reason.SHARED_RESOURCE, "part of {}", (new.window,))
    for incident in near.by_resource(new.machine, new.at):
        score = SAME_RESOURCE * time_decay(new.at - incident.resources[new.machine])
        yield Candidate(score, incident, Reason.SHARED_RESOURCE, "{} is worked on", (new.machine,))


def _same_resource(new: IncomingAlert, near: IncidentIndex) -> Iterable[Candidate]:
    for resource in new.alert.resources:
        if not resource.startswith(SPECIFIC):
            continue
        for incident in near.by_resource(resource, new.at):
            if resource == new.machine if incident.window else new.sign is not FailureSignal.UNRELATED:
                score = SAME_RESOURCE * time_decay(new.at - incident.resources[resource])
                yield Candidate(score, incident, Reason.SHARED_RESOURCE, "shares {}", (resource,))


def _same_service(
    new: IncomingAlert, near: IncidentIndex, suffering: Iterable[IncidentState]
) -> Iterable[Candidate]:
    for incident in suffering:
        trouble = incident.services[new.service]
        if FailureSignal.UNRELATED in trouble.signs and len(trouble.signs) == 1:
            continue
        akin = (
            new.sign in trouble.signs
            or new.sign is FailureSignal.TRAFFIC
            or new.service in root_services(incident, near.topology)
        )
        score = (
            SAME_SERVICE * (1.0 if akin else COMPATIBILITY[new.sign]) * time_decay(new.at - trouble.last_at)
        )
        if akin and trouble.firing:
            score = max(ENOUGH, score)
        facts = (new.service, new.at - trouble.first_at)
        yield Candidate(score, incident, Reason.SAME_SERVICE, "{} suffers in it since {}", facts)


def select_candidate(new: IncomingAlert, near: IncidentIndex) -> tuple[Candidate | None, list[IncidentState]]:
    """The incident that has most to say for it, or None where none has enough; and the incidents that the
    alert shows to be one and the same problem with it: of planned work, what it set off on the machine before
    it was known."""
    if new.window:
        before = [one for one in near.by_resource(new.machine, new.at) if _is_only_about(new.machine, one)]
        return _better(None, maintenance_candidates(new, near)), before
    suffering = near.affected_by_service(new.service, new.at)
    same = _bridged(new, near, suffering)
    best = _better(None, direct_candidates(new, near, suffering))
    if best is None or best.score < STRONGEST_LINK:
        best = _better(best, dependency_candidates(new, near, same))
    return best, same


def _better(best: Candidate | None, companies: Iterable[Candidate]) -> Candidate | None:
    for one in companies:
        if one.score >= ENOUGH and (best is None or one.score > best.score or _rank(one) < _rank(best)):
            best = one
    return best


def _rank(one: Candidate) -> tuple[float, EpochMillis, str]:
    return -one.score, one.incident.opened_at, one.incident.id


def _bridged(
    new: IncomingAlert, near: IncidentIndex, suffering: Iterable[IncidentState]
) -> list[IncidentState]:
    """The open incidents whose every root this service's own trouble would explain."""
    if new.sign in QUIET_SIGNS or not new.service:
        return []
    for one in suffering:
        if new.sign in one.services[new.service].signs:
            return []
    there: dict[IncidentId, IncidentState] = {}
    for name in (*near.topology.callers(new.service), *near.topology.callees(new.service)):
        for incident in near.affected_by_service(name, new.at):
            if new.service not in incident.services:
                there[incident.id] = incident
    return [one for one in there.values() if explains(new, one, near)]


def _is_only_about(machine: str, incident: IncidentState) -> bool:
    """Whether every machine that the incident names is this one."""
    kind = machine.partition(":")[0] + ":"
    named = [resource for resource in incident.resources if resource.startswith(kind)]
    return not incident.window and named == [machine]
