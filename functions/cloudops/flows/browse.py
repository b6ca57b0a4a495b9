"""Answers what people ask of the incidents: pages of them, one with all that hangs on it, some by id."""

from collections.abc import Iterable

from cloudops.domain.incident import Incident, IncidentDetail, IncidentStatus
from cloudops.domain.ports import IncidentPage, IncidentQuery, IncidentStore

MAX_MERGES = 8
"""Merges followed from an absorbed incident to the one that stands for it now."""


class Browse:
    def __init__(self, store: IncidentStore) -> None:
        self._store = store

    def page(self, query: IncidentQuery) -> IncidentPage:
        return self._store.browse(query)

    def detail(self, incident_id: str, cursor: str | None, limit: int) -> IncidentDetail:
        return self._store.detail(incident_id, cursor, limit)

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
