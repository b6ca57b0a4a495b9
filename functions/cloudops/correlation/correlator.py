"""Which incident an alert belongs to, and why: online, incremental, one scope at a time."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.catalog.topology import Topology
from cloudops.core.ids import NO_INCIDENT, IncidentId
from cloudops.core.time import HOUR, MINUTE, EpochMillis
from cloudops.correlation.candidates import ENOUGH, Candidate, refire_candidate, select_candidate
from cloudops.correlation.decision import ClassifiedAlert, Decision, DecisionKind, Reason
from cloudops.correlation.incident_index import IncidentIndex
from cloudops.correlation.incoming_alert import IncomingAlert, prepare
from cloudops.correlation.maintenance import machine_of, maintenance_window
from cloudops.correlation.state import (
    AlertState,
    IncidentState,
    ScopeState,
    empty_state,
    incident_id,
    prune,
)
from cloudops.correlation.transitions import (
    add_firing,
    forget_alert,
    merge,
    refire,
    resolve_alert,
    still_firing,
)

_FIRING: Final = AlertStatus.FIRING
_RESOLVED: Final = AlertStatus.RESOLVED
_DUPLICATE: Final = DecisionKind.DUPLICATE
_JOINED: Final = DecisionKind.JOINED
_SAME_ALERT: Final = Reason.SAME_ALERT
_ALREADY_KNOWN: Final = ("already known, or older than what is known",)
_STILL_FIRING: Final = ("still firing",)
_CLEARING_LOST: Final = ("it fires anew; its clearing was not told",)

__all__ = ["ClassifiedAlert", "Decision", "DecisionKind", "Reason", "ScopeState", "correlate", "empty_state"]

REOPEN_AT_LEAST: Final = 5 * MINUTE
REOPEN_AT_MOST: Final = HOUR
"""What cleared comes back as the same problem within the time that it lasted, within these bounds: a
long problem that returns soon is the same one, a short one is not tied to what happens an hour later."""
HEARTBEAT: Final = HOUR
"""An alert that is told again within this time is the same firing, where the source does not say."""


def correlate(
    state: ScopeState, batch: Sequence[ClassifiedAlert], topology: Topology
) -> tuple[ScopeState, list[Decision]]:
    """One decision an alert, in the batch's order, and the scope's state after all of them.

    The batch is taken in the order in which things happened, whatever the order of delivery.
    """
    scene = _Correlator(prune(state), topology)
    times = [item.alert.occurred_at for item in batch]
    order = sorted(range(len(batch)), key=times.__getitem__)
    decide = scene.decide
    decided = dict(zip(order, [decide(batch[index]) for index in order], strict=True))
    scene.state.now = max([scene.state.now, *times])
    decisions = [decided[index] for index in range(len(batch))]
    return scene.state, [scene.settled(one) for one in decisions] if scene.bridges else decisions


class _Correlator:
    """The scope's state while a batch is decided, findable by fingerprint."""

    def __init__(self, state: ScopeState, topology: Topology) -> None:
        self.state = state
        self.neighbourhood = IncidentIndex(state.incidents, topology)
        self.home: dict[str, IncidentState] = {}
        self.opened: set[IncidentId] = set()
        self.bridges: dict[IncidentId, Decision] = {}
        for incident in state.incidents:
            self.home.update(dict.fromkeys(incident.alerts, incident))

    def decide(self, item: ClassifiedAlert) -> Decision:
        """A repeat, which nine in ten alerts of a storm are, costs a few look-ups."""
        alert = item.alert
        fingerprint = alert.fingerprint
        incident = self.home.get(fingerprint)
        if incident is None:
            return self._first_seen(item)
        known = incident.alerts[fingerprint]
        at, status = alert.occurred_at, alert.status
        if at < known.changed_at or (at == known.changed_at and known.firing is not (status is _RESOLVED)):
            return Decision(_DUPLICATE, Reason.STALE, incident.id, _ALREADY_KNOWN)
        if status is not _FIRING:
            return self._not_firing(incident, known, alert)
        if known.firing and not (self.neighbourhood.has_work and self._maintenance_changed(incident, alert)):
            if _same_firing(known, alert):
                still_firing(incident, known, alert)
                return Decision(_DUPLICATE, _SAME_ALERT, incident.id, _STILL_FIRING)
            if at - known.changed_at <= _reopen_window(incident, at):
                refire(incident, known, alert)
                return Decision(_JOINED, _SAME_ALERT, incident.id, _CLEARING_LOST)
        return self._fires_again(incident, known, item)

    def _first_seen(self, item: ClassifiedAlert) -> Decision:
        alert = item.alert
        cleared_at = self.state.tombstones.get(alert.fingerprint)
        if alert.status is not _FIRING:
            if alert.status is _RESOLVED and (cleared_at is None or alert.occurred_at > cleared_at):
                self.state.tombstones[alert.fingerprint] = alert.occurred_at
            return Decision(DecisionKind.RESOLVED, Reason.NOTHING_OPEN, None)
        if cleared_at is not None and alert.occurred_at <= cleared_at:
            return Decision(_DUPLICATE, Reason.STALE, None, ("it had already cleared",))
        new = prepare(item)
        return self._place(new, *select_candidate(new, self.neighbourhood))

    def _fires_again(self, incident: IncidentState, known: AlertState, item: ClassifiedAlert) -> Decision:
        """It cleared, or was lost sight of, or comes now with or without the marks of planned work."""
        new = prepare(item)
        best, same = select_candidate(new, self.neighbourhood)
        soon = known.firing or new.at - known.changed_at <= _reopen_window(incident, new.at)
        if soon and not (self.neighbourhood.has_work and self._maintenance_changed(incident, item.alert)):
            old = refire_candidate(incident, known, new.at)
            if old.score >= ENOUGH and (best is None or old.score >= best.score):
                best, same = old, []
        if best is not None and best.incident is incident:
            return self._place(new, best, same)
        forget_alert(incident, item.alert.fingerprint)
        if incident.firing == 0 and incident.cleared_at is None:
            incident.cleared_at = new.at
        return replace(self._place(new, best, same), left=incident.id)

    def _not_firing(self, incident: IncidentState, known: AlertState, alert: Alert) -> Decision:
        if alert.status is not _RESOLVED:
            return Decision(_DUPLICATE, _SAME_ALERT, incident.id, ("no data: neither firing nor cleared",))
        resolve_alert(incident, known, alert)
        if not known.firing:
            return Decision(_DUPLICATE, _SAME_ALERT, incident.id, ("already cleared",))
        return Decision(DecisionKind.RESOLVED, _SAME_ALERT, incident.id)

    def _place(self, new: IncomingAlert, best: Candidate | None, same: Sequence[IncidentState]) -> Decision:
        if best is None:
            return self._open(new)
        if same:
            return self._bridge(new, best, same)
        return self._join(best.incident, new, best)

    def _join(
        self,
        incident: IncidentState,
        new: IncomingAlert,
        best: Candidate,
        absorbed: tuple[IncidentId, ...] = (),
    ) -> Decision:
        kind = _JOINED if incident.cleared_at is None else DecisionKind.REOPENED
        self._enter(incident, new)
        return Decision(kind, best.reason, incident.id, best.evidence, absorbed)

    def _bridge(self, new: IncomingAlert, best: Candidate, same: Sequence[IncidentState]) -> Decision:
        """The oldest of the incidents that the alert shows to be one problem takes in the others."""
        together = [best.incident, *(one for one in same if one is not best.incident)]
        survivor = min(together, key=lambda one: (one.opened_at, one.id))
        absorbed = [one for one in together if one is not survivor]
        for one in absorbed:
            self._absorb(survivor, one)
        ids = tuple(one.id for one in absorbed if one.id not in self.opened)
        decision = self._join(survivor, new, best, ids)
        self.bridges.update(dict.fromkeys((one.id for one in absorbed), decision))
        return decision

    def settled(self, decision: Decision) -> Decision:
        """The decision as it stands at the end of the batch, after merges: an incident that was opened
        and absorbed within the batch was never there."""
        bridge = self.bridges.get(decision.incident_id or NO_INCIDENT)
        if bridge is None:
            return decision
        while bridge.incident_id in self.bridges:
            bridge = self.bridges[bridge.incident_id]
        if decision.kind is DecisionKind.OPENED:
            return Decision(_JOINED, bridge.reason, bridge.incident_id, bridge.evidence)
        return replace(decision, incident_id=bridge.incident_id)

    def _maintenance_changed(self, incident: IncidentState, alert: Alert) -> bool:
        """Returns whether the alert is in another maintenance window than its incident, or one of them is in
        none."""
        if incident.window:
            return (
                maintenance_window(alert) != incident.window and machine_of(alert) not in incident.resources
            )
        return bool(maintenance_window(alert)) or self.neighbourhood.is_worked_on(machine_of(alert))

    def _open(self, new: IncomingAlert) -> Decision:
        name = incident_id(self.state.scope, new.alert.fingerprint, new.alert.started_at or new.at)
        incident = IncidentState(name, new.at, new.at)
        self.state.incidents.append(incident)
        self.opened.add(name)
        self._enter(incident, new)
        return Decision(DecisionKind.OPENED, Reason.NEW, incident.id)

    def _enter(self, incident: IncidentState, new: IncomingAlert) -> None:
        if new.window and not incident.window:
            self.neighbourhood.remove(incident)
            add_firing(incident, new)
            self.neighbourhood.add(incident)
        else:
            add_firing(incident, new)
            self.neighbourhood.extend(incident, new)
        self.home[new.alert.fingerprint] = incident

    def _absorb(self, survivor: IncidentState, other: IncidentState) -> None:
        self.neighbourhood.remove(other)
        self.state.incidents = [one for one in self.state.incidents if one is not other]
        merge(survivor, other)
        survivor.merged_from += [] if other.id in self.opened else [other.id]
        self.home.update(dict.fromkeys(other.alerts, survivor))


def _same_firing(known: AlertState, alert: Alert) -> bool:
    """Whether this is the known firing told again, and not a second one whose clearing was lost."""
    if alert.episode and known.episode:
        return alert.episode == known.episode
    if alert.started_at is not None:
        return alert.started_at == known.started_at
    return alert.occurred_at - known.changed_at <= HEARTBEAT


def _reopen_window(incident: IncidentState, at: EpochMillis) -> EpochMillis:
    lasted = (incident.cleared_at or at) - (incident.reopened_at or incident.opened_at)
    if lasted <= REOPEN_AT_LEAST:
        return REOPEN_AT_LEAST
    return min(lasted, REOPEN_AT_MOST)
