"""Places alerts in incidents: per scope, read, decide, write on the condition that nobody else moved it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from cloudops.alerts.alert import Alert, Scope
from cloudops.analysis.model import Analysis
from cloudops.confidence.posterior import Levels
from cloudops.core.ids import stable_id
from cloudops.core.retry import Pause, TimeLeft
from cloudops.correlation.correlator import correlate
from cloudops.correlation.decision import ClassifiedAlert, Decision, DecisionKind
from cloudops.correlation.state import ScopeState
from cloudops.incidents.context import CorrelationContext
from cloudops.incidents.record_builder import affected_incident_ids, build_records
from cloudops.incidents.scope_attempts import ProcessingResult, ScopeAttempts
from cloudops.incidents.store import MAX_INCIDENTS_A_COMMIT, Commit, IncidentStore
from cloudops.silences.matching import mark_muted
from cloudops.silences.silence import Silence

MAX_ALERTS_A_COMMIT = 500
"""Alert rows of one commit: at some 300 bytes an alert, packed, well below DynamoDB's 4 MB a write."""


class Analyse(Protocol):
    def __call__(self, alert: Alert) -> Analysis: ...


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

    def process(self, alerts: Sequence[Alert], time_left: TimeLeft) -> ProcessingResult:
        """Each alert gets a decision or a failure; a scope that fails leaves the others alone."""
        result = ProcessingResult()
        alerts = [self._surroundings.recognised(alert) for alert in alerts]
        if silences := self._silences():
            alerts = [mark_muted(alert, silences) for alert in alerts]
        items = self._classify(alerts, result)
        for attempt in ScopeAttempts(items, result, pause=self._pause, time_left=time_left):
            with attempt:
                attempt.stored(self._store_alerts(attempt.scope, attempt.alerts))
        return result

    def _classify(self, alerts: Sequence[Alert], result: ProcessingResult) -> dict[int, ClassifiedAlert]:
        """The classified alerts by position; an alert that breaks the classifier fails alone."""
        items: dict[int, ClassifiedAlert] = {}
        for position, alert in enumerate(alerts):
            try:
                items[position] = ClassifiedAlert(alert, self._analyse(alert))
            except Exception as error:  # noqa: BLE001 kept with the alert; the queue and its DLQ decide
                result.failures[position] = error
        return items

    def _store_alerts(self, scope: Scope, alerts: Sequence[ClassifiedAlert]) -> Sequence[Decision]:
        """Decides on as many as one commit takes, at least one. Conflict where others were first."""
        stored = self._store.load_scope(scope)
        items, decisions, state = self._decide(stored.state, alerts)
        placed = _news(items, decisions)
        if placed and state != stored.state:
            self._store.commit(self._commit(stored.version, state, placed))
        return decisions

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
