"""The incident store on DynamoDB."""

from collections.abc import Collection

from cloudops.adapters.dynamodb.detail import read_detail
from cloudops.adapters.dynamodb.feedback import vote
from cloudops.adapters.dynamodb.incidents import browse, read_incident, read_incidents
from cloudops.adapters.dynamodb.row import Rows
from cloudops.adapters.dynamodb.scopes import apply_commit, load_scope
from cloudops.domain.alert import ScopeKey
from cloudops.domain.incident import Incident, IncidentDetail, TimelineEntry
from cloudops.domain.ports import Commit, IncidentPage, IncidentQuery, StoredScope
from cloudops.domain.suggestion import Feedback


class DynamoIncidentStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def load_scope(self, scope: ScopeKey) -> StoredScope:
        return load_scope(self._rows, scope)

    def scope_of(self, incident_id: str) -> ScopeKey:
        return read_incident(self._rows, incident_id).scope

    def incidents(self, ids: Collection[str]) -> dict[str, Incident]:
        return read_incidents(self._rows, ids)

    def commit(self, commit: Commit) -> None:
        apply_commit(self._rows, commit)

    def browse(self, query: IncidentQuery) -> IncidentPage:
        return browse(self._rows, query)

    def detail(self, incident_id: str, cursor: str | None = None, limit: int = 200) -> IncidentDetail:
        return read_detail(self._rows, incident_id, cursor, limit)

    def vote(self, feedback: Feedback, entry: TimelineEntry) -> Feedback:
        return vote(self._rows, feedback, entry)
