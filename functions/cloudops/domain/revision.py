"""What a batch makes of the stored incidents: whole new records, the alert rows and the timeline."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.domain.alert import ScopeKey
from cloudops.domain.cause import causes
from cloudops.domain.change_evidence import NOTHING_TOLD, Before, ChangeLog
from cloudops.domain.changes import note_of
from cloudops.domain.confidence import Levels
from cloudops.domain.decision import Assessed, Decision, DecisionKind, Placed
from cloudops.domain.incident import (
    Incident,
    IncidentAlert,
    IncidentStatus,
    TimelineEntry,
    TimelineKind,
)
from cloudops.domain.portrait import first_symptom, samples_of, severity_of, title_of
from cloudops.domain.proposing import suggestions
from cloudops.domain.scope_state import IncidentState, ScopeState
from cloudops.domain.timeline import entries_of, entry
from cloudops.domain.topology import Topology

MAX_NAMED: Final = 20
"""Services that the record names."""
MAX_NOTED: Final = 5
"""Changes that the record keeps, some 80 bytes each once packed."""


class Revision(msgspec.Struct, frozen=True):
    """What to store: whole incidents, the rows to add to each, and the timeline."""

    incidents: tuple[Incident, ...]
    alerts: dict[str, tuple[IncidentAlert, ...]]
    timeline: tuple[TimelineEntry, ...]


def touched(state: ScopeState, decisions: Iterable[Decision]) -> set[str]:
    """The incidents whose stored records `revise` needs, where they exist."""
    ids = set(state.retired)
    for decision in decisions:
        ids.update(decision.absorbed, filter(None, [decision.left]))
        if decision.incident_id is not None and decision.kind is not DecisionKind.DUPLICATE:
            ids.add(decision.incident_id)
    return ids


def revise(
    previous: Mapping[str, Incident],
    state: ScopeState,
    placed: Sequence[Placed],
    topology: Topology | None = None,
    levels: Levels | None = None,
    *,
    changes: ChangeLog = NOTHING_TOLD,
) -> Revision:
    """The records after a batch; the same arguments give the same rows, so that a retry converges.

    `previous` holds the stored records of the incidents `touched` that existed before; without `levels`
    nothing was learned, and suggestions are as sure as the rules and the `changes` before.
    """
    graph, learned = topology or Topology(), levels or Levels()
    known = {one.id: one for one in state.incidents}
    survivors = {gone: one.id for one in state.incidents for gone in one.merged_from}
    news: dict[str, list[Placed]] = {}
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
    return Revision(tuple(incidents), rows, tuple(timeline))


def _record(
    now: IncidentState,
    before: Incident | None,
    previous: Mapping[str, Incident],
    items: Sequence[Placed],
    *,
    lately: Before,
    topology: Topology,
    levels: Levels,
) -> Incident:
    ranked = causes(now, topology, lately.all)
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
        title=title_of(now, ranked, before, items),
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
        suggestions=suggestions(now, ranked, lineage, firing, levels=levels, before=lately),
        changes=tuple(note_of(one) for one in lately.all[:MAX_NOTED]),
        url=next(filter(None, [*(one.url for one in lineage), *(item.alert.url for item, _ in items)]), ""),
    )


def _before(now: IncidentState, scope: ScopeKey, changes: ChangeLog, topology: Topology) -> Before:
    suffering = {name: trouble.first_at for name, trouble in now.services.items()}
    return Before(changes, scope, suffering, topology, now.alerts)


def _merged(record: Incident, survivor: str, now: IncidentState) -> Incident:
    return replace(
        record,
        status=IncidentStatus.MERGED,
        merged_into=survivor,
        resolved_at=now.active_at,
        updated_at=now.active_at,
        firing_count=0,
    )


def _row(item: Assessed, decision: Decision) -> IncidentAlert:
    return IncidentAlert(
        alert=item.alert,
        symptom=item.analysis.symptom,
        severity=item.analysis.severity,
        decision=decision.kind,
        reason=decision.reason,
        evidence=decision.evidence,
    )
