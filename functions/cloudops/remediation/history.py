"""Looks back: what was carried out for an incident, and what helped in earlier ones like it."""

from typing import Final

import msgspec

from cloudops.core.errors import NotFound
from cloudops.core.ids import IncidentId
from cloudops.core.taxonomy import Action
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.store import IncidentQuery, IncidentStore
from cloudops.remediation.execution import Execution
from cloudops.remediation.store import ExecutionStore

MAX_SIMILAR: Final = 5
EXAMINED: Final = 50
"""Resolved incidents of the service that are looked through, newest first."""


class AttemptedAction(msgspec.Struct, frozen=True, kw_only=True):
    """An action of an earlier incident: people's votes on it there, and how it ended where it was carried
    out (an execution's status, or empty)."""

    action: Action
    helpful: int
    unhelpful: int
    ended: str


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier incident of the same service and symptom; `lasted` is in milliseconds."""

    incident: Incident
    lasted: EpochMillis
    tried: tuple[AttemptedAction, ...]


class IncidentHistory:
    def __init__(self, store: IncidentStore, executions: ExecutionStore) -> None:
        self._store = store
        self._executions = executions

    def similar(self, incident_id: IncidentId) -> tuple[Similar, ...]:
        """Newest first. One list, and two queries for each that it finds. NotFound names the id."""
        here = self._store.incidents([incident_id]).get(incident_id)
        if here is None:
            raise NotFound(f"incident {incident_id}: not found")
        service = likeliest_service(here)
        if not service:
            return ()
        query = IncidentQuery(status=IncidentStatus.RESOLVED, service=service, limit=EXAMINED)
        alike = [
            one
            for one in self._store.browse(query).incidents
            if one.id != here.id and one.symptom is here.symptom and likeliest_service(one) == service
        ]
        return tuple(self._similar(one) for one in alike[:MAX_SIMILAR])

    def executions(self, incident_id: IncidentId) -> tuple[Execution, ...]:
        """What was carried out for it, or waits to be, oldest first. NotFound names the id."""
        if not self._store.incidents([incident_id]):
            raise NotFound(f"incident {incident_id}: not found")
        return self._executions.of_incident(incident_id)

    def _similar(self, incident: Incident) -> Similar:
        votes = self._store.detail(incident.id, None, 1).feedback
        ended = {one.suggestion_id: one.status for one in self._executions.of_incident(incident.id)}
        tried = []
        for offer in incident.suggestions:
            values = [one.value for one in votes if one.suggestion_id == offer.id]
            status = str(ended.get(offer.id, ""))
            if values or status:
                helpful, unhelpful = values.count(1), values.count(-1)
                tried.append(
                    AttemptedAction(action=offer.action, helpful=helpful, unhelpful=unhelpful, ended=status)
                )
        over = incident.resolved_at or incident.updated_at
        return Similar(incident=incident, lasted=over - incident.opened_at, tried=tuple(tried))


def likeliest_service(incident: Incident) -> str:
    """The first of its causes, else the first that suffers, or ""."""
    if incident.causes:
        return incident.causes[0].service
    return incident.services[0] if incident.services else ""
