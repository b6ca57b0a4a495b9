"""Takes changes in, lists them, and tells which of them came before an incident."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from cloudops.alerts.alert import Scope
from cloudops.catalog.service import CachedInventory, InventorySnapshot
from cloudops.changes.change import Change, ChangeSpan, RelatedChange
from cloudops.changes.evidence import NOTHING_TOLD, ChangeLog
from cloudops.changes.store import ChangeStore
from cloudops.changes.suspects import LOOK_BACK, courses, find_suspects, note_of
from cloudops.core.errors import CloudOpsError
from cloudops.core.time import EpochMillis

MAX_AGE_SECONDS: Final = 10.0
"""Seconds that what was told is remembered: in a storm of incidents one request, not one for each."""
SHOWN: Final = 10


class RecentChanges:
    """`seconds` is a monotonic clock."""

    def __init__(self, store: ChangeStore, inventory: CachedInventory, seconds: Callable[[], float]) -> None:
        self._store = store
        self._estate = inventory
        self._seconds = seconds
        self._told: tuple[Change, ...] = ()
        self._told_since: EpochMillis = 0
        self._until = float("-inf")

    def log(self, starts: Sequence[EpochMillis]) -> ChangeLog:
        """What may have to do with anything that began at these times. Nothing is asked where no service
        has ever told of a change, and an alert does not wait where it cannot be read."""
        telling = self._estate().telling
        if not telling or not starts:
            return NOTHING_TOLD
        since = min(starts) - LOOK_BACK
        if self._seconds() >= self._until or since < self._told_since:
            try:
                self._told = self._store.since(since)
            except CloudOpsError:
                return NOTHING_TOLD
            self._told_since, self._until = since, self._seconds() + MAX_AGE_SECONDS
        return ChangeLog(self._told, telling)

    def expire(self) -> None:
        """Somebody knows that there are more: the next look reads them."""
        self._until = float("-inf")

    def around(
        self, noted: Sequence[RelatedChange], start: EpochMillis, services: Sequence[str], scope: Scope
    ) -> tuple[RelatedChange, ...]:
        """The changes known when the alerts came, and those that were reported later."""
        view = self._estate()
        if not view.telling:
            return tuple(noted)
        told = self._store.since(start - LOOK_BACK, start + LOOK_BACK)
        suffering = dict.fromkeys(services, start)
        found = find_suspects(told, scope, suffering, view.inventory.topology)
        notes = {one.id: one for one in (*noted, *map(note_of, found))}
        return tuple(sorted(notes.values(), key=lambda one: (-one.weight, one.id))[:SHOWN])


def _recognised(view: InventorySnapshot, change: Change) -> Change:
    inventory, recognition = view.inventory, view.recognition
    known = inventory.canonical(change.service)
    if known not in inventory.services:
        stacks = [one.removeprefix("stack:") for one in change.resources if one.startswith("stack:")]
        there = (recognition.service_of_stack(stack) for stack in stacks)
        known = next(filter(None, there), "") or recognition.service_of(change.resources, known) or known
    return change if known == change.service else replace(change, service=known)


class RecordChanges:
    def __init__(self, store: ChangeStore, inventory: CachedInventory, before: RecentChanges) -> None:
        self._store = store
        self._estate = inventory
        self._before = before

    def __call__(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """The changes as they are kept, under the catalog's names; taking one again changes nothing."""
        if not changes:
            return ()
        view = self._estate()
        known = tuple(_recognised(view, change) for change in changes)
        self._store.record(known)
        self._before.expire()
        if not {one.service for one in known if one.service} <= view.telling:
            self._estate.expire()
        return known


class ChangeService:
    """Lists changes, and takes those that a pipeline tells of."""

    def __init__(self, store: ChangeStore, take: RecordChanges) -> None:
        self._store = store
        self._take = take

    def since(self, at: EpochMillis, service: str = "") -> tuple[ChangeSpan, ...]:
        """Those of which anything was told since then, of one service or of all, newest first."""
        told = (one for one in self._store.since(at) if service in ("", one.service))
        return tuple(reversed(courses(told)))

    def tell(self, change: Change) -> Change:
        """As it is kept, under the catalog's name for its service; telling it again changes nothing."""
        (kept,) = self._take([change])
        return kept
