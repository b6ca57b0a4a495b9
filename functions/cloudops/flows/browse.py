"""Answers what people ask of the incidents: pages of them, one with all that hangs on it, some by id."""

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from cloudops.domain.alert import Severity
from cloudops.domain.changes import ChangeNote
from cloudops.domain.incident import Incident, IncidentDetail, IncidentStatus
from cloudops.domain.inhibition import Inhibition, inhibition
from cloudops.domain.ports import IncidentPage, IncidentQuery, IncidentStore
from cloudops.domain.topology import Topology

MAX_MERGES = 8
"""Merges followed from an absorbed incident to the one that stands for it now."""


ChangesOf = Callable[[Incident], tuple[ChangeNote, ...]]


def noted(incident: Incident) -> tuple[ChangeNote, ...]:
    return incident.changes


class Browse:
    def __init__(
        self,
        store: IncidentStore,
        topology: Callable[[], Topology] = Topology,
        changes: ChangesOf = noted,
    ) -> None:
        """By default nothing explains anything else, and no change is known but those on the record."""
        self._store = store
        self._topology = topology
        self._changes = changes

    def page(self, query: IncidentQuery) -> IncidentPage:
        return self._store.browse(query)

    def detail(self, incident_id: str, cursor: str | None, limit: int) -> IncidentDetail:
        """The incident with everything on it, the changes before it as they are known now, and which graver
        one withholds its news."""
        detail = self._store.detail(incident_id, cursor, limit)
        incident = detail.incident
        detail = replace(detail, incident=replace(incident, changes=self._changes(incident)))
        found = self.withheld_by(incident)
        return replace(detail, withheld_by=found.by, withheld_reason=found.reason) if found else detail

    def withheld_by(self, incident: Incident) -> Inhibition | None:
        """The graver incident that explains this one, so that nobody need be told of it."""
        topology = self._topology()
        return inhibition(incident, self._graver(incident, topology), topology)

    def _graver(self, incident: Incident, topology: Topology) -> Iterator[Incident]:
        """The critical live incidents that could explain this one: nothing is asked where none can."""
        below = any(topology.callees(service) for service in incident.services)
        if not below or not incident.status.is_live:
            return
        for status in (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED):
            environment = incident.scope.environment
            query = IncidentQuery(
                status=status, severity=Severity.CRITICAL, environment=environment, limit=100
            )
            yield from self._store.browse(query).incidents

    def standing(self, ids: Iterable[str]) -> list[Incident]:
        """The incidents that stand for these ids now, newest opened first: an absorbed one is
        represented by the one that absorbed it."""
        standing: dict[str, Incident] = {}
        asked = set(ids)
        for _ in range(MAX_MERGES):
            if not asked:
                break
            found = self._store.incidents(asked)
            merged = {one.merged_into for one in found.values() if one.status is IncidentStatus.MERGED}
            standing |= {name: one for name, one in found.items() if one.status is not IncidentStatus.MERGED}
            asked = merged - standing.keys()
        return sorted(standing.values(), key=lambda one: (-one.opened_at, one.id))
