"""What this would have made of a recording: every alert with its decision, and the incidents at the end."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Final, NamedTuple, TypeAlias

import msgspec

from cloudops.alerts.alert import Alert, Scope, UnparsablePayload
from cloudops.analysis.classifier import classify
from cloudops.analysis.model import Analysis
from cloudops.analysis.rules import RuleSet
from cloudops.backtest.recording import RecordedPayload
from cloudops.catalog.topology import Topology
from cloudops.core.ids import IncidentId
from cloudops.core.time import SECOND
from cloudops.correlation.correlator import ClassifiedAlert, Decision, ScopeState, correlate, empty_state
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.record_builder import build_records
from cloudops.incidents.suggestion import ActionSuggestion

Row: TypeAlias = dict[str, object]
"""One object of output."""


def analyze(readings: Iterable[RecordedPayload], rules: RuleSet) -> Iterator[Row]:
    """One row an alert, in order; one that cannot be read has no action and says why."""
    for reading in readings:
        match reading.content:
            case UnparsablePayload() as unreadable:
                yield unread_row(reading.line, unreadable)
            case alert:
                yield alert_row(reading.line, alert, classify(alert, rules))


def alert_row(line: int, alert: Alert, analysis: Analysis) -> Row:
    """The row of an alert and what the rules made of it."""
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


def unread_row(line: int, unreadable: UnparsablePayload) -> Row:
    """The row of something that no alert could be read from."""
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


BATCH: Final = 1_000
BATCH_WINDOW: Final = 5 * SECOND
"""Alerts, and milliseconds of arrival, that are decided together, as the queue would hand them over."""
IN_MEMORY: Final = 32 << 20
"""Bytes of rows that are kept in memory; more of them wait in a temporary file."""


class Outcome(NamedTuple):
    """An incident at the end, how many alerts it took in, and what was first suggested while it was open."""

    incident: Incident
    alerts: int
    advice: ActionSuggestion | None


class Backtest:
    """Runs a recording through the decisions, one scope beside the other. `sizes` counts the alerts that
    went to each incident, `advice` is what was suggested first for it when last it was open."""

    def __init__(self, rules: RuleSet, topology: Topology) -> None:
        self._rules = rules
        self._topology = topology
        self._states: dict[Scope, ScopeState] = {}
        self.incidents: dict[IncidentId, Incident] = {}
        self.sizes: Counter[IncidentId] = Counter()
        self.advice: dict[IncidentId, ActionSuggestion] = {}
        self.alerts = 0
        self.unread = 0

    def run(self, readings: Iterable[RecordedPayload]) -> Iterator[Row]:
        """One row a reading, in order, with the incident that it was put in then."""
        for batch in batches(readings):
            yield from self.decide(batch)

    def final(self, incident_id: IncidentId | None) -> IncidentId | None:
        """The incident that this one ended up in, after merges."""
        while incident_id is not None and self.incidents[incident_id].merged_into:
            incident_id = self.incidents[incident_id].merged_into
        return incident_id

    def outcomes(self) -> list[Outcome]:
        """The incidents that were not merged into others, as they were at the end."""
        sizes: Counter[IncidentId | None] = Counter()
        for name, size in self.sizes.items():
            sizes[self.final(name)] += size
        standing = [one for one in self.incidents.values() if one.status is not IncidentStatus.MERGED]
        return [Outcome(one, sizes[one.id], self.advice.get(one.id)) for one in standing]

    def decide(self, batch: Sequence[RecordedPayload]) -> list[Row]:
        """The rows of readings that arrived together."""
        rows: list[Row] = [{} for _ in batch]
        scopes: dict[Scope, list[tuple[int, ClassifiedAlert]]] = {}
        for index, reading in enumerate(batch):
            match reading.content:
                case UnparsablePayload() as unreadable:
                    self.unread += 1
                    rows[index] = {**unread_row(reading.line, unreadable), "incident": None}
                case Alert() as alert:
                    self.alerts += 1
                    item = ClassifiedAlert(alert, classify(alert, self._rules))
                    rows[index] = alert_row(reading.line, alert, item.analysis)
                    scopes.setdefault(alert.scope, []).append((index, item))
        for scope, items in scopes.items():
            for (index, _), decision in zip(items, self._correlate(scope, items), strict=True):
                rows[index]["decision"] = decision.kind
                rows[index]["reason"] = decision.reason
                rows[index]["incident"] = decision.incident_id
        return rows

    def _correlate(self, scope: Scope, items: list[tuple[int, ClassifiedAlert]]) -> list[Decision]:
        before = self._states.get(scope) or empty_state(scope)
        batch = [item for _, item in items]
        after, decisions = correlate(before, batch, self._topology)
        self._states[scope] = after
        placed = list(zip(batch, decisions, strict=True))
        self.sizes.update(decision.incident_id for decision in decisions if decision.incident_id)
        for incident in build_records(self.incidents, after, placed, self._topology).incidents:
            self.incidents[incident.id] = incident
            if incident.suggestions and incident.status is not IncidentStatus.RESOLVED:
                self.advice[incident.id] = incident.suggestions[0]
        return decisions


def batches(readings: Iterable[RecordedPayload]) -> Iterator[list[RecordedPayload]]:
    """The readings in order, as many together as arrive within BATCH_WINDOW."""
    batch: list[RecordedPayload] = []
    for reading in readings:
        if batch and (
            len(batch) >= BATCH or not 0 <= reading.received_at - batch[0].received_at <= BATCH_WINDOW
        ):
            yield batch
            batch = []
        batch.append(reading)
    if batch:
        yield batch


def backtest(readings: Iterable[RecordedPayload], rules: RuleSet, topology: Topology) -> Iterator[Row]:
    """One row a reading, in order, with the incident that it ended up in and that one's probable cause."""
    run = Backtest(rules, topology)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as waiting:
        for row in run.run(readings):
            waiting.write(msgspec.json.encode(row) + b"\n")
        waiting.seek(0)
        for line in waiting:
            row = msgspec.json.decode(line, type=dict[str, object])
            incident = run.final(IncidentId(str(row["incident"]))) if row["incident"] else None
            causes = run.incidents[incident].causes if incident else ()
            yield {**row, "incident": incident, "cause": causes[0].service if causes else None}
