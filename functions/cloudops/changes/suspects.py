"""Finds the changes that may have caused an incident, by time and by distance in the topology."""

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
"""Changes that ended earlier than this before the first alert are no suspects."""
CLOCK_TOLERANCE: Final = 2 * MINUTE
"""A cause may seem this much later than its effect: clocks differ, and alarms evaluate by the minute."""
FADE: Final = 20 * MINUTE
"""Time in which the weight of a change falls to 1/e. Most bad releases show within the first alarm
periods; a leak takes longer."""
BY_HOPS: Final = {0: 1.0, 1: 0.6, 2: 0.35, 3: 0.2}
"""Weight by the number of calls from the affected service to the changed service."""
CALLER: Final = 0.3
"""Weight of a change to a direct caller, which may send more load than before."""
MAX_RANKED: Final = 10


class SuspectChange(msgspec.Struct, frozen=True, array_like=True):
    """A change that may have caused an incident.

    `affected` is the service that links it, `hops` the calls from there to the changed service, `gap` the
    milliseconds from the change to that service's first alert, and `weight` (0 to 1) follows from both.
    """

    span: ChangeSpan
    affected: str
    hops: int
    gap: int
    weight: float
    reason: str


def related_change(one: SuspectChange) -> RelatedChange:
    """Returns what the incident's record keeps of a suspect."""
    change, span = one.span.change, one.span
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
        span.started_at,
        span.ended_at,
        one.reason,
        one.weight,
    )


def change_spans(states: Iterable[Change]) -> list[ChangeSpan]:
    """Returns one span a change, ordered by start. The order and repetition of `states` do not matter."""
    by_id: dict[str, list[Change]] = {}
    for change in states:
        by_id.setdefault(change.id, []).append(change)
    found = [_span(of_one) for of_one in by_id.values()]
    return sorted(found, key=lambda one: (one.started_at, one.change.id))


def _span(states: Sequence[Change]) -> ChangeSpan:
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
    states: Iterable[Change],
    scope: Scope,
    affected: Mapping[str, EpochMillis],
    topology: Topology,
    fingerprints: Iterable[str] = (),
) -> tuple[SuspectChange, ...]:
    """Returns the changes that may have caused an incident, the strongest first, at most MAX_RANKED.

    Args:
        states: States of changes, in any order.
        scope: Scope of the incident; an empty field of a change matches any scope.
        affected: Affected service -> time of its first alert.
        topology: Who calls whom.
        fingerprints: The incident's alerts. A change of one of these alarms is a suspect whatever its
        service.
    """
    own = frozenset(fingerprints)
    start = min(affected.values(), default=0)
    found = []
    for span in change_spans(states):
        if not _may_be_here(span.change, scope):
            continue
        best = max(_links(span, affected, topology), key=lambda one: one.weight, default=None)
        if best is None and span.change.fingerprint in own and _is_before(span, start):
            best = SuspectChange(
                span, "", 0, span.gap(start), _fade(span.gap(start)), "its own alarm changed"
            )
        if best is not None:
            found.append(best)
    found.sort(key=lambda one: (-one.weight, one.gap, one.span.change.id))
    return tuple(found[:MAX_RANKED])


def _links(
    span: ChangeSpan, affected: Mapping[str, EpochMillis], topology: Topology
) -> Iterable[SuspectChange]:
    changed = span.change.service
    if not changed:
        return
    for name, first_at in affected.items():
        if not _is_before(span, first_at):
            continue
        gap = span.gap(first_at)
        hops = 0 if name == changed else topology.hops(name, changed)
        if hops is not None:
            reason = f"{name} itself" if hops == 0 else f"{name} calls {changed}"
            yield SuspectChange(span, name, hops, gap, round(BY_HOPS[hops] * _fade(gap), 4), reason)
        elif topology.hops(changed, name) == 1:
            weight = round(CALLER * _fade(gap), 4)
            yield SuspectChange(span, name, 1, gap, weight, f"{changed} calls {name}")


def _is_before(span: ChangeSpan, at: EpochMillis) -> bool:
    return span.started_at <= at + CLOCK_TOLERANCE and span.gap(at) <= LOOK_BACK


def _may_be_here(change: Change, scope: Scope) -> bool:
    pairs = (
        (change.account, scope.account),
        (change.environment, scope.environment),
        (change.region, scope.region),
    )
    return all(not changed or not here or changed == here for changed, here in pairs)


def _fade(gap: int) -> float:
    return exp(-gap / FADE)
