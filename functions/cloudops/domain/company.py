"""Whose company a new alert belongs in: the open incidents around it, each with a score and the evidence."""

from collections.abc import Iterable, Mapping, Sequence
from math import exp
from typing import Final

import msgspec

from cloudops.domain.alert import Alert, Instant
from cloudops.domain.decision import Reason
from cloudops.domain.maintenance import machine_of, window_of
from cloudops.domain.scope_state import HOUR, MINUTE, AlertState, IncidentState, Trouble
from cloudops.domain.sign import Sign
from cloudops.domain.topology import Topology

QUIET_GAP: Final = 2 * HOUR
"""An incident that nothing was heard of for so long takes no more company."""
FADE: Final = 10 * MINUTE
"""Failures follow their cause within minutes: the chance of a link falls to 1/e in this time."""
SKEW: Final = MINUTE
"""Alarms evaluate by the minute, so a symptom may be told of a little before its cause: the chance of
that falls to 1/e in this time."""
SILENCE: Final = 3 * HOUR
"""A firing alert is told again every few hours at the most: the chance that it still is the same firing
falls to 1/e in this time."""
GRACE: Final = 90_000
"""Alarms that look at the last minute or two may tell of a failure a little after it has cleared."""
CAUSE_LAG: Final = 5 * MINUTE
"""A cause may be told of later than its symptoms, by a slower alarm, but not much later."""
ENOUGH: Final = 0.2
"""The score from which an alert joins; below it stands alone."""

BY_HOPS: Final = {1: 0.8, 2: 0.55, 3: 0.35}
"""How strongly a chain of calls links, by its length where nothing between is known to suffer."""
SAME_ALERT: Final = 0.95
SAME_SERVICE: Final = 0.85
SAME_RESOURCE: Final = 0.8
SAME_WINDOW: Final = 1.0
RENEWED: Final = 0.7
"""What follows a failure's latest outbreak, and not its first, may well have come together by chance."""
RETURNED: Final = 0.8
"""An alert that returns after its incident was over is somewhat less surely the same problem."""
BELOW: Final = 0.75
"""Losing traffic follows a caller's failure less surely than failing follows a callee's."""
KINSHIP: Final = {Sign.OWN: 0.6, Sign.SLOW: 0.85, Sign.FAILING: 0.85}
"""How well a failure explains a sign that it does not show itself."""
SPECIFIC: Final = frozenset(
    {"pod", "task", "instance", "host", "node", "db", "cache", "queue", "topic", "stream", "table",
     "function", "lb", "targetgroup", "deployment", "statefulset", "daemonset", "bucket", "api",
     "statemachine", "broker", "volume", "filesystem", "natgateway", "vpn", "distribution", "asg"}
)  # fmt: skip
"""Kinds of resources that few services share. A cluster, a namespace or a region links nothing."""
_NONE: Final[Mapping[str, IncidentState]] = {}
_QUIET_SIGNS: Final = frozenset({Sign.LOAD, Sign.ASIDE})
_STOPPING: Final = (Sign.OWN, Sign.FAILING)
"""Signs of a service that may no longer call others."""


class Company(msgspec.Struct, frozen=True):
    """One incident that an alert could join."""

    incident: IncidentState
    score: float
    reason: Reason
    evidence: tuple[str, ...]


class Neighbourhood:
    """The incidents that still take company, findable by service and by resource."""

    def __init__(self, incidents: Iterable[IncidentState], topology: Topology) -> None:
        self.topology = topology
        self._by_service: dict[str, dict[str, IncidentState]] = {}
        self._by_resource: dict[str, dict[str, IncidentState]] = {}
        for incident in incidents:
            self.add(incident)

    def add(self, incident: IncidentState) -> None:
        """Make an incident findable by all that is known of it."""
        for service in incident.services:
            self._by_service.setdefault(service, {})[incident.id] = incident
        for resource in incident.resources:
            self._by_resource.setdefault(resource, {})[incident.id] = incident

    def remove(self, incident: IncidentState) -> None:
        """Let it be found no more."""
        for service in incident.services:
            self._by_service.get(service, {}).pop(incident.id, None)
        for resource in incident.resources:
            self._by_resource.get(resource, {}).pop(incident.id, None)

    def is_worked_on(self, machine: str) -> bool:
        """Whether planned work has been seen on this machine."""
        return any(one.window for one in self._by_resource.get(machine, _NONE).values())

    def find(self, alert: Alert, sign: Sign) -> list[Company]:
        """The incidents worth joining, best first."""
        found: dict[str, Company] = {}
        for company in self._around(alert, sign):
            best = found.get(company.incident.id)
            if company.score >= ENOUGH and (best is None or company.score > best.score):
                found[company.incident.id] = company
        return sorted(found.values(), key=lambda one: (-one.score, one.incident.opened_at, one.incident.id))

    def bridged(self, alert: Alert, sign: Sign) -> list[IncidentState]:
        """The open incidents that this alert shows to be one and the same problem."""
        if not window_of(alert):
            return self.explained(alert.service, sign, alert.occurred_at)
        machine = machine_of(alert)
        there = self._by_resource.get(machine, _NONE).values()
        return [
            one for one in there if _is_only_about(machine, one) and takes_company(one, alert.occurred_at)
        ]

    def explained(self, service: str, sign: Sign, at: Instant) -> list[IncidentState]:
        """The open incidents whose every root this service's own trouble would explain."""
        if sign in _QUIET_SIGNS or not service:
            return []
        near = [*self.topology.callers(service), *self.topology.callees(service)]
        there = {one.id: one for name in near for one in self._open(name, at)}
        others = [one for one in there.values() if service not in one.services]
        return [one for one in others if self._explains(service, one, at)]

    def _open(self, service: str, at: Instant) -> list[IncidentState]:
        there = self._by_service.get(service, _NONE).values()
        return [one for one in there if not one.window and takes_company(one, at)]

    def _around(self, alert: Alert, sign: Sign) -> Iterable[Company]:
        at, service = alert.occurred_at, alert.service
        window = window_of(alert)
        if window:
            yield from self._same_work(window, alert)
            return
        yield from self._same_resource(alert, sign)
        if sign is Sign.ASIDE or not service:
            return
        yield from self._same_service(service, sign, at)
        if sign is Sign.LOAD:
            yield from self._below_a_failure(service, at)
            return
        yield from self._above_a_failure(service, sign, at)
        why = f"{service} is called by all that fails here, and explains it"
        for incident in self.explained(service, sign, at):
            yield Company(incident, BY_HOPS[1], Reason.DEPENDENCY, (why,))

    def _same_work(self, window: str, alert: Alert) -> Iterable[Company]:
        """Planned work keeps to itself: the same window, or the machine that it has just been seen on."""
        for incident in self._by_resource.get(window, _NONE).values():
            yield Company(incident, SAME_WINDOW, Reason.SHARED_RESOURCE, (f"part of {window}",))
        machine = machine_of(alert)
        for incident in self._by_resource.get(machine, _NONE).values():
            if takes_company(incident, alert.occurred_at):
                score = SAME_RESOURCE * _fade(alert.occurred_at - incident.resources[machine])
                yield Company(incident, score, Reason.SHARED_RESOURCE, (f"{machine} is worked on",))

    def _same_resource(self, alert: Alert, sign: Sign) -> Iterable[Company]:
        at = alert.occurred_at
        machine = machine_of(alert)
        for resource in alert.resources:
            if resource.partition(":")[0] not in SPECIFIC:
                continue
            for incident in self._by_resource.get(resource, _NONE).values():
                if sign is Sign.ASIDE and not incident.window:
                    continue
                if takes_company(incident, at) and (not incident.window or resource == machine):
                    score = SAME_RESOURCE * _fade(at - incident.resources[resource])
                    yield Company(incident, score, Reason.SHARED_RESOURCE, (f"shares {resource}",))

    def _same_service(self, service: str, sign: Sign, at: Instant) -> Iterable[Company]:
        for incident in self._open(service, at):
            trouble = incident.services[service]
            if not trouble.signs.keys() - {Sign.ASIDE}:
                continue
            akin = sign in trouble.signs or sign is Sign.LOAD or service in roots(incident, self.topology)
            score = SAME_SERVICE * (1.0 if akin else KINSHIP[sign]) * _fade(at - trouble.last_at)
            if akin and trouble.firing:
                score = max(ENOUGH, score)
            why = f"{service} suffers in it since {_span(at - trouble.first_at)}"
            yield Company(incident, score, Reason.SAME_SERVICE, (why,))

    def _above_a_failure(self, service: str, sign: Sign, at: Instant) -> Iterable[Company]:
        for callee, hops in self.topology.callees(service).items():
            for incident in self._open(callee, at):
                trouble = incident.services[callee]
                failing = trouble.signs.keys() - _QUIET_SIGNS
                if not failing or not _lives(trouble, at):
                    continue
                akin = sign in failing
                onsets = [trouble.signs[one] for one in ((sign,) if akin else failing)]
                score = BY_HOPS[hops] * (1.0 if akin else KINSHIP[sign]) * _follows(onsets, at)
                lag = _span(at - min(first for first, _ in onsets))
                why = f"{service} calls {callee}{_through(hops)}, which failed {lag} before"
                yield Company(incident, score, Reason.DEPENDENCY, (why,))

    def _below_a_failure(self, service: str, at: Instant) -> Iterable[Company]:
        for caller, hops in self.topology.callers(service).items():
            for incident in self._open(caller, at):
                trouble = incident.services[caller]
                onsets = [trouble.signs[sign] for sign in _STOPPING if sign in trouble.signs]
                if onsets and _lives(trouble, at):
                    stopped = Sign.OWN in trouble.signs or caller in roots(incident, self.topology)
                    score = BELOW * BY_HOPS[hops] * (1.0 if stopped else KINSHIP[Sign.OWN])
                    lag = _span(at - min(first for first, _ in onsets))
                    why = f"{caller}, which calls {service}{_through(hops)}, failed {lag} before"
                    yield Company(incident, score * _follows(onsets, at), Reason.DEPENDENCY, (why,))

    def _explains(self, service: str, incident: IncidentState, at: Instant) -> bool:
        """Every root of the incident calls this service and shows nothing that is its own fault, or has
        only lost the traffic that this service would send it."""
        if not -2 * SKEW <= at - incident.opened_at <= CAUSE_LAG:
            return False
        callers, callees = self.topology.callers(service), self.topology.callees(service)
        for name in roots(incident, self.topology):
            signs = incident.services[name].signs.keys()
            suffers = name in callers and not signs & {Sign.OWN, Sign.ASIDE}
            starved = name in callees and signs == {Sign.LOAD}
            if not suffers and not starved:
                return False
        return True


def roots(incident: IncidentState, topology: Topology) -> list[str]:
    """The services of the incident that call no other one that suffers in it: where it may have begun."""
    active = {name for name, trouble in incident.services.items() if trouble.signs.keys() - {Sign.LOAD}}
    return [name for name in active or incident.services if not active & topology.callees(name).keys()]


def takes_company(incident: IncidentState, at: Instant) -> bool:
    """Whether anything new may still be a part of it."""
    if incident.closed_by_operator or at - incident.active_at > QUIET_GAP:
        return False
    return incident.cleared_at is None or at - incident.cleared_at <= GRACE


def again(incident: IncidentState, known: AlertState, at: Instant) -> Company:
    """The incident that an alert was part of, when it fires again."""
    quiet = at - known.changed_at
    if known.firing:
        score = SAME_ALERT * exp(-quiet / SILENCE)
        return Company(incident, score, Reason.SAME_ALERT, ("it fires; no clearing was told",))
    score = SAME_ALERT * _fade(quiet) * (1.0 if incident.cleared_at is None else RETURNED)
    return Company(incident, score, Reason.SAME_ALERT, (f"it fires again {_span(quiet)} after it cleared",))


def _is_only_about(machine: str, incident: IncidentState) -> bool:
    """Whether every machine that the incident names is this one."""
    return not incident.window and all(
        resource == machine
        for resource in incident.resources
        if resource.startswith(machine.partition(":")[0])
    )


def _lives(trouble: Trouble, at: Instant) -> bool:
    return trouble.firing > 0 or at - trouble.cleared_at <= GRACE


def _follows(onsets: Sequence[tuple[Instant, Instant]], at: Instant) -> float:
    """How well the time fits for something that follows one of these: each a first and a latest outbreak."""
    return max(max(_fade(at - first), RENEWED * _fade(at - last)) for first, last in onsets)


def _fade(elapsed: Instant) -> float:
    return exp(-elapsed / FADE) if elapsed > 0 else exp(elapsed / SKEW)


def _span(elapsed: Instant) -> str:
    seconds = max(0, round(elapsed / 1000))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _through(hops: int) -> str:
    return "" if hops == 1 else f" through {hops - 1} other{'s' if hops > 2 else ''}"
