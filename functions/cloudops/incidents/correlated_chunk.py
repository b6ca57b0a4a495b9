"""Correlates as many alerts of one scope as one commit has room for, and composes that commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cloudops.alerts.alert import Scope
from cloudops.catalog.topology import Topology
from cloudops.core.ids import IncidentId, stable_id
from cloudops.core.time import EpochMillis
from cloudops.correlation.correlator import correlate
from cloudops.correlation.decision import ClassifiedAlert, DecidedAlert, Decision, DecisionKind
from cloudops.correlation.state import ScopeState
from cloudops.incidents.record_builder import RecordUpdate, affected_incident_ids
from cloudops.incidents.store import MAX_INCIDENTS_A_COMMIT, Commit, StoredScope

MAX_ALERTS_A_COMMIT: Final = 500
"""Alert rows of one commit: at some 300 bytes an alert, packed, well below DynamoDB's 4 MB a write."""


@dataclass(frozen=True, slots=True)
class CorrelatedChunk:
    """Alerts of one scope with their decisions, and the scope before and after them."""

    stored: StoredScope
    state: ScopeState
    alerts: Sequence[ClassifiedAlert]
    decisions: Sequence[Decision]

    @property
    def news(self) -> list[DecidedAlert]:
        """The alerts that change something: a duplicate writes nothing."""
        pairs = zip(self.alerts, self.decisions, strict=True)
        return [(item, decision) for item, decision in pairs if decision.kind is not DecisionKind.DUPLICATE]

    @property
    def changes_scope(self) -> bool:
        """Whether there is anything to commit."""
        return bool(self.news) and self.state != self.stored.state

    @property
    def affected_ids(self) -> set[IncidentId]:
        return affected_incident_ids(self.state, (decision for _, decision in self.news))

    @property
    def stored_ids(self) -> set[IncidentId]:
        """The incidents whose stored records are read; none if all that are affected are new."""
        opened = {decision.incident_id for _, decision in self.news if decision.kind is DecisionKind.OPENED}
        affected = self.affected_ids
        return affected if affected - opened else set()

    @property
    def started_at(self) -> list[EpochMillis]:
        """When the affected incidents were opened."""
        affected = self.affected_ids
        return [one.opened_at for one in self.state.incidents if one.id in affected]


def correlate_chunk(
    stored: StoredScope, alerts: Sequence[ClassifiedAlert], topology: Topology
) -> CorrelatedChunk:
    """Correlates the alerts, from the first and at least one, that one commit has room for.

    Args:
        stored: The scope as read.
        alerts: Alerts of this scope, oldest first; at least one.
        topology: The dependencies between services.
    """
    while True:
        state, decisions = correlate(stored.state, alerts, topology)
        fitting = _fitting(state, decisions)
        if fitting == len(alerts):
            return CorrelatedChunk(stored, state, alerts, decisions)
        alerts = alerts[:fitting]


def new_commit(chunk: CorrelatedChunk, records: RecordUpdate) -> Commit:
    """Composes the commit of a chunk and the records that are built from it."""
    return Commit(
        scope=chunk.state.scope,
        expected_version=chunk.stored.version,
        state=chunk.state,
        batch_id=_batch_id(chunk.state.scope, chunk.news),
        incidents=records.incidents,
        alerts=records.alerts,
        timeline=records.timeline,
    )


def _fitting(state: ScopeState, decisions: Sequence[Decision]) -> int:
    """How many decisions, from the first and at least one, a commit has room for.

    `state` is the scope after all of them; what it forgot because of them takes room too.
    """
    ids: set[IncidentId] = set()
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


def _batch_id(scope: Scope, news: Sequence[DecidedAlert]) -> str:
    """Names the batch by what it adds, so that the same batch, retried, overwrites its own rows."""
    alerts = (item.alert for item, _ in news)
    keys = sorted(f"{one.fingerprint}/{one.episode}/{one.status}/{one.occurred_at}" for one in alerts)
    return stable_id(str(scope), *keys)
