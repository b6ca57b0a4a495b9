"""What one discovery source found in one account and region: resources, and calls between services."""

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.catalog.declaration import Platform, Target
from cloudops.core.time import DAY, EpochMillis

CALLS_KEPT: Final = 14 * DAY
"""A call not seen for this long is dropped: a weekly job makes its calls twice in that time."""


class DiscoveredResource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A target that a source found, with the facts from its tags. `service_reason` says what named it."""

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
    """One service seen calling another. An empty environment means all environments."""

    caller: str
    callee: str
    environment: str = ""
    first_at: EpochMillis = 0
    last_at: EpochMillis = 0

    @property
    def ends(self) -> tuple[str, str, str]:
        return self.caller, self.callee, self.environment


class DiscoverySnapshot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The result of one discovery of one account and region; both are "" if the source has neither.

    `lists` are the platforms of which the source lists every target there, so that a missing one is gone.
    """

    source: str
    at: EpochMillis
    account: str = ""
    region: str = ""
    lists: tuple[Platform, ...] = ()
    resources: tuple[DiscoveredResource, ...] = ()
    calls: tuple[ServiceDependency, ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """Source, account and region: a later snapshot of the same place replaces this one."""
        return self.source, self.account, self.region


def merge_snapshot(before: DiscoverySnapshot | None, found: DiscoverySnapshot) -> DiscoverySnapshot:
    """Returns the snapshot to store after a discovery.

    A target that is no longer found is dropped. A call stays for CALLS_KEPT after it was last seen, because
    traces show only the calls of the last minutes. First sightings keep their time.
    """
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
    """Drops duplicates: a listing that shifts between two pages may return a resource twice."""
    by_place = {one.target.place: one for one in resources}
    return [by_place[place] for place in sorted(by_place)]
