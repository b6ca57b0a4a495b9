"""Provides what correlation needs besides the alerts: catalog, topology and recent changes."""

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
    """Returns the suspect changes of an incident as they are known now."""
    return before.around(incident.changes, incident.opened_at, incident.services, incident.scope)


class CorrelationContext(Protocol):
    """The catalog and the changes, as ingestion needs them."""

    def topology(self) -> Topology: ...

    def attribute(self, alert: Alert) -> Alert:
        """Returns the alert with the catalog's name, account, environment and region of its service."""
        ...

    def changes(self, starts: Sequence[EpochMillis]) -> ChangeLog:
        """Returns the changes before incidents that were opened at these times."""
        ...


class InventoryContext:
    """The context from the stored catalog and changes."""

    def __init__(self, view: Callable[[], InventorySnapshot], changes: RecentChanges) -> None:
        self._view = view
        self._changes = changes

    def topology(self) -> Topology:
        return self._view().inventory.topology

    def attribute(self, alert: Alert) -> Alert:
        return self._view().matcher.match_alert(alert)

    def changes(self, starts: Sequence[EpochMillis]) -> ChangeLog:
        return self._changes.log(starts)


class StaticContext:
    """A fixed topology without a catalog: alerts keep their service names, and there are no changes."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology

    def topology(self) -> Topology:
        return self._topology

    def attribute(self, alert: Alert) -> Alert:
        return alert

    def changes(self, starts: Sequence[EpochMillis]) -> ChangeLog:
        del starts
        return EMPTY_LOG
