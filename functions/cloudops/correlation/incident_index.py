"""Finds the incidents of a scope by affected service, by resource and by maintenance window."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from typing import Final

from cloudops.catalog.topology import Topology
from cloudops.core.ids import NO_INCIDENT, IncidentId
from cloudops.core.time import HOUR, SECOND, EpochMillis
from cloudops.correlation.incoming_alert import FailureSignal, IncomingAlert
from cloudops.correlation.state import IncidentState

QUIET_GAP: Final = 2 * HOUR
"""An incident without a state change for this long accepts no further alerts."""
JOIN_GRACE: Final = 90 * SECOND
"""An alarm that evaluates the last minute or two may report a failure this long after it resolved."""

_NONE: Final[Mapping[IncidentId, IncidentState]] = {}


class IncidentIndex:
    """An index over incidents, derived from them; callers update it when an incident changes."""

    def __init__(self, incidents: Iterable[IncidentState], topology: Topology) -> None:
        self.topology = topology
        self.has_maintenance = False
        self._by_service: dict[str, dict[IncidentId, IncidentState]] = {}
        self._by_resource: dict[str, dict[IncidentId, IncidentState]] = {}
        self._onsets: list[tuple[EpochMillis, IncidentId]] = []
        self._latest: dict[IncidentId, tuple[EpochMillis, IncidentState]] = {}
        for incident in incidents:
            self.add(incident)

    def add(self, incident: IncidentState) -> None:
        """Adds an incident under all its services and resources."""
        self.has_maintenance = self.has_maintenance or bool(incident.window)
        self._note_onset(
            incident, max((one.last_at for one in incident.services.values()), default=incident.opened_at)
        )
        for service in incident.services:
            self._by_service.setdefault(service, {})[incident.id] = incident
        for resource in incident.resources:
            self._by_resource.setdefault(resource, {})[incident.id] = incident

    def extend(self, incident: IncidentState, new: IncomingAlert) -> None:
        """Adds an incident under the service and the resources that an alert added to it."""
        self._note_onset(incident, new.at)
        if new.service in incident.services:
            self._by_service.setdefault(new.service, {})[incident.id] = incident
        for resource in (incident.window, *new.alert.resources):
            if resource in incident.resources:
                self._by_resource.setdefault(resource, {})[incident.id] = incident

    def remove(self, incident: IncidentState) -> None:
        """Removes an incident."""
        self._latest.pop(incident.id, None)
        for service in incident.services:
            self._by_service.get(service, {}).pop(incident.id, None)
        for resource in incident.resources:
            self._by_resource.get(resource, {}).pop(incident.id, None)

    def _note_onset(self, incident: IncidentState, at: EpochMillis) -> None:
        known = self._latest.get(incident.id)
        if known is None or known[0] < at:
            self._latest[incident.id] = at, incident
            insort(self._onsets, (at, incident.id))

    def started_since(
        self, since: EpochMillis, at: EpochMillis
    ) -> Iterable[tuple[IncidentState, EpochMillis]]:
        """Yields the incidents that accept alerts at `at`, with their latest onset, if it is not before
        `since`."""
        for onset, name in self._onsets[bisect_left(self._onsets, (since, NO_INCIDENT)) :]:
            latest = self._latest.get(name)
            if latest is not None and latest[0] == onset and accepts_alerts(latest[1], at):
                yield latest[1], onset

    def affected_by_service(self, service: str, at: EpochMillis) -> list[IncidentState]:
        """Returns the incidents without a maintenance window that affect the service and accept alerts."""
        there = self._by_service.get(service)
        if not there:
            return []
        return [one for one in there.values() if not one.window and accepts_alerts(one, at)]

    def by_resource(self, resource: str, at: EpochMillis) -> list[IncidentState]:
        """Returns the incidents that name the resource and accept alerts."""
        there = self._by_resource.get(resource)
        return [one for one in there.values() if accepts_alerts(one, at)] if there else []

    def by_window(self, window: str) -> Iterable[IncidentState]:
        """Returns the incidents of a maintenance window, however long ago they last changed."""
        return self._by_resource.get(window, _NONE).values()

    def in_maintenance(self, machine: str) -> bool:
        """Returns whether an incident of a maintenance window names this machine."""
        return any(one.window for one in self._by_resource.get(machine, _NONE).values())


def accepts_alerts(incident: IncidentState, at: EpochMillis) -> bool:
    """Returns whether a new alert may join the incident at this time."""
    if incident.closed_by_operator or at - incident.active_at > QUIET_GAP:
        return False
    return incident.cleared_at is None or at - incident.cleared_at <= JOIN_GRACE


def root_services(incident: IncidentState, topology: Topology) -> list[str]:
    """Returns the affected services that depend on no other affected one: the failure may have begun there.

    Services that show only a change of traffic count only if all do."""
    failing = {
        name for name, impact in incident.services.items() if impact.signals.keys() - {FailureSignal.TRAFFIC}
    }
    return [name for name in failing or incident.services if not failing & topology.callees(name).keys()]


def has_own_fault(incident: IncidentState, topology: Topology) -> bool:
    """Returns whether a root service of the incident shows a fault of its own, which needs no other cause."""
    return any(
        FailureSignal.FAULT in incident.services[name].signals for name in root_services(incident, topology)
    )
