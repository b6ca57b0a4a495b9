"""Ingests payloads: stores alerts in incidents, records changes, quarantines unparsable parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cloudops.alerts.alert import Alert
from cloudops.alerts.clock import bound_times
from cloudops.analysis.model import Analysis
from cloudops.changes.change import Change
from cloudops.changes.service import RecordChanges
from cloudops.confidence.posterior import Levels
from cloudops.core.errors import CloudOpsError, WriteConflict
from cloudops.core.ids import IncidentId
from cloudops.core.retry import Pause, TimeLeft
from cloudops.correlation.decision import ClassifiedAlert, Decision, DecisionKind
from cloudops.correlation.parking import DEFAULT_CAPACITY, Capacity
from cloudops.incidents.context import CorrelationContext
from cloudops.incidents.correlated_chunk import correlate_chunk, new_commit
from cloudops.incidents.record_builder import build_records
from cloudops.incidents.scope_attempts import ProcessingResult, ScopeAttempts
from cloudops.incidents.scope_memory import ScopeMemory
from cloudops.incidents.store import IncidentStore
from cloudops.ingestion.quarantine import Quarantine, QuarantineItem
from cloudops.ingestion.reading import AlertReader, ChangeReader, ReadPayload, Received, read_payloads
from cloudops.silences.matching import mark_muted
from cloudops.silences.silence import Silence

Classify = Callable[[Alert], Analysis]


@dataclass(frozen=True, slots=True)
class IngestOutcome:
    """The result of one payload: a decision for each alert, an item for each unparsable part, or changes.

    `errors` say why a part is not stored; the payload must then be delivered again."""

    ref: str
    decisions: tuple[Decision, ...] = ()
    quarantined: tuple[QuarantineItem, ...] = ()
    changes: tuple[Change, ...] = ()
    errors: tuple[Exception, ...] = ()

    @property
    def lost_race(self) -> bool:
        """Whether it failed only because others changed its scope first: nothing is wrong with it."""
        return bool(self.errors) and all(isinstance(error, WriteConflict) for error in self.errors)


@dataclass(frozen=True, slots=True)
class Report:
    """One outcome a payload, in the order of the payloads; `conflicts` counts lost races for a scope."""

    outcomes: tuple[IngestOutcome, ...]
    conflicts: int = 0

    def count(self, kind: DecisionKind) -> int:
        return sum(decision.kind is kind for outcome in self.outcomes for decision in outcome.decisions)

    @property
    def alerts(self) -> int:
        return sum(len(outcome.decisions) for outcome in self.outcomes)

    @property
    def quarantined(self) -> int:
        return sum(len(outcome.quarantined) for outcome in self.outcomes)

    @property
    def changes(self) -> int:
        return sum(len(outcome.changes) for outcome in self.outcomes)

    @property
    def failed(self) -> tuple[IngestOutcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.errors)

    @property
    def incident_ids(self) -> tuple[IncidentId, ...]:
        """The incidents that the alerts went to, each once, in the order of the alerts."""
        ids = (decision.incident_id for outcome in self.outcomes for decision in outcome.decisions)
        return tuple(dict.fromkeys(one for one in ids if one is not None))


class Ingest:
    """The single path of all alerts into incidents, from push, queue, API and polling."""

    def __init__(
        self,
        *,
        read: AlertReader,
        read_changes: ChangeReader,
        record_changes: RecordChanges,
        quarantine: Quarantine,
        context: CorrelationContext,
        classify: Classify,
        store: IncidentStore,
        pause: Pause,
        levels: Callable[[], Levels] = Levels,
        silences: Callable[[], Sequence[Silence]] = tuple,
        capacity: Capacity = DEFAULT_CAPACITY,
    ) -> None:
        """`levels` is the learned confidence, `silences` those that people set; by default there are none.
        `capacity` is what a scope holds in memory."""
        self._read = read
        self._read_changes = read_changes
        self._record_changes = record_changes
        self._quarantine = quarantine
        self._context = context
        self._classify = classify
        self._store = store
        self._memory = ScopeMemory(store, capacity)
        self._pause = pause
        self._levels = levels
        self._silences = silences

    def process(self, payloads: Sequence[Received], time_left: TimeLeft) -> Report:
        """Reads, attributes, mutes, classifies and correlates; builds the records and commits them.

        The times of an alert are bounded by that of its receipt before anything depends on them.
        The service of an alert is attributed before the rules see it, because they may ask for it. Taking a
        payload in again changes nothing that is stored.

        Args:
            payloads: In any order; alerts are decided on by the time at which they happened.
            time_left: How long a scope is tried again that others change meanwhile.

        Returns:
            One outcome a payload, in order. A failure of one payload or scope leaves the others alone.
        """
        batch = read_payloads(payloads, self._read, self._read_changes)
        # Changes first: an alert of the same batch may be the effect of one of them.
        changes_error = self._store_changes(batch)
        alerts = [
            self._context.attribute(bound_times(alert)) for payload in batch for alert in payload.alerts
        ]
        silences = self._silences()
        alerts = [mark_muted(alert, silences) for alert in alerts]
        result = ProcessingResult()
        classified = _classify_alerts(alerts, self._classify, result)
        for attempt in ScopeAttempts(classified, result, pause=self._pause, time_left=time_left):
            with attempt:
                topology = self._context.topology()
                loaded = self._memory.load(attempt.scope, [item.alert.fingerprint for item in attempt.alerts])
                chunk = correlate_chunk(loaded, attempt.alerts, topology)
                if chunk.changes_scope:
                    records = build_records(
                        self._store.incidents(chunk.stored_ids) if chunk.stored_ids else {},
                        chunk.state,
                        chunk.news,
                        topology,
                        self._levels(),
                        changes=self._context.changes(chunk.started_at),
                    )
                    self._store.commit(new_commit(chunk, records))
                attempt.stored(chunk.decisions)
        quarantine_error = self._store_quarantined(batch)
        return _report(batch, result, changes_error, quarantine_error)

    def _store_changes(self, batch: Sequence[ReadPayload]) -> CloudOpsError | None:
        return _error_of(
            lambda: self._record_changes.record([one for payload in batch for one in payload.changes])
        )

    def _store_quarantined(self, batch: Sequence[ReadPayload]) -> CloudOpsError | None:
        items = {item.id: item for payload in batch for item in payload.quarantined}
        return _error_of(lambda: self._quarantine.put(tuple(items.values()))) if items else None


def _classify_alerts(
    alerts: Sequence[Alert], classify: Classify, result: ProcessingResult
) -> dict[int, ClassifiedAlert]:
    """Returns the alerts by their position in the batch; one that breaks the classifier fails alone."""
    classified: dict[int, ClassifiedAlert] = {}
    for position, alert in enumerate(alerts):
        try:
            classified[position] = ClassifiedAlert(alert, classify(alert))
        except Exception as error:  # noqa: BLE001 this alert fails alone; the queue repeats it
            result.failures[position] = error
    return classified


def _report(
    batch: Sequence[ReadPayload],
    result: ProcessingResult,
    changes_error: CloudOpsError | None,
    quarantine_error: CloudOpsError | None,
) -> Report:
    outcomes: list[IngestOutcome] = []
    first = 0
    for payload in batch:
        positions = range(first, first + len(payload.alerts))
        first = positions.stop
        errors: list[Exception] = []
        if payload.quarantined and quarantine_error:
            errors.append(quarantine_error)
        if payload.changes and changes_error:
            errors.append(changes_error)
        errors += [result.failures[at] for at in positions if at in result.failures]
        decisions = tuple(result.decisions[at] for at in positions if at in result.decisions)
        outcomes.append(
            IngestOutcome(payload.ref, decisions, payload.quarantined, payload.changes, tuple(errors))
        )
    return Report(tuple(outcomes), result.conflicts)


def _error_of(act: Callable[[], object]) -> CloudOpsError | None:
    """The error that the store raises, or None."""
    try:
        act()
    except CloudOpsError as error:
        return error
    return None
