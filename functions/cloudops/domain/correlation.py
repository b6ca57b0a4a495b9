"""Which incident an alert belongs to, and why: online, incremental, one scope at a time."""

from collections.abc import Sequence
from typing import Final

from cloudops.domain.alert import Alert, AlertStatus, Instant
from cloudops.domain.company import ENOUGH, Company, Neighbourhood
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
"""How often an alert that keeps firing is noted again, so that it is known to be alive."""
LOST_CLEARING: Final = 12 * HOUR
"""An alert not heard of for so long has cleared without our being told."""


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
        if known.firing and _same_firing(known, alert) and not _left_the_work(incident, alert):
            return self._still_firing(incident, known, at)
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
        return self._place(item, self._companies(item))

    def _still_firing(self, incident: IncidentState, known: AlertState, at: Instant) -> Decision:
        silent = at - known.changed_at
        known.changed_at = at
        if silent < HEARTBEAT:
            return Decision(DecisionKind.DUPLICATE, Reason.SAME_ALERT, incident.id, _STILL_FIRING)
        incident.active_at = max(incident.active_at, at)
        return Decision(DecisionKind.JOINED, Reason.SAME_ALERT, incident.id, _STILL_FIRING)

    def _fires_again(self, incident: IncidentState, known: AlertState, item: Assessed) -> Decision:
        """It cleared, was lost sight of, or is no longer part of the planned work that it was seen in."""
        alert, at = item.alert, item.alert.occurred_at
        left = _left_the_work(incident, alert)
        soon = at - known.changed_at <= _reopen_window(incident, at) and not left
        if soon and incident.cleared_at is None:
            self._enter(incident, item)
            return Decision(DecisionKind.JOINED, Reason.SAME_ALERT, incident.id, ("it fires again",))
        companies = self._companies(item)
        if soon and not any(one.incident is not incident and one.score > ENOUGH for one in companies):
            quiet = at - (incident.cleared_at or at)
            incident.reopened_at = at
            self._enter(incident, item)
            why = f"it fires again {quiet // 1000} s after the incident cleared"
            return Decision(DecisionKind.REOPENED, Reason.SAME_ALERT, incident.id, (why,))
        release(incident, alert.fingerprint)
        return self._place(item, companies)

    def _cleared(self, incident: IncidentState, known: AlertState, alert: Alert) -> Decision:
        if not known.firing:
            known.changed_at = alert.occurred_at
            return Decision(DecisionKind.DUPLICATE, Reason.SAME_ALERT, incident.id, ("already cleared",))
        clear(incident, known, alert)
        return Decision(DecisionKind.RESOLVED, Reason.SAME_ALERT, incident.id)

    def _companies(self, item: Assessed) -> list[Company]:
        return self.neighbourhood.find(item.alert, sign_of(item.alert, item.analysis))

    def _place(self, item: Assessed, companies: list[Company]) -> Decision:
        if not companies:
            return self._open(item)
        best = companies[0]
        together = [best.incident, *self._bridged(item, best.incident)]
        survivor = min(together, key=lambda one: (one.opened_at, one.id))
        absorbed = [one for one in together if one is not survivor]
        for one in absorbed:
            self._absorb(survivor, one)
        kind = DecisionKind.JOINED if survivor.cleared_at is None else DecisionKind.REOPENED
        self._enter(survivor, item)
        return Decision(kind, best.reason, survivor.id, best.evidence, tuple(one.id for one in absorbed))

    def _bridged(self, item: Assessed, home: IncidentState) -> list[IncidentState]:
        """Other incidents that this alert's service explains as a whole: the same problem, seen apart."""
        alert = item.alert
        if home.window or window_of(alert):
            return []
        sign = sign_of(alert, item.analysis)
        others = self.neighbourhood.explained(alert.service, sign, alert.occurred_at)
        return [one for one in others if one is not home]

    def _open(self, item: Assessed) -> Decision:
        alert = item.alert
        started_at = alert.started_at or alert.occurred_at
        name = incident_id(self.state.scope, alert.fingerprint, started_at)
        incident = IncidentState(name, alert.occurred_at, alert.occurred_at)
        self.state.incidents.append(incident)
        self._enter(incident, item)
        return Decision(DecisionKind.OPENED, Reason.NEW, incident.id)

    def _enter(self, incident: IncidentState, item: Assessed) -> None:
        self.neighbourhood.remove(incident)
        enter(incident, item)
        self.neighbourhood.add(incident)
        self.home[item.alert.fingerprint] = incident

    def _absorb(self, survivor: IncidentState, other: IncidentState) -> None:
        self.neighbourhood.remove(other)
        self.state.incidents.remove(other)
        merge(survivor, other)
        for fingerprint in other.alerts:
            self.home[fingerprint] = survivor


def _same_firing(known: AlertState, alert: Alert) -> bool:
    """Whether this is the known firing told again, and not a second one whose clearing was lost."""
    if alert.episode and known.episode:
        return alert.episode == known.episode
    if alert.started_at is not None:
        return alert.started_at == known.started_at
    return alert.occurred_at - known.changed_at <= LOST_CLEARING


def _left_the_work(incident: IncidentState, alert: Alert) -> bool:
    """An alert that planned work once brought about, and now comes without any mark of it."""
    return bool(incident.window) and not window_of(alert) and machine_of(alert) not in incident.resources


def _reopen_window(incident: IncidentState, at: Instant) -> Instant:
    lasted = (incident.cleared_at or at) - (incident.reopened_at or incident.opened_at)
    return min(max(lasted, REOPEN_AT_LEAST), REOPEN_AT_MOST)


_ALREADY_KNOWN: Final = ("already known, or older than what is known",)
_STILL_FIRING: Final = ("still firing",)
