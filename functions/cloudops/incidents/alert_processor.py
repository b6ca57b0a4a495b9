"""Places alerts in incidents: per scope, read, decide, write on the condition that nobody else moved it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cloudops.alerts.alert import Alert, Scope
from cloudops.analysis.model import Analysis
from cloudops.confidence.posterior import Levels
from cloudops.core.errors import CloudOpsError, Conflict
from cloudops.core.ids import stable_id
from cloudops.core.retry import MAX_ATTEMPTS, Pause
from cloudops.correlation.correlator import correlate
from cloudops.correlation.decision import ClassifiedAlert, Decision, DecisionKind
from cloudops.correlation.state import ScopeState
from cloudops.incidents.context import CorrelationContext
from cloudops.incidents.record_builder import affected_incident_ids, build_records
from cloudops.incidents.store import MAX_INCIDENTS_A_COMMIT, Commit, IncidentStore
from cloudops.silences.matching import mark_muted
from cloudops.silences.silence import Silence

MAX_ALERTS_A_COMMIT = 500
"""Alert rows of one commit: at some 300 bytes an alert, packed, well below DynamoDB's 4 MB a write."""


class Analyse(Protocol):
    def __call__(self, alert: Alert) -> Analysis: ...


@dataclass(slots=True)
class ProcessingResult:
    """What became of each alert, by its position in what was asked."""

    decisions: dict[int, Decision] = field(default_factory=dict)
    failures: dict[int, Exception] = field(default_factory=dict)
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class _Work:
    position: int
    item: ClassifiedAlert


class AlertProcessor:
    def __init__(
        self,
        analyse: Analyse,
        surroundings: CorrelationContext,
        store: IncidentStore,
        pause: Pause,
        *,
        levels: Callable[[], Levels] = Levels,
        silences: Callable[[], Sequence[Silence]] = tuple,
    ) -> None:
        """`levels` says what was learned of actions, `silences` what people muted; by default nothing."""
        self._analyse = analyse
        self._surroundings = surroundings
        self._store = store
        self._pause = pause
        self._levels = levels
        self._silences = silences

    def __call__(self, alerts: Sequence[Alert]) -> ProcessingResult:
        """Each alert is placed or has its failure; a scope that fails leaves the others alone."""
        placements = ProcessingResult()
        alerts = [self._surroundings.recognised(alert) for alert in alerts]
        if silences := self._silences():
            alerts = [mark_muted(alert, silences) for alert in alerts]
        scopes: dict[Scope, list[int]] = {}
        for position, alert in enumerate(alerts):
            scopes.setdefault(alert.scope, []).append(position)
        for scope, positions in scopes.items():
            self._place_or_halve(scope, {position: alerts[position] for position in positions}, placements)
        return placements

    def _place_or_halve(
        self, scope: Scope, alerts: Mapping[int, Alert], placements: ProcessingResult
    ) -> None:
        """What no retry would help is narrowed down to the alert that brings it about, so that the
        others are placed."""
        try:
            self._place(scope, alerts, placements)
        except Exception as error:  # noqa: BLE001 kept with each alert; the queue and its DLQ decide
            left = [position for position in alerts if position not in placements.decisions]
            if len(left) == 1 or (isinstance(error, CloudOpsError) and error.retryable):
                placements.failures.update(dict.fromkeys(left, error))
                return
            for half in (left[: len(left) // 2], left[len(left) // 2 :]):
                self._place_or_halve(scope, {position: alerts[position] for position in half}, placements)

    def _place(self, scope: Scope, alerts: Mapping[int, Alert], placements: ProcessingResult) -> None:
        works = [_Work(at, ClassifiedAlert(alert, self._analyse(alert))) for at, alert in alerts.items()]
        works.sort(key=lambda work: work.item.alert.occurred_at)
        while works:
            decisions = self._commit_some(scope, works, placements)
            for work, decision in zip(works, decisions, strict=False):
                placements.decisions[work.position] = decision
            works = works[len(decisions) :]

    def _commit_some(
        self, scope: Scope, works: Sequence[_Work], placements: ProcessingResult
    ) -> Sequence[Decision]:
        """Decide on as many as one commit takes, at least one; Conflict after MAX_ATTEMPTS."""
        for attempt in range(MAX_ATTEMPTS):
            stored = self._store.load_scope(scope)
            items, decisions, state = self._decide(stored.state, [work.item for work in works])
            placed = _news(items, decisions)
            if not placed or state == stored.state:
                return decisions
            try:
                self._store.commit(self._commit(stored.version, state, placed))
            except Conflict:
                placements.conflicts += 1
                self._pause(attempt)
                continue
            return decisions
        raise Conflict(f"scope {scope}: changed by others {MAX_ATTEMPTS} times while deciding")

    def _decide(
        self, before: ScopeState, items: Sequence[ClassifiedAlert]
    ) -> tuple[Sequence[ClassifiedAlert], Sequence[Decision], ScopeState]:
        """The items, from the first, that one commit has room for, with what correlation makes of them."""
        while True:
            state, decisions = correlate(before, items, self._surroundings.topology())
            fitting = _fitting(state, decisions)
            if fitting == len(items):
                return items, decisions, state
            items = items[:fitting]

    def _commit(
        self, version: int, state: ScopeState, placed: Sequence[tuple[ClassifiedAlert, Decision]]
    ) -> Commit:
        """`state` is the scope after `placed`. The stored records are read unless all of them are new."""
        ids = affected_incident_ids(state, (decision for _, decision in placed))
        new = {decision.incident_id for _, decision in placed if decision.kind is DecisionKind.OPENED}
        previous = self._store.incidents(ids) if ids - new else {}
        around = self._surroundings
        starts = [one.opened_at for one in state.incidents if one.id in ids]
        revision = build_records(
            previous,
            state,
            placed,
            around.topology(),
            self._levels(),
            changes=around.changes(starts),
        )
        return Commit(
            scope=state.scope,
            expected_version=version,
            state=state,
            batch_id=_batch_id(state.scope, placed),
            incidents=revision.incidents,
            alerts=revision.alerts,
            timeline=revision.timeline,
        )


def _news(
    items: Sequence[ClassifiedAlert], decisions: Sequence[Decision]
) -> list[tuple[ClassifiedAlert, Decision]]:
    """The alerts that change something: a duplicate writes nothing."""
    pairs = zip(items, decisions, strict=True)
    return [(item, decision) for item, decision in pairs if decision.kind is not DecisionKind.DUPLICATE]


def _fitting(state: ScopeState, decisions: Sequence[Decision]) -> int:
    """How many decisions, from the first and at least one, a commit has room for.

    `state` is the scope after all of them; what it forgot because of them takes room too.
    """
    ids: set[str] = set()
    rows = 0
    for count, decision in enumerate(decisions):
        if decision.kind is DecisionKind.DUPLICATE:
            continue
        rows += 1
        ids.update(decision.absorbed, filter(None, [decision.incident_id, decision.left]))
        if rows > 1 and (len(ids) > MAX_INCIDENTS_A_COMMIT or rows > MAX_ALERTS_A_COMMIT):
            return count
    if rows > 1 and len(affected_incident_ids(state, decisions)) > MAX_INCIDENTS_A_COMMIT:
        return len(decisions) // 2
    return len(decisions)


def _batch_id(scope: Scope, placed: Sequence[tuple[ClassifiedAlert, Decision]]) -> str:
    """Names the batch by what it adds, so that the same batch, retried, overwrites its own rows."""
    alerts = (item.alert for item, _ in placed)
    marks = sorted(f"{one.fingerprint}/{one.episode}/{one.status}/{one.occurred_at}" for one in alerts)
    return stable_id(str(scope), *marks)
