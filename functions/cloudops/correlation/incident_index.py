"""The incidents of a scope, findable by the services that suffer in them and by the resources they name."""

from collections.abc import Iterable, Mapping
from typing import Final

from cloudops.catalog.topology import Topology
from cloudops.core.ids import IncidentId
from cloudops.core.time import HOUR, SECOND, EpochMillis
from cloudops.correlation.incoming_alert import FailureSignal, IncomingAlert
from cloudops.correlation.state import IncidentState

QUIET_GAP: Final = 2 * HOUR
"""An incident that nothing was heard of for so long takes no more company."""
GRACE: Final = 90 * SECOND
"""Alarms that look at the last minute or two may tell of a failure a little after it has cleared."""

_NONE: Final[Mapping[IncidentId, IncidentState]] = {}


class IncidentIndex:
    """An index that follows the incidents as they change; it holds no state of its own."""

    def __init__(self, incidents: Iterable[IncidentState], topology: Topology) -> None:
        self.topology = topology
        self.has_work = False
        self._by_service: dict[str, dict[IncidentId, IncidentState]] = {}
        self._by_resource: dict[str, dict[IncidentId, IncidentState]] = {}
        for incident in incidents:
            self.add(incident)

    def add(self, incident: IncidentState) -> None:
        """Make an incident findable by all that is known of it."""
        self.has_work = self.has_work or bool(incident.window)
        for service in incident.services:
            self._by_service.setdefault(service, {})[incident.id] = incident
        for resource in incident.resources:
            self._by_resource.setdefault(resource, {})[incident.id] = incident

    def extend(self, incident: IncidentState, new: IncomingAlert) -> None:
        """Make it findable by what an alert has just added to it."""
        if new.service in incident.services:
            self._by_service.setdefault(new.service, {})[incident.id] = incident
        for resource in (incident.window, *new.alert.resources):
            if resource in incident.resources:
                self._by_resource.setdefault(resource, {})[incident.id] = incident

    def remove(self, incident: IncidentState) -> None:
        """Let it be found no more."""
        for service in incident.services:
            self._by_service.get(service, {}).pop(incident.id, None)
        for resource in incident.resources:
            self._by_resource.get(resource, {}).pop(incident.id, None)

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

    def work(self, window: str) -> Iterable[IncidentState]:
        """The incidents of this planned work, however long they were quiet."""
        return self._by_resource.get(window, _NONE).values()

    def is_worked_on(self, machine: str) -> bool:
        """Whether planned work has been seen on this machine."""
        return any(one.window for one in self._by_resource.get(machine, _NONE).values())


def accepts_alerts(incident: IncidentState, at: EpochMillis) -> bool:
    """Whether anything new may still be a part of it."""
    if incident.closed_by_operator or at - incident.active_at > QUIET_GAP:
        return False
    return incident.cleared_at is None or at - incident.cleared_at <= GRACE


def root_services(incident: IncidentState, topology: Topology) -> list[str]:
    """The services of the incident that call no other one that suffers in it: where it may have begun."""
    active = {
        name for name, trouble in incident.services.items() if trouble.signs.keys() - {FailureSignal.TRAFFIC}
    }
    return [name for name in active or incident.services if not active & topology.callees(name).keys()]
