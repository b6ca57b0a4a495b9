"""What was changed lately, and what that says about an incident: evidence for a rollback, or against one."""

from collections.abc import Iterable, Mapping, Sequence
from math import exp
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.alerts.alert import Scope
from cloudops.catalog.topology import Topology
from cloudops.changes.change import Change, ChangeSpan, RelatedChange
from cloudops.core.time import HOUR, MINUTE, EpochMillis

LOOK_BACK: Final = HOUR
"""Changes that ended longer before the incident are not put in connection with it."""
SLACK: Final = 2 * MINUTE
"""Clocks and alarms that evaluate by the minute: a cause may seem to come so much after its effect."""
FADE: Final = 20 * MINUTE
"""How much less a change says about what breaks later: its weight falls to 1/e in this time. Most bad
releases show within the first alarm periods; a leak takes longer."""
BY_HOPS: Final = {0: 1.0, 1: 0.6, 2: 0.35, 3: 0.2}
"""Weight by calls from the service that suffers to the service that was changed."""
CALLER: Final = 0.3
"""Weight of a change to a direct caller: it may ask more than before."""
MAX_RANKED: Final = 10


class SuspectChange(msgspec.Struct, frozen=True, array_like=True):
    """A change beside an incident: `hops` from the service that suffers, `gap` in milliseconds before that
    one's first alert, `weight` 0 to 1 by both."""

    course: ChangeSpan
    suffering: str
    hops: int
    gap: int
    weight: float
    reason: str


def note_of(one: SuspectChange) -> RelatedChange:
    change, course = one.course.change, one.course
    return RelatedChange(
        change.id,
        change.kind,
        change.state,
        change.service,
        change.title,
        change.version,
        change.actor,
        change.url,
        change.detail,
        course.started_at,
        course.ended_at,
        one.reason,
        one.weight,
    )


def courses(told: Iterable[Change]) -> list[ChangeSpan]:
    """One course a change, in order of start, whatever order and however often its states were told."""
    by_id: dict[str, list[Change]] = {}
    for change in told:
        by_id.setdefault(change.id, []).append(change)
    found = [_course(states) for states in by_id.values()]
    return sorted(found, key=lambda one: (one.started_at, one.change.id))


def _course(states: Sequence[Change]) -> ChangeSpan:
    ordered = sorted(states, key=lambda one: (one.at, one.state.is_final, one.state))
    last = ordered[-1]
    for earlier in reversed(ordered[:-1]):
        missing = {
            name: value
            for name in ("service", "environment", "version", "actor", "url", "detail")
            if not getattr(last, name) and (value := getattr(earlier, name))
        }
        last = replace(last, **missing)
    ended = [one.at for one in ordered if one.state.is_final]
    return ChangeSpan(last, ordered[0].at, ended[-1] if ended else None)


def find_suspects(
    told: Iterable[Change],
    scope: Scope,
    suffering: Mapping[str, EpochMillis],
    topology: Topology,
    fingerprints: Iterable[str] = (),
) -> tuple[SuspectChange, ...]:
    """The changes in the hour before that may have to do with it, the most telling first.

    `suffering` is service -> its first alert. A change of one of the incident's own alarms, told by
    `fingerprints`, is among them whatever its service."""
    own = frozenset(fingerprints)
    start = min(suffering.values(), default=0)
    found = []
    for course in courses(told):
        if not _may_be_here(course.change, scope):
            continue
        best = max(_links(course, suffering, topology), key=lambda one: one.weight, default=None)
        if best is None and course.change.fingerprint in own and _is_before(course, start):
            best = SuspectChange(
                course, "", 0, course.gap(start), _fade(course.gap(start)), "its own alarm changed"
            )
        if best is not None:
            found.append(best)
    found.sort(key=lambda one: (-one.weight, one.gap, one.course.change.id))
    return tuple(found[:MAX_RANKED])


def _links(
    course: ChangeSpan, suffering: Mapping[str, EpochMillis], topology: Topology
) -> Iterable[SuspectChange]:
    changed = course.change.service
    if not changed:
        return
    for name, first_at in suffering.items():
        if not _is_before(course, first_at):
            continue
        gap = course.gap(first_at)
        hops = 0 if name == changed else topology.hops(name, changed)
        if hops is not None:
            reason = f"{name} itself" if hops == 0 else f"{name} calls {changed}"
            yield SuspectChange(course, name, hops, gap, round(BY_HOPS[hops] * _fade(gap), 4), reason)
        elif topology.hops(changed, name) == 1:
            weight = round(CALLER * _fade(gap), 4)
            yield SuspectChange(course, name, 1, gap, weight, f"{changed} calls {name}")


def _is_before(course: ChangeSpan, at: EpochMillis) -> bool:
    return course.started_at <= at + SLACK and course.gap(at) <= LOOK_BACK


def _may_be_here(change: Change, scope: Scope) -> bool:
    pairs = (
        (change.account, scope.account),
        (change.environment, scope.environment),
        (change.region, scope.region),
    )
    return all(not told or not here or told == here for told, here in pairs)


def _fade(gap: int) -> float:
    return exp(-gap / FADE)
