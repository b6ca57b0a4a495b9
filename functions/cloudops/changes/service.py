"""Records changes, lists them, and finds those that came before an incident."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from cloudops.alerts.alert import Scope
from cloudops.catalog.service import CachedInventory, InventorySnapshot
from cloudops.changes.change import Change, ChangeSpan, RelatedChange
from cloudops.changes.evidence import EMPTY_LOG, ChangeLog
from cloudops.changes.store import ChangeStore
from cloudops.changes.suspects import LOOK_BACK, change_spans, find_suspects, related_change
from cloudops.core.errors import CloudOpsError
from cloudops.core.time import EpochMillis

CHANGES_MAX_AGE_SECONDS: Final = 10.0
"""Seconds for which changes are cached: a storm of incidents costs one request, not one each."""
SHOWN: Final = 10


class RecentChanges:
    """Caches recent changes for correlation. `seconds` is a monotonic clock, in seconds."""

    def __init__(self, store: ChangeStore, inventory: CachedInventory, seconds: Callable[[], float]) -> None:
        self._store = store
        self._inventory = inventory
        self._seconds = seconds
        self._cached: tuple[Change, ...] = ()
        self._cached_since: EpochMillis = 0
        self._until = float("-inf")

    def log(self, starts: Sequence[EpochMillis]) -> ChangeLog:
        """Returns the changes that may have caused incidents that began at these times.

        Reads nothing if no service reports changes. Returns an empty log, which is no evidence either way, if
        the store cannot be read: an alert does not wait for changes.
        """
        reporting = self._inventory.current().reporting
        if not reporting or not starts:
            return EMPTY_LOG
        since = min(starts) - LOOK_BACK
        if self._seconds() >= self._until or since < self._cached_since:
            try:
                self._cached = self._store.since(since)
            except CloudOpsError:
                return EMPTY_LOG
            self._cached_since, self._until = since, self._seconds() + CHANGES_MAX_AGE_SECONDS
        return ChangeLog(self._cached, reporting)

    def expire(self) -> None:
        """Drops the cache: the next call reads the store."""
        self._until = float("-inf")

    def around(
        self, noted: Sequence[RelatedChange], start: EpochMillis, services: Sequence[str], scope: Scope
    ) -> tuple[RelatedChange, ...]:
        """Returns the suspects noted when the alerts came, and those that were reported since.

        Args:
            noted: Suspects in the incident's record.
            start: Time of the incident's first alert.
            services: Affected services.
            scope: Scope of the incident.
        """
        view = self._inventory.current()
        if not view.reporting:
            return tuple(noted)
        states = self._store.since(start - LOOK_BACK, start + LOOK_BACK)
        affected = dict.fromkeys(services, start)
        found = find_suspects(states, scope, affected, view.inventory.topology)
        notes = {one.id: one for one in (*noted, *map(related_change, found))}
        return tuple(sorted(notes.values(), key=lambda one: (-one.weight, one.id))[:SHOWN])


def _attribute(view: InventorySnapshot, change: Change) -> Change:
    """Returns the change under the catalog's name for its service."""
    inventory, matcher = view.inventory, view.matcher
    known = inventory.canonical(change.service)
    if known not in inventory.services:
        stacks = [one.removeprefix("stack:") for one in change.resources if one.startswith("stack:")]
        there = (matcher.service_of_stack(stack) for stack in stacks)
        known = next(filter(None, there), "") or matcher.service_of(change.resources, known) or known
    return change if known == change.service else replace(change, service=known)


class RecordChanges:
    def __init__(self, store: ChangeStore, inventory: CachedInventory, before: RecentChanges) -> None:
        self._store = store
        self._inventory = inventory
        self._before = before

    def record(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Stores changes under the catalog's names of their services. Recording a change again has no effect.

        Returns:
            The changes as stored, in the order given.
        """
        if not changes:
            return ()
        view = self._inventory.current()
        known = tuple(_attribute(view, change) for change in changes)
        self._store.record(known)
        self._before.expire()
        if not {one.service for one in known if one.service} <= view.reporting:
            self._inventory.expire()
        return known


class ChangeService:
    """Lists changes, and records those that a pipeline reports."""

    def __init__(self, store: ChangeStore, take: RecordChanges) -> None:
        self._store = store
        self._take = take

    def since(self, at: EpochMillis, service: str = "") -> tuple[ChangeSpan, ...]:
        """Returns the changes with a state since `at`, of one service or of all, newest first."""
        states = (one for one in self._store.since(at) if service in ("", one.service))
        return tuple(reversed(change_spans(states)))

    def record(self, change: Change) -> Change:
        """Stores one change, and returns it under the catalog's name of its service."""
        (kept,) = self._take.record([change])
        return kept
