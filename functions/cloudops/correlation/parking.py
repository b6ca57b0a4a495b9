"""Parking: moves what a full scope has no room for to rows beside it, and back when an alert asks for it.

A parked incident stays open. Only its place changes: correlation does not offer it to new alerts, but its
own alerts find it again by their fingerprint. Room is a limit of memory and never a fact about an incident.

Each fingerprint and each incident is in one place: in the scope, or in one row.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from cloudops.alerts.alert import Scope
from cloudops.core.ids import NO_INCIDENT, IncidentId, stable_id
from cloudops.core.time import EpochMillis
from cloudops.correlation.state import RETENTION, AlertState, IncidentState, ScopeState, StateBasis, copied


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a scope holds before it parks.

    `max_bytes` is the size as msgpack, of which compression leaves about a fifth: every commit writes the
    whole scope, at two write units a compressed kilobyte. `max_alerts` is for one incident, and `max_rows`
    are written by one commit."""

    max_bytes: int = 200_000
    max_alerts: int = 3_000
    max_tombstones: int = 500
    max_rows: int = 90

    @property
    def low_bytes(self) -> int:
        """The size down to which one commit parks, so that the next batches find room."""
        return self.max_bytes * 3 // 4


DEFAULT_CAPACITY: Final = Capacity()


class ParkedAlert(msgspec.Struct, frozen=True, array_like=True):
    """The state of one fingerprint beside its scope; without an incident it is a tombstone.

    `closings` is the scope's count when it was parked. `expires_at` is when it no longer counts, or None for
    an alert of an incident that is not resolved."""

    fingerprint: str
    incident_id: IncidentId
    state: AlertState
    closings: int = 0
    expires_at: EpochMillis | None = None


class ParkedIncident(msgspec.Struct, frozen=True, array_like=True):
    """An incident beside its scope, without its alerts, which are parked by fingerprint."""

    incident: IncidentState
    expires_at: EpochMillis | None = None


class Parked(msgspec.Struct, frozen=True):
    """Rows to store beside a scope."""

    alerts: tuple[ParkedAlert, ...] = ()
    incidents: tuple[ParkedIncident, ...] = ()

    def __len__(self) -> int:
        return len(self.alerts) + len(self.incidents)


class Unparked(msgspec.Struct, frozen=True):
    """Rows to delete, because the scope holds again what they held."""

    fingerprints: tuple[str, ...] = ()
    incident_ids: tuple[IncidentId, ...] = ()

    def __len__(self) -> int:
        return len(self.fingerprints) + len(self.incident_ids)


class Room(NamedTuple):
    """A scope after parking, and the rows that now hold the rest."""

    state: ScopeState
    parked: Parked


_encoder: Final = msgspec.msgpack.Encoder()


def capacity_fingerprint(scope: Scope) -> str:
    """Returns the fingerprint of CloudOps' own alert about incidents that it had to park; never parked."""
    return stable_id("cloudops", "capacity", scope.account, scope.environment, scope.region)


def make_room(state: ScopeState, capacity: Capacity) -> Room | None:
    """Parks what exceeds the capacity, as much as one commit can write, or returns None if nothing does.

    Parked are, in this order: the oldest tombstones; resolved alerts and then the longest unchanged firing
    ones of an incident with too many; resolved incidents; and open incidents, of the lowest severity and
    longest without a change first. The latest incident stays, whatever its size.
    """
    excess = len(_encoder.encode(state)) - capacity.max_bytes
    crowded = [one.id for one in state.incidents if len(one.alerts) > capacity.max_alerts]
    if excess <= 0 and not crowded and len(state.tombstones) <= capacity.max_tombstones:
        return None
    parking = _Parking(copied(state), capacity)
    parking.park_tombstones()
    for incident in parking.state.incidents:
        if incident.id in crowded:
            parking.park_alerts(incident, down_to=capacity.max_alerts * 3 // 4)
    if excess > 0:
        parking.park_incidents(excess + capacity.max_bytes - capacity.low_bytes)
    return Room(parking.state, parking.parked) if parking.parked else None


class _Parking:
    """Moves parts of a scope to rows, until one commit can write no more of them."""

    def __init__(self, state: ScopeState, capacity: Capacity) -> None:
        self.state = state
        self._capacity = capacity
        self._alerts: list[ParkedAlert] = []
        self._incidents: list[ParkedIncident] = []

    @property
    def parked(self) -> Parked:
        return Parked(tuple(self._alerts), tuple(self._incidents))

    @property
    def _left(self) -> int:
        return self._capacity.max_rows - len(self._alerts) - len(self._incidents)

    def park_tombstones(self) -> None:
        """Parks the oldest tombstones beyond the limit."""
        tombstones = self.state.tombstones
        if len(tombstones) <= self._capacity.max_tombstones:
            return
        oldest = sorted(tombstones, key=tombstones.__getitem__)
        for fingerprint in oldest[: min(len(tombstones) - self._capacity.max_tombstones // 2, self._left)]:
            at = tombstones.pop(fingerprint)
            self._keep(ParkedAlert(fingerprint, NO_INCIDENT, AlertState(False, at, at)), at)

    def park_alerts(self, incident: IncidentState, down_to: int) -> None:
        """Parks alerts of an incident: resolved ones first, then those longest without a change."""
        surplus = min(len(incident.alerts) - down_to, self._left)
        if surplus <= 0:
            return
        order = sorted(incident.alerts, key=lambda name: _keep_last(name, incident.alerts[name]))
        for fingerprint in order[:surplus]:
            alert = incident.alerts.pop(fingerprint)
            row = ParkedAlert(fingerprint, incident.id, alert, self.state.closings)
            self._keep(row, incident.cleared_at)
            if incident.cleared_at is None:
                incident.parked += 1

    def park_incidents(self, excess: int) -> None:
        """Parks incidents until this many bytes are free. One with more alerts than there are rows left is
        parked in part, and continued by the next commit."""
        for incident in self._candidates():
            if excess <= 0 or self._left <= 1:
                return
            excess -= len(_encoder.encode(incident))
            self.park_alerts(incident, down_to=0)
            if self._left and not incident.alerts:
                self._park_core(incident)

    def _candidates(self) -> list[IncidentState]:
        pinned = capacity_fingerprint(self.state.scope)
        latest = max(self.state.incidents, key=lambda one: (one.active_at, one.id), default=None)
        movable = (one for one in self.state.incidents if one is not latest and pinned not in one.alerts)
        return sorted(movable, key=_least_important)

    def _park_core(self, incident: IncidentState) -> None:
        self.state.incidents = [one for one in self.state.incidents if one is not incident]
        counts = self.state.parked
        if incident.cleared_at is None:
            self._incidents.append(ParkedIncident(incident))
            self.state.parked = replace(counts, incidents=counts.incidents + 1)
        else:
            expires_at = incident.cleared_at + RETENTION
            self._incidents.append(ParkedIncident(incident, expires_at))
            self.state.parked = replace(
                counts, alerts=counts.alerts - incident.parked, until=max(counts.until, expires_at)
            )

    def _keep(self, row: ParkedAlert, cleared_at: EpochMillis | None) -> None:
        """Adds a row, which expires if its incident, or the alert itself, was resolved."""
        counts = self.state.parked
        if cleared_at is None:
            self._alerts.append(row)
            self.state.parked = replace(counts, alerts=counts.alerts + 1)
        else:
            expires_at = cleared_at + RETENTION
            self._alerts.append(replace(row, expires_at=expires_at))
            self.state.parked = replace(counts, until=max(counts.until, expires_at))


def _keep_last(fingerprint: str, alert: AlertState) -> tuple[bool, EpochMillis, str]:
    return alert.firing, alert.changed_at, fingerprint


def _least_important(incident: IncidentState) -> tuple[bool, int, EpochMillis, IncidentId]:
    severity = max((impact.severity for impact in incident.services.values()), default=0)
    return incident.cleared_at is None, severity, incident.active_at, incident.id


def has_parked(state: ScopeState) -> bool:
    """Returns whether anything that still counts is parked beside the scope."""
    counts = state.parked
    return counts.incidents > 0 or counts.alerts > 0 or counts.until >= state.now > 0


def fingerprints_to_find(state: ScopeState, fingerprints: Iterable[str]) -> list[str]:
    """Returns the fingerprints that may be parked: none, unless the scope has parked anything."""
    if not has_parked(state):
        return []
    known = {name for incident in state.incidents for name in incident.alerts}
    return [name for name in dict.fromkeys(fingerprints) if name not in known]


class Restored(msgspec.Struct, frozen=True):
    """A scope with parked alerts and incidents back in it, and the rows that they came from.

    `alerts` includes rows that no longer count: they are deleted like the others."""

    state: ScopeState
    alerts: Mapping[str, ParkedAlert] = {}
    incidents: Mapping[IncidentId, ParkedIncident] = {}


def restore(
    state: ScopeState, alerts: Iterable[ParkedAlert], incidents: Iterable[ParkedIncident]
) -> Restored:
    """Returns the scope with these rows back in it, except for rows that expired or whose incident is gone.

    Args:
        state: The scope, which is left as it was. The result shares what it does not change.
        alerts: Rows of fingerprints that the scope does not hold.
        incidents: Rows of the incidents of these alerts that the scope does not hold.
    """
    rows = {row.fingerprint: row for row in alerts}
    cores = {row.incident.id: row for row in incidents if not _is_expired(row.expires_at, state.now)}
    found = {row.incident.id: row.incident for row in cores.values()}
    by_id = _by_id([*state.incidents, *found.values()])
    tombstones = dict(state.tombstones)
    changed: dict[IncidentId, dict[str, AlertState]] = {name: {} for name in found}
    for row in rows.values():
        if _is_expired(row.expires_at, state.now):
            continue
        if row.incident_id == NO_INCIDENT:
            tombstones[row.fingerprint] = row.state.changed_at
        elif (incident := by_id.get(row.incident_id)) is not None:
            changed.setdefault(incident.id, {})[row.fingerprint] = _state_of(row, incident)
    restored_incidents = [
        replace(one, alerts=one.alerts | changed[one.id]) if one.id in changed else one
        for one in (*state.incidents, *found.values())
    ]
    return Restored(replace(state, incidents=restored_incidents, tombstones=tombstones), rows, cores)


def _by_id(incidents: Iterable[IncidentState]) -> dict[IncidentId, IncidentState]:
    """Returns the incidents by their id and by the ids of those merged into them."""
    return {name: one for one in incidents for name in (one.id, *one.merged_from)}


def _is_expired(expires_at: EpochMillis | None, now: EpochMillis) -> bool:
    return expires_at is not None and expires_at < now


def _state_of(row: ParkedAlert, incident: IncidentState) -> AlertState:
    """Returns the alert's state: resolved, if a person resolved its incident since it was parked."""
    if row.state.firing and row.closings < incident.closings.get(row.incident_id, 0):
        return replace(row.state, firing=False, basis=StateBasis.PERSON)
    return row.state


def settle(
    restored: Restored, state: ScopeState, fingerprints: Collection[str], incident_ids: Collection[IncidentId]
) -> tuple[ScopeState, Unparked]:
    """Keeps what a batch changed of the restored, and puts the rest back: its rows are still stored.

    Args:
        restored: What the batch was decided on.
        state: The scope after the batch; it is changed.
        fingerprints: The alerts that the batch changed.
        incident_ids: The incidents that the batch changed.

    Returns:
        The scope to store, and the rows to delete with it.
    """
    kept_alerts = [row for name, row in restored.alerts.items() if name in fingerprints]
    kept_incidents = [row for name, row in restored.incidents.items() if name in incident_ids]
    _put_back(restored, state, fingerprints, incident_ids)
    by_id, counts = _by_id(state.incidents), state.parked
    live = sum(row.expires_at is None for row in kept_incidents)
    resumed = sum(row.incident.parked for row in kept_incidents if row.expires_at is not None)
    taken = 0
    for row in kept_alerts:
        if row.expires_at is None and (incident := by_id.get(row.incident_id)) is not None:
            incident.parked -= 1
            taken += 1
    state.parked = replace(counts, incidents=counts.incidents - live, alerts=counts.alerts + resumed - taken)
    return state, Unparked(
        tuple(row.fingerprint for row in kept_alerts), tuple(row.incident.id for row in kept_incidents)
    )


def _put_back(
    restored: Restored, state: ScopeState, fingerprints: Collection[str], incident_ids: Collection[IncidentId]
) -> None:
    by_id = _by_id(state.incidents)
    for name, row in restored.alerts.items():
        if name in fingerprints:
            continue
        if row.incident_id == NO_INCIDENT:
            state.tombstones.pop(name, None)
        elif (incident := by_id.get(row.incident_id)) is not None:
            incident.alerts.pop(name, None)
    left = restored.incidents.keys() - set(incident_ids)
    state.incidents = [one for one in state.incidents if one.id not in left]
