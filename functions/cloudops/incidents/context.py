"""What an alert is judged against besides itself: the estate, its graph of calls, the changes before."""

from collections.abc import Callable, Sequence
from typing import Protocol

from cloudops.alerts.alert import Alert
from cloudops.catalog.service import EstateView
from cloudops.catalog.topology import Topology
from cloudops.changes.change import ChangeNote
from cloudops.changes.evidence import NOTHING_TOLD, ChangeLog
from cloudops.changes.service import ChangesBefore
from cloudops.core.time import Instant
from cloudops.incidents.incident import Incident


def changes_of(before: ChangesBefore, incident: Incident) -> tuple[ChangeNote, ...]:
    return before.around(incident.changes, incident.opened_at, incident.services, incident.scope)


class Surroundings(Protocol):
    def topology(self) -> Topology: ...

    def recognised(self, alert: Alert) -> Alert:
        """The alert under the estate's name for its service, and where that runs."""
        ...

    def changes(self, starts: Sequence[Instant]) -> ChangeLog:
        """What was changed before anything that began at these times."""
        ...


class Surveyed:
    """All that the store knows of the estate."""

    def __init__(self, view: Callable[[], EstateView], changes: ChangesBefore) -> None:
        self._view = view
        self._changes = changes

    def topology(self) -> Topology:
        return self._view().estate.topology

    def recognised(self, alert: Alert) -> Alert:
        return self._view().recognition.recognised(alert)

    def changes(self, starts: Sequence[Instant]) -> ChangeLog:
        return self._changes.log(starts)


class Unsurveyed:
    """A graph and nothing else: names stay as they are told, and nobody tells of changes."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology

    def topology(self) -> Topology:
        return self._topology

    def recognised(self, alert: Alert) -> Alert:
        return alert

    def changes(self, starts: Sequence[Instant]) -> ChangeLog:
        del starts
        return NOTHING_TOLD
