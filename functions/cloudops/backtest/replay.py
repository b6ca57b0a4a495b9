"""Replays recorded alerts through the present rules and correlation."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Final, NamedTuple, TypeAlias

import msgspec

from cloudops.alerts.alert import Alert, Scope, UnparsablePayload
from cloudops.alerts.clock import bound_times
from cloudops.analysis.classifier import classify
from cloudops.analysis.model import Analysis
from cloudops.analysis.rules import RuleSet
from cloudops.backtest.parked import ParkedInMemory
from cloudops.backtest.recording import RecordedPayload
from cloudops.catalog.topology import Topology
from cloudops.core.ids import IncidentId
from cloudops.core.time import SECOND
from cloudops.correlation.correlator import ClassifiedAlert, Decision, ScopeState, correlate, empty_state
from cloudops.correlation.decision import DecisionKind, Layer
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.record_builder import build_records
from cloudops.incidents.suggestion import ActionSuggestion

Row: TypeAlias = dict[str, object]
"""One object of output."""


def analyze(readings: Iterable[RecordedPayload], rules: RuleSet) -> Iterator[Row]:
    """Yields one row for each alert, in order; an unparsable payload has a reason instead of an action."""
    for reading in readings:
        match reading.content:
            case UnparsablePayload() as unreadable:
                yield unparsable_row(reading.line, unreadable)
            case alert:
                yield alert_row(reading.line, alert, classify(alert, rules))


def alert_row(line: int, alert: Alert, analysis: Analysis) -> Row:
    """Returns the row of an alert with its analysis."""
    first = analysis.proposals[0]
    return {
        "line": line,
        "source": alert.source,
        "status": alert.status,
        "title": analysis.title,
        "service": alert.service or None,
        "environment": alert.environment or None,
        "symptom": analysis.symptom,
        "severity": analysis.severity,
        "action": first.action,
        "confidence": first.prior,
        "evidence": [*analysis.evidence, *first.evidence],
    }


def unparsable_row(line: int, unreadable: UnparsablePayload) -> Row:
    """Returns the row of an unparsable payload."""
    return {
        "line": line,
        "source": unreadable.source,
        "status": None,
        "title": None,
        "service": None,
        "environment": None,
        "symptom": None,
        "severity": None,
        "action": None,
        "confidence": None,
        "evidence": [],
        "decision": "quarantined",
        "reason": unreadable.reason,
    }


MAX_BATCH_ALERTS: Final = 1_000
BATCH_WINDOW_MS: Final = 5 * SECOND
"""Alerts, and milliseconds of arrival, of one batch, as the queue delivers them."""
MAX_MEMORY_BYTES: Final = 32 << 20
"""Bytes of rows in memory; beyond it, rows go to a temporary file."""


class ReplayedIncident(NamedTuple):
    """An incident at the end, its number of alerts, and its first suggestion while it was open."""

    incident: Incident
    alerts: int
    advice: ActionSuggestion | None


class Backtest:
    """Replays a recording, with one state for each scope.

    `sizes` counts the alerts of each incident, `layers` the alerts that each layer of correlation joined to
    one. `advice` is the first suggestion of an incident when it was last open.
    `excluded` counts the alerts of normal operation by rule."""

    def __init__(self, rules: RuleSet, topology: Topology) -> None:
        self._rules = rules
        self._topology = topology
        self._states: dict[Scope, ScopeState] = {}
        self._parked: dict[Scope, ParkedInMemory] = {}
        self.incidents: dict[IncidentId, Incident] = {}
        self.sizes: Counter[IncidentId] = Counter()
        self.advice: dict[IncidentId, ActionSuggestion] = {}
        self.layers: Counter[Layer] = Counter()
        self.excluded: Counter[str] = Counter()
        self.alerts = 0
        self.unread = 0

    def run(self, readings: Iterable[RecordedPayload]) -> Iterator[Row]:
        """Yields one row for each payload, in order, with its incident at that time."""
        for batch in batches(readings):
            yield from self.decide(batch)

    def final(self, incident_id: IncidentId | None) -> IncidentId | None:
        """Returns the survivor of an incident after all merges."""
        while incident_id is not None and self.incidents[incident_id].merged_into:
            incident_id = self.incidents[incident_id].merged_into
        return incident_id

    def outcomes(self) -> list[ReplayedIncident]:
        """Returns the incidents at the end, without those merged into others."""
        sizes: Counter[IncidentId | None] = Counter()
        for name, size in self.sizes.items():
            sizes[self.final(name)] += size
        survivors = [
            incident for incident in self.incidents.values() if incident.status is not IncidentStatus.MERGED
        ]
        return [
            ReplayedIncident(survivor, sizes[survivor.id], self.advice.get(survivor.id))
            for survivor in survivors
        ]

    def decide(self, batch: Sequence[RecordedPayload]) -> list[Row]:
        """Returns the rows of one batch."""
        rows: list[Row] = [{} for _ in batch]
        scopes: dict[Scope, list[tuple[int, ClassifiedAlert]]] = {}
        for index, reading in enumerate(batch):
            match reading.content:
                case UnparsablePayload() as unreadable:
                    self.unread += 1
                    rows[index] = {
                        **unparsable_row(reading.line, unreadable),
                        "incident": None,
                        "causes": None,
                    }
                case Alert() as received:
                    alert = bound_times(received)
                    self.alerts += 1
                    item = ClassifiedAlert(alert, classify(alert, self._rules))
                    rows[index] = alert_row(reading.line, alert, item.analysis)
                    scopes.setdefault(alert.scope, []).append((index, item))
        for scope, items in scopes.items():
            for (index, _), decision in zip(items, self._correlate(scope, items), strict=True):
                rows[index]["decision"] = decision.kind
                rows[index]["reason"] = decision.reason
                rows[index]["incident"] = decision.incident_id
                rows[index]["causes"] = self._causes(decision.incident_id)
        return rows

    def _causes(self, incident_id: IncidentId | None) -> list[str] | None:
        """Returns the probable causes of an incident as it is now, the likeliest first, in the spelling of
        the topology."""
        incident = self.final(incident_id)
        if incident is None:
            return None
        return [self._topology.declared_name(one.service) for one in self.incidents[incident].causes]

    def _correlate(self, scope: Scope, items: list[tuple[int, ClassifiedAlert]]) -> list[Decision]:
        batch = [item for _, item in items]
        parked = self._parked.setdefault(scope, ParkedInMemory(self.final))
        restored = parked.restore(self._states.get(scope) or empty_state(scope), batch)
        after, decisions = correlate(restored.state, batch, self._topology)
        self._states[scope] = parked.settle(restored, after, batch)
        decided = list(zip(batch, decisions, strict=True))
        self.excluded.update(
            item.analysis.normal for item, decision in decided if decision.kind is DecisionKind.EXCLUDED
        )
        self.sizes.update(decision.incident_id for decision in decisions if decision.incident_id)
        self.layers.update(one.layer for one in decisions if one.layer)
        for incident in build_records(self.incidents, after, decided, self._topology).incidents:
            self.incidents[incident.id] = incident
            if incident.suggestions and incident.status is not IncidentStatus.RESOLVED:
                self.advice[incident.id] = incident.suggestions[0]
        return decisions


def batches(readings: Iterable[RecordedPayload]) -> Iterator[list[RecordedPayload]]:
    """Yields the payloads in order, in batches of those that arrive within `BATCH_WINDOW_MS`."""
    batch: list[RecordedPayload] = []
    for reading in readings:
        if batch and (
            len(batch) >= MAX_BATCH_ALERTS
            or not 0 <= reading.received_at - batch[0].received_at <= BATCH_WINDOW_MS
        ):
            yield batch
            batch = []
        batch.append(reading)
    if batch:
        yield batch


def backtest(readings: Iterable[RecordedPayload], rules: RuleSet, topology: Topology) -> Iterator[Row]:
    """Yields one row for each payload, in order.

    `incident` is its incident at the end and `cause` the probable cause then; `causes` are the probable
    causes as far as they were known after the alert's batch, the likeliest first."""
    run = Backtest(rules, topology)
    with SpooledTemporaryFile(max_size=MAX_MEMORY_BYTES) as waiting:
        for row in run.run(readings):
            waiting.write(msgspec.json.encode(row) + b"\n")
        waiting.seek(0)
        for line in waiting:
            row = msgspec.json.decode(line, type=dict[str, object])
            incident = run.final(IncidentId(str(row["incident"]))) if row["incident"] else None
            causes = run.incidents[incident].causes if incident else ()
            yield {
                **row,
                "incident": incident,
                "cause": topology.declared_name(causes[0].service) if causes else None,
            }
