"""Rescores the suggestions of live incidents, and writes only visible differences."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from cloudops.alerts.alert import Scope
from cloudops.confidence.posterior import Levels
from cloudops.core.errors import RetriesExhausted
from cloudops.core.ids import IncidentId, stable_id
from cloudops.core.retry import Pause, retry_on_conflict
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.store import MAX_INCIDENTS_A_COMMIT, Commit, IncidentQuery, IncidentStore
from cloudops.incidents.suggestion_ranking import differs_visibly, rescore

RERANK_ATTEMPTS: Final = 4
RERANK_PAGE_SIZE: Final = 500


class Rerank:
    """Applies new confidence levels to live incidents."""

    def __init__(self, store: IncidentStore, pause: Pause) -> None:
        self._store = store
        self._pause = pause

    def run(self, levels: Levels) -> tuple[int, int]:
        """Returns the number of changed incidents, and of those left to the next run after lost races."""
        scopes: dict[Scope, list[IncidentId]] = {}
        for incident in self._live():
            if _reranked(incident, levels) is not None:
                scopes.setdefault(incident.scope, []).append(incident.id)
        done = left = 0
        for scope, names in scopes.items():
            for start in range(0, len(names), MAX_INCIDENTS_A_COMMIT):
                some = names[start : start + MAX_INCIDENTS_A_COMMIT]
                written = self._write(scope, some, levels)
                done, left = (done + written, left) if written is not None else (done, left + len(some))
        return done, left

    def _live(self) -> Iterator[Incident]:
        for status in (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED):
            query: IncidentQuery | None = IncidentQuery(status=status, limit=RERANK_PAGE_SIZE)
            while query is not None:
                page = self._store.browse(query)
                yield from page.incidents
                query = replace(query, cursor=page.cursor) if page.cursor else None

    def _write(self, scope: Scope, names: Sequence[IncidentId], levels: Levels) -> int | None:
        """Writes one scope and returns the number of changed incidents, or None after lost races only."""

        def attempt() -> int:
            stored = self._store.load_scope(scope)
            found = [_reranked(one, levels) for one in self._store.incidents(names).values()]
            changed = tuple(one for one in found if one is not None)
            if not changed:
                return 0
            commit = Commit(
                scope=scope,
                expected_version=stored.version,
                state=stored.state,
                batch_id=stable_id("rerank", *sorted(one.id for one in changed)),
                incidents=changed,
            )
            self._store.commit(commit)
            return len(changed)

        try:
            return retry_on_conflict(attempt, self._pause, what=f"scope {scope}", attempts=RERANK_ATTEMPTS)
        except RetriesExhausted:
            return None


def _reranked(incident: Incident, levels: Levels) -> Incident | None:
    """Returns the incident with rescored suggestions, or None without a visible difference."""
    if not incident.status.is_live:
        return None
    after = rescore(incident, levels)
    return replace(incident, suggestions=after) if differs_visibly(incident.suggestions, after) else None
