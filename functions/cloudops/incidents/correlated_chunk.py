"""Correlates as many alerts of one scope as one commit has room for, and composes that commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from cloudops.alerts.alert import Scope
from cloudops.catalog.topology import Topology
from cloudops.core.ids import IncidentId, stable_id
from cloudops.core.time import EpochMillis
from cloudops.correlation.correlator import correlate
from cloudops.correlation.decision import ClassifiedAlert, DecidedAlert, Decision, DecisionKind, Reason
from cloudops.correlation.parking import Restored, Unparked, capacity_fingerprint, settle
from cloudops.correlation.state import ScopeState
from cloudops.incidents.capacity_alert import capacity_alert
from cloudops.incidents.record_builder import RecordUpdate, affected_incident_ids
from cloudops.incidents.scope_memory import LoadedScope
from cloudops.incidents.store import MAX_INCIDENTS_A_COMMIT, MAX_ROWS_A_COMMIT, Commit, StoredScope

MAX_ALERTS_A_COMMIT: Final = 500
"""Alert rows of one commit: at some 300 bytes an alert, packed, well below DynamoDB's 4 MB a write."""


_UNCHANGED: Final = frozenset({DecisionKind.DUPLICATE, DecisionKind.EXCLUDED})
"""Decisions that change no incident."""


@dataclass(frozen=True, slots=True)
class CorrelatedChunk:
    """Alerts of one scope with their decisions, the scope before and after them, and the parked rows that it
    no longer needs. CloudOps' own alert about the scope may be the last of them."""

    stored: StoredScope
    state: ScopeState
    alerts: Sequence[ClassifiedAlert]
    decisions: Sequence[Decision]
    unparked: Unparked

    @property
    def news(self) -> list[DecidedAlert]:
        """The alerts that change something: a duplicate and an excluded alert write nothing."""
        pairs = zip(self.alerts, self.decisions, strict=True)
        return [(item, decision) for item, decision in pairs if decision.kind not in _UNCHANGED]

    @property
    def changes_scope(self) -> bool:
        """Whether there is anything to commit."""
        return bool(_remembered(self.alerts, self.decisions)) and self.state != self.stored.state

    @property
    def affected_ids(self) -> set[IncidentId]:
        return affected_incident_ids(decision for _, decision in self.news)

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
    loaded: LoadedScope, alerts: Sequence[ClassifiedAlert], topology: Topology
) -> CorrelatedChunk:
    """Correlates the alerts, from the first and at least one, that one commit has room for.

    Args:
        loaded: The scope as read, with what is parked of these alerts.
        alerts: Alerts of this scope, oldest first; at least one.
        topology: The dependencies between services.
    """
    alerts = _covered(loaded, alerts)
    while True:
        state, decisions = correlate(loaded.restored.state, alerts, topology)
        fitting = _fitting(loaded.restored, alerts, decisions)
        if fitting == len(alerts):
            break
        alerts = alerts[:fitting]
    changed = _remembered(alerts, decisions)
    state, unparked = settle(
        loaded.restored,
        state,
        {item.alert.fingerprint for item, _ in changed},
        {name for _, decision in changed for name in _ids(decision)},
    )
    own = capacity_fingerprint(state.scope)
    for item, _ in changed:
        if item.alert.fingerprint == own:
            state.parked = replace(state.parked, reported=item.alert.is_firing)
    return CorrelatedChunk(loaded.stored, state, alerts, decisions, unparked)


def _covered(loaded: LoadedScope, alerts: Sequence[ClassifiedAlert]) -> Sequence[ClassifiedAlert]:
    """Returns the alerts that the scope was loaded for, and last CloudOps' own alert if it is due."""
    if loaded.covered < len(alerts):
        return alerts[: loaded.covered]
    own = capacity_alert(loaded.stored.state, max(item.alert.received_at for item in alerts))
    return [*alerts, own] if own is not None else alerts


def _remembered(alerts: Sequence[ClassifiedAlert], decisions: Sequence[Decision]) -> list[DecidedAlert]:
    """Returns the alerts of which the scope remembers something new.

    These are the alerts that change something, and the repeats that count as their source's last word: a
    resolution, and a firing that its source does not identify. An earlier word may still arrive after them.
    """
    return [pair for pair in zip(alerts, decisions, strict=True) if _is_remembered(*pair)]


def _is_remembered(item: ClassifiedAlert, decision: Decision) -> bool:
    if decision.kind not in _UNCHANGED:
        return True
    alert = item.alert
    identified = alert.episode or alert.started_at is not None
    return decision.reason is Reason.SAME_ALERT and (alert.has_ended or (alert.is_firing and not identified))


def _ids(decision: Decision) -> list[IncidentId]:
    return [*decision.absorbed, *filter(None, [decision.incident_id, decision.left])]


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
        unparked=chunk.unparked,
    )


def _fitting(restored: Restored, alerts: Sequence[ClassifiedAlert], decisions: Sequence[Decision]) -> int:
    """Returns how many decisions, from the first and at least one, a commit has room for."""
    ids: set[IncidentId] = set()
    unparked: set[str] = set()
    count = 0
    for position, (item, decision) in enumerate(zip(alerts, decisions, strict=True)):
        if not _is_remembered(item, decision):
            continue
        count += 1
        ids.update(_ids(decision))
        unparked.update(restored.incidents.keys() & _ids(decision))
        if item.alert.fingerprint in restored.alerts:
            unparked.add(item.alert.fingerprint)
        rows = 2 * len(ids) + len(unparked)
        full = len(ids) > MAX_INCIDENTS_A_COMMIT or rows > MAX_ROWS_A_COMMIT
        if count > 1 and (full or count > MAX_ALERTS_A_COMMIT):
            return position
    return len(decisions)


def _batch_id(scope: Scope, news: Sequence[DecidedAlert]) -> str:
    """Names the batch by what it adds, so that the same batch, retried, overwrites its own rows."""
    alerts = (item.alert for item, _ in news)
    keys = sorted(f"{one.fingerprint}/{one.episode}/{one.status}/{one.occurred_at}" for one in alerts)
    return stable_id(str(scope), *keys)
