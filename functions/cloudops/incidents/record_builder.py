"""Builds the incident records, alert rows and timeline entries of a batch of decided alerts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from cloudops.alerts.alert import Scope, Severity
from cloudops.catalog.topology import Topology
from cloudops.changes.evidence import EMPTY_LOG, ChangeLog, SuspectChanges
from cloudops.changes.suspects import related_change
from cloudops.confidence.posterior import Levels
from cloudops.core.ids import IncidentId, stable_id
from cloudops.core.taxonomy import Symptom
from cloudops.core.time import EpochMillis
from cloudops.correlation.decision import ClassifiedAlert, DecidedAlert, Decision, DecisionKind
from cloudops.correlation.state import IncidentState, Resolution, ScopeState
from cloudops.incidents.incident import (
    AlertSample,
    Cause,
    Incident,
    IncidentAlert,
    IncidentStatus,
    TimelineEntry,
    TimelineKind,
)
from cloudops.incidents.root_cause import rank_root_causes
from cloudops.incidents.suggestion_ranking import rank_suggestions

MAX_SAMPLES: Final = 5
WIDE_SERVICES: Final = 4
"""Affected services from which an incident is one step more severe than its alerts."""


def incident_title(
    now: IncidentState, ranked: Sequence[Cause], before: Incident | None, items: Sequence[DecidedAlert]
) -> str:
    """Returns the title of the probable cause's most specific alert, and the number of other services."""
    if now.window:
        return f"Planned work {now.window.partition(':')[2]}: {_counted(len(now.services), 'service')}"
    if not ranked:
        return before.title if before else items[0][0].analysis.title
    service, others = _first_affected(now, ranked), len(now.services) - 1
    text = now.services[service].title
    if service.lower() not in text.lower():
        text = f"{service}: {text}"
    return f"{text} (+{_counted(others, 'service')})" if others else text


def _first_affected(now: IncidentState, ranked: Sequence[Cause]) -> str:
    """Returns the likeliest cause that has an alert: a silent cause has neither title nor symptom."""
    return next(one.service for one in ranked if one.service in now.services)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def severity_of(now: IncidentState, lineage: Sequence[Incident], items: Sequence[DecidedAlert]) -> Severity:
    """Returns the highest severity of the alerts, one step up for a wide incident; it never falls."""
    ranks = [one.severity for one in now.services.values()]
    ranks += [item.analysis.severity.rank for item, _ in items if item.alert.is_firing]
    worst = max(ranks, default=0) + (len(now.services) >= WIDE_SERVICES)
    worst = max([worst, *(one.severity.rank for one in lineage)])
    return list(Severity)[min(worst, Severity.CRITICAL.rank)]


def first_symptom(before: Incident | None, items: Sequence[DecidedAlert]) -> Symptom:
    """Returns the recorded symptom, or that of the first alert."""
    return before.symptom if before else items[0][0].analysis.symptom


def samples_of(
    now: IncidentState, lineage: Sequence[Incident], items: Sequence[DecidedAlert]
) -> tuple[AlertSample, ...]:
    """Returns the alerts that a list shows, the most severe and then the latest first."""
    samples = {sample.fingerprint: sample for one in reversed(lineage) for sample in one.samples}
    for item, _ in items:
        alert, analysis = item.alert, item.analysis
        known = samples.get(alert.fingerprint)
        if alert.is_firing or known is None:
            samples[alert.fingerprint] = AlertSample(
                alert.fingerprint,
                alert.title,
                alert.service,
                alert.source,
                alert.status,
                analysis.severity,
                analysis.symptom,
                alert.occurred_at,
            )
        else:
            samples[alert.fingerprint] = replace(known, status=alert.status)
    ordered = sorted(
        samples.values(), key=lambda one: (-one.severity.rank, -one.occurred_at, one.fingerprint)
    )
    return tuple(ordered[:MAX_SAMPLES])


def entries_of(
    before: Incident | None, after: Incident, items: Sequence[DecidedAlert]
) -> list[TimelineEntry]:
    """Returns the timeline entries of one batch: all joins share one, reopenings and merges have their
    own."""
    entries = []
    if before is None:
        text = f"Opened by {items[0][0].analysis.title}"
        entries.append(entry(after.id, TimelineKind.OPENED, after.opened_at, text))
    joined = [(item, one) for item, one in items if one.kind is DecisionKind.JOINED]
    if joined:
        head, decision = joined[0]
        text = f"{head.analysis.title} joined: {'; '.join(decision.evidence) or decision.reason}"
        if len(joined) > 1:
            text = f"{len(joined)} alerts joined, first {text}"
        entries.append(entry(after.id, TimelineKind.ALERT, head.alert.occurred_at, text))
    for item, decision in items:
        if decision.kind is DecisionKind.NO_DATA:
            text = f"{item.analysis.title} has no data"
            entries.append(entry(after.id, TimelineKind.ALERT, item.alert.occurred_at, text))
        if decision.kind is DecisionKind.REOPENED:
            entries.append(
                entry(
                    after.id,
                    TimelineKind.REOPENED,
                    item.alert.occurred_at,
                    f"{item.analysis.title} fired again",
                )
            )
        entries.extend(
            entry(after.id, TimelineKind.MERGED, item.alert.occurred_at, f"Merged incident {name}")
            for name in decision.absorbed
        )
    if before is not None and after.severity.rank > before.severity.rank:
        text = f"Severity raised from {before.severity} to {after.severity}"
        entries.append(entry(after.id, TimelineKind.SEVERITY, after.updated_at, text))
    resolved_at, resolution = after.resolved_at, after.resolution
    if (
        resolved_at is not None
        and resolution is not None
        and (before is None or before.resolved_at != resolved_at)
    ):
        entries.append(entry(after.id, TimelineKind.RESOLVED, resolved_at, _RESOLVED_TEXTS[resolution]))
    return entries


_RESOLVED_TEXTS: Final = {
    Resolution.BY_SOURCE: "All alerts have resolved",
    Resolution.GONE: "No alert fires any more; one or more no longer exist in their source",
    Resolution.MOVED: "No alert fires here any more; one or more fire in another incident",
    Resolution.BY_PERSON: "Resolved by a person",
}


def entry(incident: IncidentId, kind: TimelineKind, at: int, text: str) -> TimelineEntry:
    """Returns an entry whose id depends on its content, so that a retry overwrites it."""
    return TimelineEntry(
        id="tl_" + stable_id(incident, kind, str(at), text), incident_id=incident, at=at, kind=kind, text=text
    )


MAX_NAMED: Final = 20
"""Services that the record names."""
MAX_RELATED_CHANGES: Final = 5
"""Changes that the record keeps, some 80 bytes each once packed."""


class RecordUpdate(msgspec.Struct, frozen=True):
    """The rows to store: whole incidents, the alerts to add to each, and timeline entries."""

    incidents: tuple[Incident, ...]
    alerts: dict[IncidentId, tuple[IncidentAlert, ...]]
    timeline: tuple[TimelineEntry, ...]


def affected_incident_ids(decisions: Iterable[Decision]) -> set[IncidentId]:
    """Returns the incidents whose stored records `build_records` needs, as far as there are any."""
    ids: set[IncidentId] = set()
    for decision in decisions:
        ids.update(decision.absorbed, filter(None, [decision.left]))
        if decision.incident_id is not None and decision.kind is not DecisionKind.DUPLICATE:
            ids.add(decision.incident_id)
    return ids


def build_records(
    previous: Mapping[IncidentId, Incident],
    state: ScopeState,
    decided: Sequence[DecidedAlert],
    topology: Topology | None = None,
    levels: Levels | None = None,
    *,
    changes: ChangeLog = EMPTY_LOG,
) -> RecordUpdate:
    """Builds the records of the incidents that a batch changed.

    The same arguments give the same rows, so that a retry converges.

    Args:
        previous: The stored records of `affected_incident_ids`, as far as there are any.
        state: The scope after the batch.
        decided: The alerts of the batch with their decisions, oldest first.
        topology: The dependencies between services; none by default.
        levels: The learned confidence; by default suggestions are as sure as rules and changes make them.
        changes: The changes before these incidents.
    """
    graph, learned = topology or Topology(), levels or Levels()
    known = {one.id: one for one in state.incidents}
    survivors = {merged: one.id for one in state.incidents for merged in one.merged_from}
    by_incident = _by_incident(decided, known, survivors)
    updated: list[Incident] = []
    timeline: list[TimelineEntry] = []
    for name, items in by_incident.items():
        before, now = previous.get(name), known[name]
        suspects = _suspect_changes(now, state.scope, changes, graph)
        after = _record(now, before, previous, items, suspects=suspects, topology=graph, levels=learned)
        updated.append(after)
        timeline.extend(entries_of(before, after, items))
    rows = {name: tuple(_row(*one) for one in items) for name, items in by_incident.items() if items}
    incidents = (*updated, *_merged_records(previous, survivors, known))
    return RecordUpdate(incidents, rows, tuple(timeline))


def _by_incident(
    decided: Sequence[DecidedAlert],
    known: Mapping[IncidentId, IncidentState],
    survivors: Mapping[IncidentId, IncidentId],
) -> dict[IncidentId, list[DecidedAlert]]:
    """Returns the alerts by their incident after all merges; an incident that an alert left may have none."""
    by_incident: dict[IncidentId, list[DecidedAlert]] = {}
    for item, decision in decided:
        if decision.incident_id is not None and decision.kind is not DecisionKind.DUPLICATE:
            name = survivors.get(decision.incident_id, decision.incident_id)
            by_incident.setdefault(name, []).append((item, decision))
    for _, decision in decided:
        if decision.left in known:
            by_incident.setdefault(decision.left, [])
    return by_incident


def _merged_records(
    previous: Mapping[IncidentId, Incident],
    survivors: Mapping[IncidentId, IncidentId],
    known: Mapping[IncidentId, IncidentState],
) -> Iterator[Incident]:
    """Yields the stored records that a merge ends."""
    for merged, survivor in survivors.items():
        record = previous.get(merged)
        if record is not None and record.status is not IncidentStatus.MERGED:
            yield _merged(record, survivor, known[survivor])


def _record(
    now: IncidentState,
    before: Incident | None,
    previous: Mapping[IncidentId, Incident],
    items: Sequence[DecidedAlert],
    *,
    suspects: SuspectChanges,
    topology: Topology,
    levels: Levels,
) -> Incident:
    ranked = rank_root_causes(now, topology, suspects.all)
    parents = [previous[name] for name in now.merged_from if name in previous]
    lineage = [*([before] if before else []), *parents]
    lead = next((now.services[one.service] for one in ranked if one.service in now.services), None)
    firing = [item for item, _ in items if item.alert.is_firing]
    life = _life(now, before, items)
    return Incident(
        id=now.id,
        scope=(items[0][0].alert if items else lineage[0]).scope,
        status=life.status,
        title=incident_title(now, ranked, before, items),
        severity=severity_of(now, lineage, items),
        symptom=lead.symptom if lead else first_symptom(before, items),
        opened_at=now.opened_at,
        updated_at=now.active_at,
        resolved_at=now.cleared_at,
        resolved_by=life.resolved_by,
        resolved_by_id=life.resolved_by_id,
        resolution=now.resolution if life.status is IncidentStatus.RESOLVED else None,
        acknowledged_at=life.acknowledged_at,
        acknowledged_by=life.acknowledged_by,
        acknowledged_by_id=life.acknowledged_by_id,
        merged_from=tuple(now.merged_from),
        services=tuple(sorted(now.services))[:MAX_NAMED],
        causes=ranked,
        alert_count=now.firings,
        firing_count=now.firing,
        event_count=now.events,
        muted_count=now.muted,
        samples=samples_of(now, lineage, items),
        suggestions=rank_suggestions(now, ranked, lineage, firing, levels=levels, before=suspects),
        changes=tuple(related_change(one) for one in suspects.all[:MAX_RELATED_CHANGES]),
        url=_url(lineage, items),
    )


class _Life(NamedTuple):
    """The status of an incident, and who acknowledged or resolved it."""

    status: IncidentStatus
    resolved_by: str = ""
    resolved_by_id: str = ""
    acknowledged_at: EpochMillis | None = None
    acknowledged_by: str = ""
    acknowledged_by_id: str = ""


def _life(now: IncidentState, before: Incident | None, items: Sequence[DecidedAlert]) -> _Life:
    """Returns the life-cycle fields: an acknowledgment lasts until the incident is reopened."""
    cleared = now.cleared_at is not None
    if before is None:
        return _Life(IncidentStatus.RESOLVED if cleared else IncidentStatus.OPEN)
    reopened = any(decision.kind is DecisionKind.REOPENED for _, decision in items)
    acknowledged = before.status is IncidentStatus.ACKNOWLEDGED and not reopened
    by_person = cleared and now.closed_by_operator
    if cleared:
        status = IncidentStatus.RESOLVED
    else:
        status = IncidentStatus.ACKNOWLEDGED if acknowledged else IncidentStatus.OPEN
    return _Life(
        status,
        resolved_by=before.resolved_by if by_person else "",
        resolved_by_id=before.resolved_by_id if by_person else "",
        acknowledged_at=before.acknowledged_at if acknowledged else None,
        acknowledged_by=before.acknowledged_by if acknowledged else "",
        acknowledged_by_id=before.acknowledged_by_id if acknowledged else "",
    )


def _url(lineage: Sequence[Incident], items: Sequence[DecidedAlert]) -> str:
    """Returns the first URL of the incident, of those merged into it, or of its alerts; or ""."""
    urls = (*(one.url for one in lineage), *(item.alert.url for item, _ in items))
    return next(filter(None, urls), "")


def _suspect_changes(
    now: IncidentState, scope: Scope, changes: ChangeLog, topology: Topology
) -> SuspectChanges:
    affected = {name: impact.first_at for name, impact in now.services.items()}
    return SuspectChanges(changes, scope, affected, topology, now.alerts)


def _merged(record: Incident, survivor: str, now: IncidentState) -> Incident:
    return replace(
        record,
        status=IncidentStatus.MERGED,
        merged_into=survivor,
        resolved_at=now.active_at,
        updated_at=now.active_at,
        firing_count=0,
    )


def _row(item: ClassifiedAlert, decision: Decision) -> IncidentAlert:
    return IncidentAlert(
        alert=item.alert,
        symptom=item.analysis.symptom,
        severity=item.analysis.severity,
        decision=decision.kind,
        reason=decision.reason,
        evidence=decision.evidence,
    )
