"""What an alert shares with an incident by itself: its own past, a resource, its service, or planned work."""

from collections.abc import Iterable
from math import exp
from typing import Final

from cloudops.domain.alert import Instant
from cloudops.domain.company import ENOUGH, KINSHIP, Company, fade
from cloudops.domain.decision import Reason
from cloudops.domain.neighbourhood import Neighbourhood, roots
from cloudops.domain.newcomer import Newcomer
from cloudops.domain.scope_state import HOUR, AlertState, IncidentState
from cloudops.domain.sign import Sign

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


def again(incident: IncidentState, known: AlertState, at: Instant) -> Company:
    """The incident that an alert was part of, when it fires again."""
    quiet = at - known.changed_at
    if known.firing:
        score = SAME_ALERT * exp(-quiet / SILENCE)
        return Company(score, incident, Reason.SAME_ALERT, "it fires anew; its clearing was not told")
    score = SAME_ALERT * fade(quiet) * (1.0 if incident.cleared_at is None else RETURNED)
    return Company(score, incident, Reason.SAME_ALERT, "it fires again {} after it cleared", (quiet,))


def at_hand(new: Newcomer, near: Neighbourhood, suffering: Iterable[IncidentState]) -> Iterable[Company]:
    """By its resources, or by its service, of which `suffering` are the incidents."""
    yield from _same_resource(new, near)
    if new.sign is not Sign.ASIDE:
        yield from _same_service(new, near, suffering)


def same_work(new: Newcomer, near: Neighbourhood) -> Iterable[Company]:
    """Planned work keeps to itself: the same window, or the machine that it has just been seen on."""
    for incident in near.work(new.window):
        yield Company(SAME_WINDOW, incident, Reason.SHARED_RESOURCE, "part of {}", (new.window,))
    for incident in near.naming(new.machine, new.at):
        score = SAME_RESOURCE * fade(new.at - incident.resources[new.machine])
        yield Company(score, incident, Reason.SHARED_RESOURCE, "{} is worked on", (new.machine,))


def _same_resource(new: Newcomer, near: Neighbourhood) -> Iterable[Company]:
    for resource in new.alert.resources:
        if not resource.startswith(SPECIFIC):
            continue
        for incident in near.naming(resource, new.at):
            if resource == new.machine if incident.window else new.sign is not Sign.ASIDE:
                score = SAME_RESOURCE * fade(new.at - incident.resources[resource])
                yield Company(score, incident, Reason.SHARED_RESOURCE, "shares {}", (resource,))


def _same_service(
    new: Newcomer, near: Neighbourhood, suffering: Iterable[IncidentState]
) -> Iterable[Company]:
    for incident in suffering:
        trouble = incident.services[new.service]
        if Sign.ASIDE in trouble.signs and len(trouble.signs) == 1:
            continue
        akin = (
            new.sign in trouble.signs
            or new.sign is Sign.LOAD
            or new.service in roots(incident, near.topology)
        )
        score = SAME_SERVICE * (1.0 if akin else KINSHIP[new.sign]) * fade(new.at - trouble.last_at)
        if akin and trouble.firing:
            score = max(ENOUGH, score)
        facts = (new.service, new.at - trouble.first_at)
        yield Company(score, incident, Reason.SAME_SERVICE, "{} suffers in it since {}", facts)
