"""What one source found in one place: things that run services, and services that call each other."""

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.catalog.declaration import Platform, Target
from cloudops.core.time import DAY, EpochMillis

CALLS_KEPT: Final = 14 * DAY
"""A call not seen for so long is forgotten: a weekly job makes its calls twice within it."""


class DiscoveredResource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A target that a source found, and what its tags say. `service_reason` tells how it was named."""

    service: str
    service_reason: str
    target: Target
    owner: str = ""
    tier: int | None = None
    runbook: str = ""
    stack: str = ""
    first_at: EpochMillis = 0
    last_at: EpochMillis = 0


class ServiceDependency(msgspec.Struct, frozen=True, omit_defaults=True):
    """One service seen calling another; an empty environment is all of them."""

    caller: str
    callee: str
    environment: str = ""
    first_at: EpochMillis = 0
    last_at: EpochMillis = 0

    @property
    def ends(self) -> tuple[str, str, str]:
        return self.caller, self.callee, self.environment


class DiscoverySnapshot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One look of a source at one account and region (both empty for a source that knows neither).

    `lists` are the platforms whose every target there it would have found."""

    source: str
    at: EpochMillis
    account: str = ""
    region: str = ""
    lists: tuple[Platform, ...] = ()
    resources: tuple[DiscoveredResource, ...] = ()
    calls: tuple[ServiceDependency, ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """A later snapshot of the same place stands for this one."""
        return self.source, self.account, self.region


def merge_snapshot(before: DiscoverySnapshot | None, found: DiscoverySnapshot) -> DiscoverySnapshot:
    """The snapshot to keep: what was found now, since when it is known, and calls that merely rest.

    A target that is not found any more is gone; a call that was not made just now may be made again."""
    known_targets = {one.target.place: one for one in before.resources} if before else {}
    known_calls = {one.ends: one for one in before.calls} if before else {}
    at = found.at
    resources = (
        replace(one, first_at=_first(known_targets.get(one.target.place), at), last_at=at)
        for one in _each_once(found.resources)
    )
    calls = {
        ends: replace(one, first_at=_first(known_calls.get(ends), at), last_at=at)
        for ends, one in {call.ends: call for call in found.calls if call.caller != call.callee}.items()
    }
    resting = {ends: one for ends, one in known_calls.items() if at - one.last_at <= CALLS_KEPT}
    ordered = sorted((resting | calls).values(), key=lambda one: one.ends)
    return replace(found, resources=tuple(resources), calls=tuple(ordered))


def _first(known: DiscoveredResource | ServiceDependency | None, at: EpochMillis) -> EpochMillis:
    return known.first_at if known and known.first_at else at


def _each_once(resources: Iterable[DiscoveredResource]) -> list[DiscoveredResource]:
    """A listing that shifts between two pages may name a thing twice."""
    by_place = {one.target.place: one for one in resources}
    return [by_place[place] for place in sorted(by_place)]
