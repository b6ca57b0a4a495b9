"""Whose company a new alert belongs in: the open incidents around it, each with a score and the evidence."""

from collections.abc import Iterable, Mapping
from math import exp
from typing import Final

import msgspec

from cloudops.domain.alert import Alert, Instant
from cloudops.domain.decision import Reason
from cloudops.domain.scope_state import HOUR, MINUTE, IncidentState, Trouble
from cloudops.domain.sign import Sign
from cloudops.domain.topology import Topology

QUIET_GAP: Final = 2 * HOUR
"""An incident that nothing was heard of for so long takes no more company."""
FADE: Final = 15 * MINUTE
"""Failures follow their cause within minutes: the chance of a link falls to 1/e in this time."""
SKEW: Final = 2 * MINUTE
"""Alarms evaluate by the minute, so a symptom may be told of a little before its cause."""
CAUSE_LAG: Final = 5 * MINUTE
"""A cause may be told of later than its symptoms, by a slower alarm, but not much later."""
ENOUGH: Final = 0.2
"""The score from which an alert joins; below it stands alone."""

BY_HOPS: Final = {1: 0.8, 2: 0.55, 3: 0.35}
"""How strongly a chain of calls links, by its length where nothing between is known to suffer."""
SAME_SERVICE: Final = 0.9
SAME_RESOURCE: Final = 0.8
SPECIFIC: Final = frozenset(
    {"pod", "container", "task", "instance", "host", "node", "database", "queue", "table", "function",
     "loadbalancer", "targetgroup", "deployment", "statefulset", "daemonset", "bucket", "stream"}
)  # fmt: skip
"""Kinds of resources that few services share. A cluster, a namespace or a region links nothing."""
MAINTENANCE: Final = "maintenance"
_NONE: Final[Mapping[str, IncidentState]] = {}


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

    def extend(self, incident: IncidentState, alert: Alert) -> None:
        """Make it findable by what an alert has just added to it."""
        if alert.service in incident.services:
            self._by_service.setdefault(alert.service, {})[incident.id] = incident
        for resource in alert.resources:
            if resource in incident.resources:
                self._by_resource.setdefault(resource, {})[incident.id] = incident

    def remove(self, incident: IncidentState) -> None:
        """Let it be found no more."""
        for service in incident.services:
            self._by_service[service].pop(incident.id, None)
        for resource in incident.resources:
            self._by_resource[resource].pop(incident.id, None)

    def find(self, alert: Alert, service: str, sign: Sign, at: Instant) -> list[Company]:
        """The incidents worth joining, best first."""
        found: dict[str, Company] = {}
        for company in self._around(alert, service, sign, at):
            if company.score >= ENOUGH:
                best = found.get(company.incident.id)
                if best is None or company.score > best.score:
                    found[company.incident.id] = company
        return sorted(found.values(), key=lambda one: (-one.score, one.incident.opened_at, one.incident.id))

    def explained(self, service: str, sign: Sign, at: Instant) -> list[IncidentState]:
        """The open incidents whose every root this service's own trouble would explain."""
        if sign is Sign.IDLE or sign is Sign.ASIDE or not service:
            return []
        near = [*self.topology.callers(service), *self.topology.callees(service)]
        there = {one.id: one for name in near for one in self._open(name, at)}
        return [one for one in there.values() if self._explains(service, one, at)]

    def _open(self, service: str, at: Instant) -> list[IncidentState]:
        return [one for one in self._by_service.get(service, _NONE).values() if _takes_company(one, at)]

    def _around(self, alert: Alert, service: str, sign: Sign, at: Instant) -> Iterable[Company]:
        yield from self._same_resource(alert, sign, at)
        if sign is Sign.ASIDE or not service:
            return
        yield from self._same_service(service, sign, at)
        if sign is Sign.IDLE:
            yield from self._below_a_failure(service, at)
        else:
            yield from self._above_a_failure(service, sign, at)
            for incident in self.explained(service, sign, at):
                why = f"{service} is called by what fails here, and explains it"
                yield Company(incident, BY_HOPS[1], Reason.DEPENDENCY, (why,))

    def _same_resource(self, alert: Alert, sign: Sign, at: Instant) -> Iterable[Company]:
        for resource in alert.resources:
            kind = resource.partition(":")[0]
            if (kind in SPECIFIC and sign is not Sign.ASIDE) or kind == MAINTENANCE:
                for incident in self._by_resource.get(resource, _NONE).values():
                    if _takes_company(incident, at):
                        fade = 1.0 if kind == MAINTENANCE else _fade(at - incident.resources[resource])
                        why = f"shares {resource}"
                        yield Company(incident, SAME_RESOURCE * fade, Reason.SHARED_RESOURCE, (why,))

    def _same_service(self, service: str, sign: Sign, at: Instant) -> Iterable[Company]:
        for incident in self._open(service, at):
            quiet = at - incident.services[service].last_at
            why = f"{service} already suffers in it, last {_span(quiet)} ago"
            yield Company(incident, max(ENOUGH, SAME_SERVICE * _fade(quiet)), Reason.SAME_SERVICE, (why,))

    def _above_a_failure(self, service: str, sign: Sign, at: Instant) -> Iterable[Company]:
        for callee, hops in self.topology.callees(service).items():
            for incident in self._open(callee, at):
                trouble = incident.services[callee]
                onset = _onset(trouble, sign)
                lag = at - onset
                if lag < -SKEW or not trouble.signs.keys() - {Sign.IDLE}:
                    continue
                kinship = 1.0 if sign in trouble.signs else 0.85 if sign is not Sign.OWN else 0.6
                score = BY_HOPS[hops] * kinship * _fade(max(0, lag))
                why = f"{service} calls {callee}{_through(hops)}, which failed {_span(lag)} before"
                yield Company(incident, score, Reason.DEPENDENCY, (why,))

    def _below_a_failure(self, service: str, at: Instant) -> Iterable[Company]:
        for caller, hops in self.topology.callers(service).items():
            for incident in self._open(caller, at):
                trouble = incident.services[caller]
                if not trouble.signs.keys() & {Sign.OWN, Sign.FAILING}:
                    continue
                lag = at - trouble.first_at
                why = f"{caller}, which calls {service}{_through(hops)}, failed {_span(lag)} before"
                yield Company(incident, 0.75 * BY_HOPS[hops] * _fade(max(0, lag)), Reason.DEPENDENCY, (why,))

    def _explains(self, service: str, incident: IncidentState, at: Instant) -> bool:
        """Every root of the incident calls this service and shows nothing that is its own fault, or is
        only idle for want of this service's calls."""
        if not -SKEW <= at - incident.opened_at <= CAUSE_LAG:
            return False
        callers, callees = self.topology.callers(service), self.topology.callees(service)
        for name in roots(incident, self.topology):
            signs = incident.services[name].signs.keys()
            suffers = name in callers and Sign.OWN not in signs
            starved = name in callees and signs == {Sign.IDLE}
            if name != service and not suffers and not starved:
                return False
        return True


def roots(incident: IncidentState, topology: Topology) -> list[str]:
    """The services of the incident that call no other one that suffers in it: where it may have begun."""
    active = {name for name, trouble in incident.services.items() if trouble.signs.keys() - {Sign.IDLE}}
    return [name for name in active or incident.services if not active & topology.callees(name).keys()]


def _onset(trouble: Trouble, sign: Sign) -> Instant:
    return trouble.signs.get(sign, trouble.first_at)


def _takes_company(incident: IncidentState, at: Instant) -> bool:
    if incident.closed_by_operator or at - incident.active_at > QUIET_GAP:
        return False
    return incident.cleared_at is None or at <= incident.cleared_at


def _fade(elapsed: Instant) -> float:
    return exp(-elapsed / FADE) if elapsed > 0 else 1.0


def _span(elapsed: Instant) -> str:
    seconds = max(0, round(elapsed / 1000))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _through(hops: int) -> str:
    return "" if hops == 1 else f" through {hops - 1} other"
