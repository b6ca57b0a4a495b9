"""Lists the executions of an incident, and similar resolved incidents with what was tried tincident."""

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
"""Similar incidents in one answer."""
MAX_SIMILAR_EXAMINED: Final = 50
"""Resolved incidents of the service that are compared, newest first."""


class AttemptedAction(msgspec.Struct, frozen=True, kw_only=True):
    """An action suggested in an earlier incident: the votes on it, and the final status of its execution in
    `ended`, "" if it was not executed."""

    action: Action
    helpful: int
    unhelpful: int
    ended: str


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """A resolved incident of the same service and symptom. `lasted` is its duration in milliseconds."""

    incident: Incident
    lasted: EpochMillis
    tried: tuple[AttemptedAction, ...]


class IncidentHistory:
    """Queries for the history of an incident."""

    def __init__(self, store: IncidentStore, executions: ExecutionStore) -> None:
        self._store = store
        self._executions = executions

    def similar(self, incident_id: IncidentId) -> tuple[Similar, ...]:
        """Returns at most `MAX_SIMILAR` similar incidents, newest first.

        Costs one query, and two for each similar incident.

        Raises:
            NotFound: There is no such incident; names the id.
        """
        incident = self._store.incidents([incident_id]).get(incident_id)
        if incident is None:
            raise NotFound(f"incident {incident_id}: not found")
        service = likeliest_service(incident)
        if not service:
            return ()
        query = IncidentQuery(status=IncidentStatus.RESOLVED, service=service, limit=MAX_SIMILAR_EXAMINED)
        similar = [
            one
            for one in self._store.browse(query).incidents
            if one.id != incident.id and one.symptom is incident.symptom and likeliest_service(one) == service
        ]
        return tuple(self._similar(one) for one in similar[:MAX_SIMILAR])

    def executions(self, incident_id: IncidentId) -> tuple[Execution, ...]:
        """Returns the executions of the incident, pending ones as well, oldest first.

        Raises:
            NotFound: There is no such incident; names the id.
        """
        if not self._store.incidents([incident_id]):
            raise NotFound(f"incident {incident_id}: not found")
        return self._executions.of_incident(incident_id)

    def _similar(self, incident: Incident) -> Similar:
        votes = self._store.detail(incident.id, None, 1).feedback
        ended = {one.suggestion_id: one.status for one in self._executions.of_incident(incident.id)}
        tried = []
        for suggestion in incident.suggestions:
            values = [one.value for one in votes if one.suggestion_id == suggestion.id]
            status = str(ended.get(suggestion.id, ""))
            if values or status:
                helpful, unhelpful = values.count(1), values.count(-1)
                tried.append(
                    AttemptedAction(
                        action=suggestion.action, helpful=helpful, unhelpful=unhelpful, ended=status
                    )
                )
        ended_at = incident.resolved_at or incident.updated_at
        return Similar(incident=incident, lasted=ended_at - incident.opened_at, tried=tuple(tried))


def likeliest_service(incident: Incident) -> str:
    """Returns the service of the first probable root cause, else the first affected service, or ""."""
    if incident.causes:
        return incident.causes[0].service
    return incident.services[0] if incident.services else ""
