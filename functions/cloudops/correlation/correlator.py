"""Decides which incident an alert belongs to, online and one scope at a time.

A known fingerprint repeats, resolves or fires again. Any other firing alert joins the candidate with the
highest score, or opens an incident; see docs/decisions/0009-correlation.md.
"""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.catalog.topology import Topology
from cloudops.core.ids import NO_INCIDENT, IncidentId
from cloudops.core.time import HOUR, MINUTE, EpochMillis
from cloudops.correlation.candidate import MIN_SCORE, Candidate
from cloudops.correlation.candidates import (
    LOST_RESOLUTION,
    refire_candidate,
    select_candidate,
)
from cloudops.correlation.decision import ClassifiedAlert, Decision, DecisionKind, Reason
from cloudops.correlation.incident_index import IncidentIndex
from cloudops.correlation.incoming_alert import IncomingAlert, prepare
from cloudops.correlation.maintenance import machine_of, maintenance_window
from cloudops.correlation.state import (
    AlertState,
    IncidentState,
    Resolution,
    ScopeState,
    StateBasis,
    empty_state,
    incident_id,
    prune,
)
from cloudops.correlation.transitions import (
    add_firing,
    escalate,
    forget_alert,
    lose_data,
    merge,
    refire,
    resolve_alert,
    still_firing,
)

_FIRING: Final = AlertStatus.FIRING
_DUPLICATE: Final = DecisionKind.DUPLICATE
_JOINED: Final = DecisionKind.JOINED
_SAME_ALERT: Final = Reason.SAME_ALERT
_ALREADY_KNOWN: Final = ("already known, or older than the known state",)
_STILL_FIRING: Final = ("still firing",)
_RESOLUTION_LOST: Final = (LOST_RESOLUTION,)
_EARLIER_FIRING: Final = ("it ends an earlier firing; the present one continues",)
_NO_DATA: Final = ("no data: neither firing nor resolved",)

__all__ = ["ClassifiedAlert", "Decision", "DecisionKind", "Reason", "ScopeState", "correlate", "empty_state"]

REOPEN_AT_LEAST: Final = 5 * MINUTE
REOPEN_AT_MOST: Final = HOUR
"""Bounds of the reopen window, which is as long as the incident lasted.

A long incident that returns soon is the same problem; a short one has no link to a failure an hour later."""
HEARTBEAT: Final = HOUR
"""A repeat within this time is the same firing, if the source names neither an episode nor a start."""


def correlate(
    state: ScopeState, batch: Sequence[ClassifiedAlert], topology: Topology
) -> tuple[ScopeState, list[Decision]]:
    """Decides for each alert of a batch which incident it belongs to.

    Alerts are processed by the time of their change, not in the order of delivery. The function reads no
    clock and leaves `state` as it was, so that a retry returns the same incident ids.

    Args:
        state: The scope before the batch.
        batch: Alerts of this scope, in any order.
        topology: The dependencies between services.

    Returns:
        The scope after the batch, and one decision for each alert in the order of `batch`.
    """
    correlator = _Correlator(prune(state), topology)
    times = [item.alert.occurred_at for item in batch]
    order = sorted(range(len(batch)), key=times.__getitem__)
    decide = correlator.decide
    decisions_by_index = dict(zip(order, [decide(batch[index]) for index in order], strict=True))
    correlator.state.now = max([correlator.state.now, *(item.alert.received_at for item in batch)])
    decisions = [decisions_by_index[index] for index in range(len(batch))]
    return correlator.state, [
        correlator.after_merges(one) for one in decisions
    ] if correlator.merges else decisions


class _Correlator:
    """Processes one batch: the scope's state, with incidents by fingerprint, service and resource."""

    def __init__(self, state: ScopeState, topology: Topology) -> None:
        self.state = state
        self.index = IncidentIndex(state.incidents, topology)
        self.incident_of: dict[str, IncidentState] = {}
        self.opened: set[IncidentId] = set()
        self.merges: dict[IncidentId, Decision] = {}
        for incident in state.incidents:
            self.incident_of.update(dict.fromkeys(incident.alerts, incident))

    def decide(self, item: ClassifiedAlert) -> Decision:
        """Returns the decision for one alert, and applies it to the state.

        Nine in ten alerts of a storm are repeats; they return before the alert is prepared or scored."""
        alert = item.alert
        fingerprint = alert.fingerprint
        incident = self.incident_of.get(fingerprint)
        if incident is None:
            return self._first_seen(item)
        known = incident.alerts[fingerprint]
        at = alert.occurred_at
        if at < known.changed_at or (at == known.changed_at and known.firing is not alert.has_ended):
            return Decision(_DUPLICATE, Reason.STALE, incident.id, _ALREADY_KNOWN)
        if alert.status is not _FIRING:
            return self._not_firing(incident, known, alert)
        if known.firing and not (self.index.has_maintenance and self._maintenance_changed(incident, alert)):
            if known.basis is not StateBasis.NO_DATA and _same_firing(known, alert):
                return _repeat(incident, known, item)
            if at - known.changed_at <= _reopen_window(incident, at):
                refire(incident, known, alert)
                return Decision(_JOINED, _SAME_ALERT, incident.id, _RESOLUTION_LOST)
        return self._fires_again(incident, known, item)

    def _first_seen(self, item: ClassifiedAlert) -> Decision:
        if item.analysis.normal:
            return Decision(DecisionKind.EXCLUDED, Reason.NORMAL_OPERATION, None, (item.analysis.normal,))
        alert = item.alert
        cleared_at = self.state.tombstones.get(alert.fingerprint)
        if alert.status is not _FIRING and not _is_outage_without_data(alert):
            if alert.has_ended and (cleared_at is None or alert.occurred_at > cleared_at):
                self.state.tombstones[alert.fingerprint] = alert.occurred_at
            return Decision(DecisionKind.RESOLVED, Reason.NOTHING_OPEN, None)
        if cleared_at is not None and alert.occurred_at <= cleared_at:
            return Decision(_DUPLICATE, Reason.STALE, None, ("it had already resolved",))
        new = prepare(item, self.index.topology)
        return self._place(new, *select_candidate(new, self.index))

    def _fires_again(self, incident: IncidentState, known: AlertState, item: ClassifiedAlert) -> Decision:
        """Decides for a known alert that had resolved, stopped reporting or changed its maintenance
        window."""
        new = prepare(item, self.index.topology)
        best, same = select_candidate(new, self.index)
        soon = known.firing or new.at - known.changed_at <= _reopen_window(incident, new.at)
        if soon and not (self.index.has_maintenance and self._maintenance_changed(incident, item.alert)):
            own = refire_candidate(incident, known, new.at)
            if own.score >= MIN_SCORE and (best is None or own.score >= best.score):
                best, same = own, []
        if best is not None and best.incident is incident:
            return self._place(new, best, same)
        if known.firing:
            incident.ended(Resolution.MOVED)
        forget_alert(incident, item.alert.fingerprint)
        if incident.firing == 0 and incident.cleared_at is None:
            incident.cleared_at = new.at
        return replace(self._place(new, best, same), left=incident.id)

    def _not_firing(self, incident: IncidentState, known: AlertState, alert: Alert) -> Decision:
        if not alert.has_ended:
            if known.firing and known.basis is not StateBasis.NO_DATA:
                lose_data(incident, known, alert)
                return Decision(DecisionKind.NO_DATA, _SAME_ALERT, incident.id, _NO_DATA)
            return Decision(_DUPLICATE, _SAME_ALERT, incident.id, _NO_DATA)
        if _ends_earlier_firing(known, alert):
            return Decision(_DUPLICATE, Reason.STALE, incident.id, _EARLIER_FIRING)
        resolve_alert(incident, known, alert)
        if not known.firing:
            return Decision(_DUPLICATE, _SAME_ALERT, incident.id, ("already resolved",))
        return Decision(DecisionKind.RESOLVED, _SAME_ALERT, incident.id)

    def _place(self, new: IncomingAlert, best: Candidate | None, same: Sequence[IncidentState]) -> Decision:
        if best is None:
            return self._open(new)
        if same:
            return self._merge_and_join(new, best, same)
        return self._join(best.incident, new, best)

    def _join(
        self,
        incident: IncidentState,
        new: IncomingAlert,
        best: Candidate,
        absorbed: tuple[IncidentId, ...] = (),
    ) -> Decision:
        kind = _JOINED if incident.cleared_at is None else DecisionKind.REOPENED
        self._add(incident, new)
        return Decision(kind, best.reason, incident.id, best.evidence, absorbed)

    def _merge_and_join(self, new: IncomingAlert, best: Candidate, same: Sequence[IncidentState]) -> Decision:
        """Merges the incidents that the alert shows to be one problem into the oldest, and joins it."""
        merged = [best.incident, *(one for one in same if one is not best.incident)]
        survivor = min(merged, key=lambda one: (one.opened_at, one.id))
        absorbed = [one for one in merged if one is not survivor]
        for one in absorbed:
            self._merge_into(survivor, one)
        ids = tuple(one.id for one in absorbed if one.id not in self.opened)
        decision = self._join(survivor, new, best, ids)
        self.merges.update(dict.fromkeys((one.id for one in absorbed), decision))
        return decision

    def after_merges(self, decision: Decision) -> Decision:
        """Returns the decision with the incident that survives all merges of the batch.

        An incident that was opened and merged within the batch is never stored, so its alerts joined."""
        merge_decision = self.merges.get(decision.incident_id or NO_INCIDENT)
        if merge_decision is None:
            return decision
        while merge_decision.incident_id in self.merges:
            merge_decision = self.merges[merge_decision.incident_id]
        if decision.kind is DecisionKind.OPENED:
            return Decision(
                _JOINED, merge_decision.reason, merge_decision.incident_id, merge_decision.evidence
            )
        return replace(decision, incident_id=merge_decision.incident_id)

    def _maintenance_changed(self, incident: IncidentState, alert: Alert) -> bool:
        """Returns whether the alert is in another maintenance window than its incident, or one of them is in
        none."""
        if incident.window:
            return (
                maintenance_window(alert) != incident.window and machine_of(alert) not in incident.resources
            )
        return bool(maintenance_window(alert)) or self.index.in_maintenance(machine_of(alert))

    def _open(self, new: IncomingAlert) -> Decision:
        name = incident_id(self.state.scope, new.alert.fingerprint, new.alert.started_at or new.at)
        incident = IncidentState(name, new.at, new.at)
        self.state.incidents.append(incident)
        self.opened.add(name)
        self._add(incident, new)
        return Decision(DecisionKind.OPENED, Reason.NEW, incident.id)

    def _add(self, incident: IncidentState, new: IncomingAlert) -> None:
        if new.window and not incident.window:
            self.index.remove(incident)
            add_firing(incident, new)
            self.index.add(incident)
        else:
            add_firing(incident, new)
            self.index.extend(incident, new)
        self.incident_of[new.alert.fingerprint] = incident

    def _merge_into(self, survivor: IncidentState, other: IncidentState) -> None:
        self.index.remove(other)
        self.state.incidents = [one for one in self.state.incidents if one is not other]
        merge(survivor, other)
        survivor.merged_from += [] if other.id in self.opened else [other.id]
        self.incident_of.update(dict.fromkeys(other.alerts, survivor))


def _same_firing(known: AlertState, alert: Alert) -> bool:
    """Returns whether this repeats the known firing, instead of a second one after a lost resolution."""
    if alert.episode and known.episode:
        return alert.episode == known.episode
    if alert.started_at is not None:
        return alert.started_at == known.started_at
    return alert.occurred_at - known.changed_at <= HEARTBEAT


def _repeat(incident: IncidentState, known: AlertState, item: ClassifiedAlert) -> Decision:
    if escalate(incident, known, item):
        rise = f"still firing, its severity rose to {item.analysis.severity}"
        return Decision(_JOINED, _SAME_ALERT, incident.id, (rise,))
    still_firing(incident, known, item.alert)
    return Decision(_DUPLICATE, _SAME_ALERT, incident.id, _STILL_FIRING)


def _is_outage_without_data(alert: Alert) -> bool:
    """Returns whether missing data opens an incident: its source was set to notify that."""
    return alert.status is AlertStatus.NO_DATA and alert.notify_no_data


def _ends_earlier_firing(known: AlertState, alert: Alert) -> bool:
    """Returns whether a resolution belongs to a firing before the known one, which still fires.

    Both have to name their episode and start. Replicas of a source may differ in the start by seconds."""
    return (
        known.firing
        and alert.status is AlertStatus.RESOLVED
        and bool(alert.episode and known.episode)
        and alert.started_at is not None
        and known.started_at - alert.started_at > MINUTE
    )


def _reopen_window(incident: IncidentState, at: EpochMillis) -> EpochMillis:
    lasted = (incident.cleared_at or at) - (incident.reopened_at or incident.opened_at)
    if lasted <= REOPEN_AT_LEAST:
        return REOPEN_AT_LEAST
    return min(lasted, REOPEN_AT_MOST)
