"""Which incident an alert belongs to, and why: online, incremental, one scope at a time."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from cloudops.domain.alert import Alert, AlertStatus, Instant
from cloudops.domain.company import ENOUGH, Company, Neighbourhood, again
from cloudops.domain.decision import Assessed, Decision, DecisionKind, Reason
from cloudops.domain.incident import incident_id
from cloudops.domain.ledger import clear, enter, merge, release
from cloudops.domain.maintenance import machine_of, window_of
from cloudops.domain.scope_state import (
    HOUR,
    MINUTE,
    AlertState,
    IncidentState,
    ScopeState,
    empty_state,
    trimmed,
)
from cloudops.domain.sign import sign_of
from cloudops.domain.topology import Topology

__all__ = ["Assessed", "Decision", "DecisionKind", "Reason", "ScopeState", "correlate", "empty_state"]

REOPEN_AT_LEAST: Final = 5 * MINUTE
REOPEN_AT_MOST: Final = HOUR
"""What cleared comes back as the same problem within the time that it lasted, within these bounds: a
long problem that returns soon is the same one, a short one is not tied to what happens an hour later."""
HEARTBEAT: Final = HOUR
"""An alert that is told again within this time is the same firing, where the source does not say."""


def correlate(
    state: ScopeState, batch: Sequence[Assessed], topology: Topology
) -> tuple[ScopeState, list[Decision]]:
    """One decision an alert, in the batch's order, and the scope's state after all of them.

    The batch is taken in the order in which things happened, whatever the order of delivery.
    """
    scene = _Scene(trimmed(state), topology)
    decisions: dict[int, Decision] = {}
    for index in sorted(range(len(batch)), key=lambda at: batch[at].alert.occurred_at):
        decisions[index] = scene.decide(batch[index])
    return scene.state, [scene.settled(decisions[index]) for index in range(len(batch))]


class _Scene:
    """The scope's state while a batch is decided, findable by fingerprint."""

    def __init__(self, state: ScopeState, topology: Topology) -> None:
        self.state = state
        self.neighbourhood = Neighbourhood(state.incidents, topology)
        self.home: dict[str, IncidentState] = {}
        self.opened: set[str] = set()
        self.bridges: dict[str, Decision] = {}
        for incident in state.incidents:
            for fingerprint in incident.alerts:
                self.home[fingerprint] = incident

    def decide(self, item: Assessed) -> Decision:
        alert = item.alert
        at = alert.occurred_at
        self.state.now = max(self.state.now, at)
        incident = self.home.get(alert.fingerprint)
        if incident is None:
            return self._first_seen(item)
        known = incident.alerts[alert.fingerprint]
        firing = alert.status is not AlertStatus.RESOLVED
        if at < known.changed_at or (at == known.changed_at and firing == known.firing):
            return Decision(DecisionKind.DUPLICATE, Reason.STALE, incident.id, _ALREADY_KNOWN)
        if not firing:
            return self._cleared(incident, known, alert)
        if known.firing and _same_firing(known, alert) and not self._strayed(incident, alert):
            known.changed_at = at
            return Decision(DecisionKind.DUPLICATE, Reason.SAME_ALERT, incident.id, _STILL_FIRING)
        return self._fires_again(incident, known, item)

    def _first_seen(self, item: Assessed) -> Decision:
        alert = item.alert
        cleared_at = self.state.tombstones.get(alert.fingerprint)
        if alert.status is not AlertStatus.FIRING:
            if cleared_at is None or alert.occurred_at > cleared_at:
                self.state.tombstones[alert.fingerprint] = alert.occurred_at
            return Decision(DecisionKind.RESOLVED, Reason.NOTHING_OPEN, None)
        if cleared_at is not None and alert.occurred_at <= cleared_at:
            return Decision(DecisionKind.DUPLICATE, Reason.STALE, None, ("it had already cleared",))
        companies = self._companies(item)
        return self._place(item, companies[0] if companies else None)

    def _fires_again(self, incident: IncidentState, known: AlertState, item: Assessed) -> Decision:
        """It cleared, or was lost sight of, or comes now with or without the marks of planned work."""
        at = item.alert.occurred_at
        companies = self._companies(item)
        soon = known.firing or at - known.changed_at <= _reopen_window(incident, at)
        if soon and not self._strayed(incident, item.alert):
            companies.append(again(incident, known, at))
        best = max((one for one in companies if one.score >= ENOUGH), key=lambda one: one.score, default=None)
        if best is not None and best.incident is incident:
            return self._place(item, best)
        release(incident, item.alert.fingerprint)
        if incident.firing == 0 and incident.cleared_at is None:
            incident.cleared_at = at
        return replace(self._place(item, best), left=incident.id)

    def _cleared(self, incident: IncidentState, known: AlertState, alert: Alert) -> Decision:
        if not known.firing:
            known.changed_at = alert.occurred_at
            return Decision(DecisionKind.DUPLICATE, Reason.SAME_ALERT, incident.id, ("already cleared",))
        clear(incident, known, alert)
        return Decision(DecisionKind.RESOLVED, Reason.SAME_ALERT, incident.id)

    def _companies(self, item: Assessed) -> list[Company]:
        return self.neighbourhood.find(item.alert, sign_of(item.alert, item.analysis))

    def _place(self, item: Assessed, best: Company | None) -> Decision:
        if best is None:
            return self._open(item)
        together = [best.incident]
        if best.reason is not Reason.SAME_ALERT:
            bridged = self.neighbourhood.bridged(item.alert, sign_of(item.alert, item.analysis))
            together += [one for one in bridged if one is not best.incident]
        survivor = min(together, key=lambda one: (one.opened_at, one.id))
        absorbed = [one for one in together if one is not survivor]
        for one in absorbed:
            self._absorb(survivor, one)
        kind = DecisionKind.JOINED if survivor.cleared_at is None else DecisionKind.REOPENED
        self._enter(survivor, item)
        ids = tuple(one.id for one in absorbed if one.id not in self.opened)
        decision = Decision(kind, best.reason, survivor.id, best.evidence, ids)
        self.bridges.update(dict.fromkeys((one.id for one in absorbed), decision))
        return decision

    def settled(self, decision: Decision) -> Decision:
        """The decision as it stands at the end of the batch, after merges: an incident that was opened
        and absorbed within the batch was never there."""
        bridge = self.bridges.get(decision.incident_id or "")
        if bridge is None:
            return decision
        while bridge.incident_id in self.bridges:
            bridge = self.bridges[bridge.incident_id]
        if decision.kind is DecisionKind.OPENED:
            return Decision(DecisionKind.JOINED, bridge.reason, bridge.incident_id, bridge.evidence)
        return replace(decision, incident_id=bridge.incident_id)

    def _strayed(self, incident: IncidentState, alert: Alert) -> bool:
        """Whether an alert comes with the marks of planned work that its incident is not, or without
        those of the work that it is."""
        if incident.window:
            return window_of(alert) != incident.window and machine_of(alert) not in incident.resources
        return bool(window_of(alert)) or self.neighbourhood.is_worked_on(machine_of(alert))

    def _open(self, item: Assessed) -> Decision:
        alert = item.alert
        started_at = alert.started_at or alert.occurred_at
        name = incident_id(self.state.scope, alert.fingerprint, started_at)
        incident = IncidentState(name, alert.occurred_at, alert.occurred_at)
        self.state.incidents.append(incident)
        self.opened.add(name)
        self._enter(incident, item)
        return Decision(DecisionKind.OPENED, Reason.NEW, incident.id)

    def _enter(self, incident: IncidentState, item: Assessed) -> None:
        self.neighbourhood.remove(incident)
        enter(incident, item)
        self.neighbourhood.add(incident)
        self.home[item.alert.fingerprint] = incident

    def _absorb(self, survivor: IncidentState, other: IncidentState) -> None:
        self.neighbourhood.remove(other)
        self.state.incidents = [one for one in self.state.incidents if one is not other]
        merge(survivor, other)
        survivor.merged_from += [] if other.id in self.opened else [other.id]
        for fingerprint in other.alerts:
            self.home[fingerprint] = survivor


def _same_firing(known: AlertState, alert: Alert) -> bool:
    """Whether this is the known firing told again, and not a second one whose clearing was lost."""
    if alert.episode and known.episode:
        return alert.episode == known.episode
    if alert.started_at is not None:
        return alert.started_at == known.started_at
    return alert.occurred_at - known.changed_at <= HEARTBEAT


def _reopen_window(incident: IncidentState, at: Instant) -> Instant:
    lasted = (incident.cleared_at or at) - (incident.reopened_at or incident.opened_at)
    return min(max(lasted, REOPEN_AT_LEAST), REOPEN_AT_MOST)


_ALREADY_KNOWN: Final = ("already known, or older than what is known",)
_STILL_FIRING: Final = ("still firing",)
