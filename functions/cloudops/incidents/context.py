"""What an alert is judged against besides itself: the inventory, its graph of calls, the changes before."""

from collections.abc import Callable, Sequence
from typing import Protocol

from cloudops.alerts.alert import Alert
from cloudops.catalog.service import InventorySnapshot
from cloudops.catalog.topology import Topology
from cloudops.changes.change import RelatedChange
from cloudops.changes.evidence import EMPTY_LOG, ChangeLog
from cloudops.changes.service import RecentChanges
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import Incident


def changes_of(before: RecentChanges, incident: Incident) -> tuple[RelatedChange, ...]:
    return before.around(incident.changes, incident.opened_at, incident.services, incident.scope)


class CorrelationContext(Protocol):
    def topology(self) -> Topology: ...

    def recognised(self, alert: Alert) -> Alert:
        """The alert under the catalog's name for its service, and where that runs."""
        ...

    def changes(self, starts: Sequence[EpochMillis]) -> ChangeLog:
        """What was changed before anything that began at these times."""
        ...


class InventoryContext:
    """All that the store knows of the inventory."""

    def __init__(self, view: Callable[[], InventorySnapshot], changes: RecentChanges) -> None:
        self._view = view
        self._changes = changes

    def topology(self) -> Topology:
        return self._view().inventory.topology

    def recognised(self, alert: Alert) -> Alert:
        return self._view().matcher.match_alert(alert)

    def changes(self, starts: Sequence[EpochMillis]) -> ChangeLog:
        return self._changes.log(starts)


class StaticContext:
    """A graph and nothing else: names stay as they are told, and nobody tells of changes."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology

    def topology(self) -> Topology:
        return self._topology

    def recognised(self, alert: Alert) -> Alert:
        return alert

    def changes(self, starts: Sequence[EpochMillis]) -> ChangeLog:
        del starts
        return EMPTY_LOG
