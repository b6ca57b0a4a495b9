"""What the replayed scopes have parked, in memory: a recording may hold any number of open incidents."""

from collections.abc import Callable, Sequence

from cloudops.core.ids import IncidentId
from cloudops.correlation.decision import ClassifiedAlert
from cloudops.correlation.parking import (
    DEFAULT_CAPACITY,
    ParkedAlert,
    ParkedIncident,
    Restored,
    fingerprints_to_find,
    make_room,
    restore,
    settle,
)
from cloudops.correlation.state import ScopeState


class ParkedInMemory:
    """The parked alerts and incidents of one scope."""

    def __init__(self, survivor: Callable[[IncidentId], IncidentId | None]) -> None:
        """`survivor` returns the incident that stands for one after all merges."""
        self._survivor = survivor
        self._alerts: dict[str, ParkedAlert] = {}
        self._incidents: dict[IncidentId, ParkedIncident] = {}

    def restore(self, state: ScopeState, batch: Sequence[ClassifiedAlert]) -> Restored:
        """Makes room in the scope, and brings back what the alerts of the batch need."""
        while (room := make_room(state, DEFAULT_CAPACITY)) is not None:
            state = room.state
            self._alerts.update((row.fingerprint, row) for row in room.parked.alerts)
            self._incidents.update((row.incident.id, row) for row in room.parked.incidents)
        wanted = fingerprints_to_find(state, (item.alert.fingerprint for item in batch))
        rows = [self._alerts[name] for name in wanted if name in self._alerts]
        ids = {self._survivor(row.incident_id) for row in rows if row.incident_id}
        return restore(state, rows, [row for name, row in self._incidents.items() if name in ids])

    def settle(
        self,
        restored: Restored,
        state: ScopeState,
        batch: Sequence[ClassifiedAlert],
    ) -> ScopeState:
        """Keeps everything that the batch brought back, and drops its rows."""
        names = {item.alert.fingerprint for item in batch}
        state, unparked = settle(restored, state, names, restored.incidents.keys())
        for name in unparked.fingerprints:
            self._alerts.pop(name, None)
        for incident_id in unparked.incident_ids:
            self._incidents.pop(incident_id, None)
        return state
