"""What a batch makes of the stored incidents: whole new records, the alert rows and the timeline."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.alerts.alert import Scope, Severity
from cloudops.catalog.topology import Topology
from cloudops.changes.evidence import EMPTY_LOG, ChangeLog, SuspectChanges
from cloudops.changes.suspects import related_change
from cloudops.confidence.posterior import Levels
from cloudops.core.ids import IncidentId, stable_id
from cloudops.core.taxonomy import Symptom
from cloudops.correlation.decision import ClassifiedAlert, DecidedAlert, Decision, DecisionKind
from cloudops.correlation.state import IncidentState, ScopeState
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
WIDE: Final = 4
"""Services that suffer together from which an incident is one step more severe than its alerts."""


def incident_title(
    now: IncidentState, ranked: Sequence[Cause], before: Incident | None, items: Sequence[DecidedAlert]
) -> str:
    """What the probable cause's most telling alert says, and how many services suffer beside it."""
    if now.window:
        return f"Planned work {now.window.partition(':')[2]}: {_counted(len(now.services), 'service')}"
    if not ranked:
        return before.title if before else items[0][0].analysis.title
    service, others = ranked[0].service, len(now.services) - 1
    text = now.services[service].title
    if service.lower() not in text.lower():
        text = f"{service}: {text}"
    return f"{text} (+{_counted(others, 'service')})" if others else text


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def severity_of(now: IncidentState, lineage: Sequence[Incident], items: Sequence[DecidedAlert]) -> Severity:
    """The worst of its alerts, one step up where the incident is wide; it never falls while it lasts."""
    ranks = [one.severity for one in now.services.values()]
    ranks += [item.analysis.severity.rank for item, _ in items if item.alert.is_firing]
    worst = max(ranks, default=0) + (len(now.services) >= WIDE)
    worst = max([worst, *(one.severity.rank for one in lineage)])
    return list(Severity)[min(worst, Severity.CRITICAL.rank)]


def first_symptom(before: Incident | None, items: Sequence[DecidedAlert]) -> Symptom:
    return before.symptom if before else items[0][0].analysis.symptom


def samples_of(
    now: IncidentState, lineage: Sequence[Incident], items: Sequence[DecidedAlert]
) -> tuple[AlertSample, ...]:
    kept = {sample.fingerprint: sample for one in reversed(lineage) for sample in one.samples}
    for item, _ in items:
        alert, analysis = item.alert, item.analysis
        known = kept.get(alert.fingerprint)
        if alert.is_firing or known is None:
            kept[alert.fingerprint] = AlertSample(
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
            kept[alert.fingerprint] = replace(known, status=alert.status)
    ordered = sorted(kept.values(), key=lambda one: (-one.severity.rank, -one.occurred_at, one.fingerprint))
    return tuple(ordered[:MAX_SAMPLES])


def entries_of(
    before: Incident | None, after: Incident, items: Sequence[DecidedAlert]
) -> list[TimelineEntry]:
    """At most a handful a batch, however many alerts it brought."""
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
        if decision.kind is DecisionKind.REOPENED:
            entries.append(
                entry(
                    after.id,
                    TimelineKind.REOPENED,
                    item.alert.occurred_at,
                    f"{item.analysis.title} fires again",
                )
            )
        entries.extend(
            entry(after.id, TimelineKind.MERGED, item.alert.occurred_at, f"Absorbed {name}")
            for name in decision.absorbed
        )
    if before is not None and after.severity.rank > before.severity.rank:
        text = f"Severity raised from {before.severity} to {after.severity}"
        entries.append(entry(after.id, TimelineKind.SEVERITY, after.updated_at, text))
    if after.resolved_at is not None and (before is None or before.resolved_at != after.resolved_at):
        entries.append(entry(after.id, TimelineKind.RESOLVED, after.resolved_at, "Every alert has cleared"))
    return entries


def entry(incident: IncidentId, kind: TimelineKind, at: int, text: str) -> TimelineEntry:
    return TimelineEntry(
        id="tl_" + stable_id(incident, kind, str(at), text), incident_id=incident, at=at, kind=kind, text=text
    )


MAX_NAMED: Final = 20
"""Services that the record names."""
MAX_NOTED: Final = 5
"""Changes that the record keeps, some 80 bytes each once packed."""


class RecordUpdate(msgspec.Struct, frozen=True):
    """What to store: whole incidents, the rows to add to each, and the timeline."""

    incidents: tuple[Incident, ...]
    alerts: dict[IncidentId, tuple[IncidentAlert, ...]]
    timeline: tuple[TimelineEntry, ...]


def affected_incident_ids(state: ScopeState, decisions: Iterable[Decision]) -> set[IncidentId]:
    """The incidents whose stored records `revise` needs, where they exist."""
    ids = set(state.retired)
    for decision in decisions:
        ids.update(decision.absorbed, filter(None, [decision.left]))
        if decision.incident_id is not None and decision.kind is not DecisionKind.DUPLICATE:
            ids.add(decision.incident_id)
    return ids


def build_records(
    previous: Mapping[IncidentId, Incident],
    state: ScopeState,
    placed: Sequence[DecidedAlert],
    topology: Topology | None = None,
    levels: Levels | None = None,
    *,
    changes: ChangeLog = EMPTY_LOG,
) -> RecordUpdate:
    """The records after a batch; the same arguments give the same rows, so that a retry converges.

    `previous` holds the stored records of the incidents `touched` that existed before; without `levels`
    nothing was learned, and suggestions are as sure as the rules and the `changes` before.
    """
    graph, learned = topology or Topology(), levels or Levels()
    known = {one.id: one for one in state.incidents}
    survivors = {gone: one.id for one in state.incidents for gone in one.merged_from}
    news: dict[IncidentId, list[DecidedAlert]] = {}
    for item, decision in placed:
        if decision.incident_id is None or decision.kind is DecisionKind.DUPLICATE:
            continue
        name = survivors.get(decision.incident_id, decision.incident_id)
        news.setdefault(name, []).append((item, decision))
    for _, decision in placed:
        if decision.left in known:
            news.setdefault(decision.left, [])
    incidents: list[Incident] = []
    timeline: list[TimelineEntry] = []
    for name, items in news.items():
        before = previous.get(name)
        after = _record(
            known[name],
            before,
            previous,
            items,
            lately=_before(known[name], state.scope, changes, graph),
            topology=graph,
            levels=learned,
        )
        incidents.append(after)
        timeline.extend(entries_of(before, after, items))
    for gone, survivor in survivors.items():
        record = previous.get(gone)
        if record is not None and record.status is not IncidentStatus.MERGED:
            incidents.append(_merged(record, survivor, known[survivor]))
    for name in state.retired:
        record = previous.get(name)
        if record is not None and record.status in (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED):
            incidents.append(
                replace(record, status=IncidentStatus.RESOLVED, resolved_at=state.now, updated_at=state.now)
            )
            timeline.append(
                entry(name, TimelineKind.RESOLVED, state.now, "Closed: nothing heard for too long")
            )
    rows = {name: tuple(_row(*one) for one in items) for name, items in news.items() if items}
    return RecordUpdate(tuple(incidents), rows, tuple(timeline))


def _record(
    now: IncidentState,
    before: Incident | None,
    previous: Mapping[IncidentId, Incident],
    items: Sequence[DecidedAlert],
    *,
    lately: SuspectChanges,
    topology: Topology,
    levels: Levels,
) -> Incident:
    ranked = rank_root_causes(now, topology, lately.all)
    parents = [previous[name] for name in now.merged_from if name in previous]
    lineage = [*([before] if before else []), *parents]
    reopened = any(decision.kind is DecisionKind.REOPENED for _, decision in items)
    held = before is not None and before.status is IncidentStatus.ACKNOWLEDGED and not reopened
    cleared = now.cleared_at is not None
    lead = now.services.get(ranked[0].service) if ranked else None
    firing = [item for item, _ in items if item.alert.is_firing]
    return Incident(
        id=now.id,
        scope=(items[0][0].alert if items else lineage[0]).scope,
        status=IncidentStatus.RESOLVED
        if cleared
        else IncidentStatus.ACKNOWLEDGED
        if held
        else IncidentStatus.OPEN,
        title=incident_title(now, ranked, before, items),
        severity=severity_of(now, lineage, items),
        symptom=lead.symptom if lead else first_symptom(before, items),
        opened_at=now.opened_at,
        updated_at=now.active_at,
        resolved_at=now.cleared_at,
        resolved_by=before.resolved_by if before and cleared and now.closed_by_operator else "",
        acknowledged_at=before.acknowledged_at if before and held else None,
        acknowledged_by=before.acknowledged_by if before and held else "",
        merged_from=tuple(now.merged_from),
        services=tuple(sorted(now.services))[:MAX_NAMED],
        causes=ranked,
        alert_count=now.firings,
        firing_count=now.firing,
        event_count=now.events,
        muted_count=now.muted,
        samples=samples_of(now, lineage, items),
        suggestions=rank_suggestions(now, ranked, lineage, firing, levels=levels, before=lately),
        changes=tuple(related_change(one) for one in lately.all[:MAX_NOTED]),
        url=next(filter(None, [*(one.url for one in lineage), *(item.alert.url for item, _ in items)]), ""),
    )


def _before(now: IncidentState, scope: Scope, changes: ChangeLog, topology: Topology) -> SuspectChanges:
    suffering = {name: trouble.first_at for name, trouble in now.services.items()}
    return SuspectChanges(changes, scope, suffering, topology, now.alerts)


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
