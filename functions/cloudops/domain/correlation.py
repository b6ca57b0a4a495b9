"""Which incident an alert belongs to, and why: online, incremental, one scope at a time."""

from collections.abc import Sequence
from typing import Final

from cloudops.domain.alert import Alert, AlertStatus
from cloudops.domain.company import ENOUGH, QUIET_GAP, Company, Neighbourhood
from cloudops.domain.decision import Assessed, Decision, DecisionKind, Reason
from cloudops.domain.incident import incident_id
from cloudops.domain.ledger import clear, enter, merge
from cloudops.domain.scope_state import (
    HOUR,
    MINUTE,
    AlertState,
    IncidentState,
    ScopeState,
    copied,
    empty_state,
    forget,
)
from cloudops.domain.sign import sign_of
from cloudops.domain.topology import Topology

__all__ = ["Assessed", "Decision", "DecisionKind", "Reason", "ScopeState", "correlate", "empty_state"]

REOPEN_AT_LEAST: Final = 10 * MINUTE
REOPEN_AT_MOST: Final = HOUR
"""A cleared incident reopens within the time that it lasted, within these bounds: a long problem that
comes back soon is the same one, and a short one is not tied to what happens an hour later."""


def correlate(
    state: ScopeState, batch: Sequence[Assessed], topology: Topology
) -> tuple[ScopeState, list[Decision]]:
    """One decision an alert, in the batch's order, and the scope's state after all of them.

    The batch is taken in the order in which things happened, whatever the order of delivery.
    """
    scene = _Scene(copied(state), topology)
    decisions: dict[int, Decision] = {}
    for index in sorted(range(len(batch)), key=lambda at: batch[at].alert.occurred_at):
        decisions[index] = scene.decide(batch[index])
    forget(scene.state)
    return scene.state, [decisions[index] for index in range(len(batch))]


class _Scene:
    """The scope's state while a batch is decided, findable by fingerprint."""

    def __init__(self, state: ScopeState, topology: Topology) -> None:
        self.state = state
        self.neighbourhood = Neighbourhood(state.incidents, topology)
        self.home: dict[str, IncidentState] = {}
        for incident in state.incidents:
            for fingerprint in incident.alerts:
                self.home[fingerprint] = incident

    def decide(self, item: Assessed) -> Decision:
        alert = item.alert
        self.state.now = max(self.state.now, alert.occurred_at)
        incident = self.home.get(alert.fingerprint)
        if incident is None:
            return self._first_seen(item)
        known = incident.alerts[alert.fingerprint]
        firing = alert.status is not AlertStatus.RESOLVED
        if alert.occurred_at < known.changed_at or (
            alert.occurred_at == known.changed_at and firing == known.firing
        ):
            return Decision(DecisionKind.DUPLICATE, Reason.STALE, incident.id, _ALREADY_KNOWN)
        if not firing:
            return self._cleared(incident, known, alert)
        if known.firing and _same_firing(known, alert):
            known.changed_at = alert.occurred_at
            incident.active_at = max(incident.active_at, alert.occurred_at)
            return Decision(DecisionKind.DUPLICATE, Reason.SAME_ALERT, incident.id, _STILL_FIRING)
        return self._fires_again(incident, item)

    def _first_seen(self, item: Assessed) -> Decision:
        alert = item.alert
        cleared_at = self.state.tombstones.get(alert.fingerprint)
        if alert.status is not AlertStatus.FIRING:
            if cleared_at is None or alert.occurred_at > cleared_at:
                self.state.tombstones[alert.fingerprint] = alert.occurred_at
            return Decision(DecisionKind.RESOLVED, Reason.NOTHING_OPEN, None)
        if cleared_at is not None and alert.occurred_at <= cleared_at:
            return Decision(DecisionKind.DUPLICATE, Reason.STALE, None, ("it had already cleared",))
        return self._place(item, self._companies(item))

    def _companies(self, item: Assessed) -> list[Company]:
        alert = item.alert
        return self.neighbourhood.find(alert, alert.service, sign_of(alert, item.analysis), alert.occurred_at)

    def _place(self, item: Assessed, companies: list[Company]) -> Decision:
        if not companies:
            return self._open(item)
        best = companies[0]
        bridged = self._bridged(item, best)
        survivor = min([best.incident, *bridged], key=lambda one: (one.opened_at, one.id))
        absorbed = [one for one in [best.incident, *bridged] if one is not survivor]
        for one in absorbed:
            self._absorb(survivor, one)
        self._enter(survivor, item)
        ids = tuple(one.id for one in absorbed)
        return Decision(DecisionKind.JOINED, best.reason, survivor.id, best.evidence, ids)

    def _bridged(self, item: Assessed, best: Company) -> list[IncidentState]:
        """Other incidents that this alert's service explains as a whole: the same problem, seen apart."""
        alert = item.alert
        sign = sign_of(alert, item.analysis)
        others = self.neighbourhood.explained(alert.service, sign, alert.occurred_at)
        return [one for one in others if one is not best.incident]

    def _open(self, item: Assessed) -> Decision:
        alert = item.alert
        started_at = alert.started_at or alert.occurred_at
        name = incident_id(self.state.scope, alert.fingerprint, started_at)
        incident = IncidentState(name, alert.occurred_at, alert.occurred_at)
        self.state.incidents.append(incident)
        self._enter(incident, item)
        return Decision(DecisionKind.OPENED, Reason.NEW, incident.id)

    def _fires_again(self, incident: IncidentState, item: Assessed) -> Decision:
        alert = item.alert
        quiet = alert.occurred_at - (incident.cleared_at or incident.active_at)
        if incident.cleared_at is None and quiet <= QUIET_GAP:
            self._enter(incident, item)
            return Decision(DecisionKind.JOINED, Reason.SAME_ALERT, incident.id, ("it fires again",))
        companies = self._companies(item)
        lasted = (incident.cleared_at or incident.active_at) - (incident.reopened_at or incident.opened_at)
        window = min(max(lasted, REOPEN_AT_LEAST), REOPEN_AT_MOST)
        elsewhere = [one for one in companies if one.incident is not incident and one.score > ENOUGH]
        if quiet <= window and not elsewhere:
            incident.cleared_at = None
            incident.closed_by_operator = False
            incident.reopened_at = alert.occurred_at
            self._enter(incident, item)
            why = f"it fires again {quiet // 1000} s after the incident cleared"
            return Decision(DecisionKind.REOPENED, Reason.SAME_ALERT, incident.id, (why,))
        del incident.alerts[alert.fingerprint]
        return self._place(item, elsewhere)

    def _cleared(self, incident: IncidentState, known: AlertState, alert: Alert) -> Decision:
        if not known.firing:
            known.changed_at = alert.occurred_at
            return Decision(DecisionKind.DUPLICATE, Reason.SAME_ALERT, incident.id, ("already cleared",))
        clear(incident, known, alert)
        return Decision(DecisionKind.RESOLVED, Reason.SAME_ALERT, incident.id)

    def _enter(self, incident: IncidentState, item: Assessed) -> None:
        enter(incident, item)
        self.home[item.alert.fingerprint] = incident
        self.neighbourhood.extend(incident, item.alert)

    def _absorb(self, survivor: IncidentState, other: IncidentState) -> None:
        self.neighbourhood.remove(other)
        self.state.incidents.remove(other)
        merge(survivor, other)
        for fingerprint in other.alerts:
            self.home[fingerprint] = survivor
        self.neighbourhood.add(survivor)


def _same_firing(known: AlertState, alert: Alert) -> bool:
    """Whether this is the known firing told again, and not a second one whose clearing was lost."""
    if alert.episode and known.episode:
        return alert.episode == known.episode
    if alert.started_at is not None:
        return alert.started_at == known.started_at
    return alert.occurred_at - known.changed_at <= QUIET_GAP


_ALREADY_KNOWN: Final = ("already known, or older than what is known",)
_STILL_FIRING: Final = ("still firing",)
