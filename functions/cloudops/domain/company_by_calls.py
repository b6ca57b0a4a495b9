"""How the calls between services link an alert to an incident, as its sign and the time allow."""

from collections.abc import Iterable, Sequence
from typing import Final

from cloudops.domain.alert import Instant
from cloudops.domain.company import KINSHIP, SKEW, Company, fade
from cloudops.domain.decision import Reason
from cloudops.domain.neighbourhood import GRACE, Neighbourhood, roots
from cloudops.domain.newcomer import Newcomer
from cloudops.domain.scope_state import MINUTE, IncidentState, Trouble
from cloudops.domain.sign import Sign

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
QUIET_SIGNS: Final = frozenset({Sign.LOAD, Sign.ASIDE})
_STOPPING: Final = (Sign.OWN, Sign.FAILING)
"""Signs of a service that may no longer call others."""


def linked(new: Newcomer, near: Neighbourhood, explained: Sequence[IncidentState]) -> Iterable[Company]:
    """By the calls between services, as the sign of the alert allows."""
    if new.sign is Sign.ASIDE or not new.service:
        return
    if new.sign is Sign.LOAD:
        yield from _below_a_failure(new, near)
        return
    yield from _above_a_failure(new, near)
    words = "{} is called by all that fails here, and explains it"
    for incident in explained:
        yield Company(EXPLAINS, incident, Reason.DEPENDENCY, words, (new.service,))


def _above_a_failure(new: Newcomer, near: Neighbourhood) -> Iterable[Company]:
    for callee, hops in near.topology.callees(new.service).items():
        for incident in near.suffering(callee, new.at):
            trouble = incident.services[callee]
            akin = new.sign in trouble.signs
            onsets = [trouble.signs[new.sign]] if akin else _failings(trouble)
            if onsets and _lives(trouble, new.at):
                score = BY_HOPS[hops] * (1.0 if akin else KINSHIP[new.sign]) * _follows(onsets, new.at)
                facts = (new.service, callee, new.at - min(onsets)[0])
                yield Company(score, incident, Reason.DEPENDENCY, _CALLS[hops], facts)


def _below_a_failure(new: Newcomer, near: Neighbourhood) -> Iterable[Company]:
    for caller, hops in near.topology.callers(new.service).items():
        for incident in near.suffering(caller, new.at):
            trouble = incident.services[caller]
            onsets = [trouble.signs[sign] for sign in _STOPPING if sign in trouble.signs]
            if onsets and _lives(trouble, new.at):
                stopped = Sign.OWN in trouble.signs or caller in roots(incident, near.topology)
                score = BELOW * BY_HOPS[hops] * (1.0 if stopped else KINSHIP[Sign.OWN])
                facts = (caller, new.service, new.at - min(onsets)[0])
                score *= _follows(onsets, new.at)
                yield Company(score, incident, Reason.DEPENDENCY, _CALLED[hops], facts)


def explains(new: Newcomer, incident: IncidentState, near: Neighbourhood) -> bool:
    """Every root of the incident calls this service and shows nothing that is its own fault, or has only
    lost the traffic that this service would send it."""
    if not -2 * SKEW <= new.at - incident.opened_at <= CAUSE_LAG:
        return False
    callers, callees = near.topology.callers(new.service), near.topology.callees(new.service)
    for name in roots(incident, near.topology):
        signs = incident.services[name].signs.keys()
        suffers = name in callers and not signs & {Sign.OWN, Sign.ASIDE}
        starved = name in callees and signs == {Sign.LOAD}
        if not suffers and not starved:
            return False
    return True


def _lives(trouble: Trouble, at: Instant) -> bool:
    return trouble.firing > 0 or at - trouble.cleared_at <= GRACE


def _failings(trouble: Trouble) -> list[tuple[Instant, Instant]]:
    return [onset for sign, onset in trouble.signs.items() if sign not in QUIET_SIGNS]


def _follows(onsets: Sequence[tuple[Instant, Instant]], at: Instant) -> float:
    """How well the time fits for something that follows one of these: each a first and a latest outbreak."""
    best = 0.0
    for first, last in onsets:
        best = max(best, fade(at - first), RENEWED * fade(at - last))
    return best
