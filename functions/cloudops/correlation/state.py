"""The correlation state of a scope: its open and recently resolved incidents, bounded in age and size."""

from collections import Counter
from enum import IntEnum, StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.alerts.alert import Scope
from cloudops.core.ids import IncidentId, stable_id
from cloudops.core.taxonomy import Symptom
from cloudops.core.time import HOUR, EpochMillis
from cloudops.correlation.incoming_alert import FailureSignal

RETENTION: Final = 2 * HOUR
"""How long a resolved incident or a tombstone is kept: the longest reopen window, and redeliveries."""
MAX_BYTES: Final = 200_000
"""Size above which the least recently active incidents are dropped. DynamoDB accepts 400 KB an item; the
rest is room for what one batch adds."""
MAX_TOMBSTONES: Final = 500
"""Fingerprints whose resolution arrived before their firing."""
MAX_ALERTS: Final = 3_000
"""Fingerprints of one incident, some 40 bytes each; beyond it the oldest are dropped."""


class Resolution(StrEnum):
    """How the firing alerts of an incident ended.

    BY_SOURCE: the source resolved every one of them. GONE: the source no longer has one of them, so it can
    never report its resolution. MOVED: one of them fires again, in another incident. BY_PERSON: a person
    resolved the incident, whatever its alerts did. Only BY_SOURCE is evidence that the problem is over.
    """

    BY_SOURCE = "by_source"
    GONE = "gone"
    MOVED = "moved"
    BY_PERSON = "by_person"


_WEIGHT: Final = {one: weight for weight, one in enumerate(Resolution)}


class StateBasis(IntEnum):
    """What the latest state of an alert rests on; an integer, because a scope stores thousands.

    Only `SOURCE` is the word of the alert's source on the condition itself. `MUTED`: the source's word while
    a silence or the source mutes the alert. `NO_DATA`: the source cannot evaluate the condition. `GONE`: the
    source no longer has the alert. `PERSON`: a person resolved the incident.
    """

    SOURCE = 0
    MUTED = 1
    NO_DATA = 2
    GONE = 3
    PERSON = 4


class AlertState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The latest known state of one fingerprint.

    `changed_at` is the source's time of the state. `source` allows reconciliation to find alerts that their
    source no longer lists. `basis` says on whose word the alert counts as firing or resolved."""

    firing: bool
    changed_at: EpochMillis
    started_at: EpochMillis
    service: str = ""
    episode: str = ""
    source: str = ""
    basis: StateBasis = StateBasis.SOURCE


class ServiceImpact(msgspec.Struct, array_like=True):
    """The impact of an incident on one service.

    `first_at` and `last_at` are the onsets of its first and latest alert, `firing` the number that fire
    now, `cleared_at` its latest resolution. `signals` holds the first and latest onset of each failure
    signal. `symptom`, `title` and `proposals` are those of the most specific alert."""

    first_at: EpochMillis
    last_at: EpochMillis
    firing: int
    signals: dict[FailureSignal, tuple[EpochMillis, EpochMillis]]
    cleared_at: EpochMillis
    severity: int
    symptom: Symptom
    title: str
    proposals: list[tuple[str, float]]


class IncidentState(msgspec.Struct, array_like=True):
    """An incident as correlation needs it.

    `active_at` is the time of its latest state change, `cleared_at` that of its resolution, or None while
    an alert fires. `firing` alerts fire now; `firings` and `events` count all firings and state changes,
    `returns` how often the incident resolved and fired again. `window` is its maintenance window, or "".
    `resolution` is the weakest way in which an alert ended since the incident opened or reopened.
    """

    id: IncidentId
    opened_at: EpochMillis
    active_at: EpochMillis
    cleared_at: EpochMillis | None = None
    reopened_at: EpochMillis | None = None
    alerts: dict[str, AlertState] = {}
    services: dict[str, ServiceImpact] = {}
    resources: dict[str, EpochMillis] = {}
    firing: int = 0
    firings: int = 0
    events: int = 0
    muted: int = 0
    returns: int = 0
    closed_by_operator: bool = False
    window: str = ""
    merged_from: list[IncidentId] = []
    resolution: Resolution = Resolution.BY_SOURCE

    def ended(self, how: Resolution) -> None:
        """Notes how an alert ended; one that its source did not resolve weighs more than any that it did."""
        self.resolution = max(self.resolution, how, key=_WEIGHT.__getitem__)


class ScopeState(msgspec.Struct):
    """The state of one scope: all that a correlation decision reads and changes.

    `now` is the latest time of any alert, because correlation reads no clock. `tombstones` are resolutions
    without a known firing, by fingerprint. `retired` are open incidents that the last batch dropped for
    their size, so that their records can be resolved.
    """

    scope: Scope
    now: EpochMillis = 0
    incidents: list[IncidentState] = []
    tombstones: dict[str, EpochMillis] = {}
    retired: list[IncidentId] = []


def empty_state(scope: Scope) -> ScopeState:
    """Returns the state of a scope without alerts."""
    return ScopeState(scope)


def latest_alert_states(state: ScopeState) -> dict[str, AlertState]:
    """Returns the latest state of each alert of the scope, by fingerprint; of several, a firing one first.

    An alert that the scope dropped for its size is missing: its state is unknown."""
    latest: dict[str, AlertState] = {}
    for incident in state.incidents:
        for fingerprint, one in incident.alerts.items():
            known = latest.get(fingerprint)
            if known is None or (one.firing, one.changed_at) > (known.firing, known.changed_at):
                latest[fingerprint] = one
    return latest


_encoder: Final = msgspec.msgpack.Encoder()


def copied(state: ScopeState) -> ScopeState:
    """Returns an independent copy, so that correlation leaves its input as it was."""
    return replace(
        state,
        incidents=[_copied(incident) for incident in state.incidents],
        tombstones=dict(state.tombstones),
        retired=list(state.retired),
    )


def _copied(incident: IncidentState) -> IncidentState:
    return replace(
        incident,
        alerts=dict(incident.alerts),
        services={name: replace(one, signals=dict(one.signals)) for name, one in incident.services.items()},
        resources=dict(incident.resources),
        merged_from=list(incident.merged_from),
    )


def prune(state: ScopeState) -> ScopeState:
    """Returns a copy without expired entries and, above `MAX_BYTES`, without the least active incidents.

    Resolved incidents go before open ones. At least one incident stays, whatever its size."""
    after = copied(state)
    horizon = after.now - RETENTION
    after.tombstones = {name: at for name, at in after.tombstones.items() if at >= horizon}
    if len(after.tombstones) > MAX_TOMBSTONES:
        newest = sorted(after.tombstones.items(), key=lambda item: item[1])[-MAX_TOMBSTONES:]
        after.tombstones = dict(newest)
    after.incidents = [one for one in after.incidents if one.cleared_at is None or one.cleared_at >= horizon]
    after.retired = []
    for incident in after.incidents:
        if len(incident.alerts) > MAX_ALERTS:
            _drop_oldest_alerts(incident)
    if len(_encoder.encode(after)) > MAX_BYTES:
        _drop_least_active(after)
    return after


def _drop_oldest_alerts(incident: IncidentState) -> None:
    """Keeps `MAX_ALERTS` fingerprints, firing ones first; the dropped ones no longer count as firing."""
    by_priority = sorted(incident.alerts.items(), key=lambda item: (item[1].firing, item[1].changed_at))
    incident.alerts = dict(by_priority[-MAX_ALERTS:])
    firing = Counter(one.service for one in incident.alerts.values() if one.firing)
    incident.firing = firing.total()
    for name, impact in incident.services.items():
        impact.firing = firing[name]


def _drop_least_active(state: ScopeState) -> None:
    sizes = {one.id: len(_encoder.encode(one)) for one in state.incidents}
    excess = sum(sizes.values()) - MAX_BYTES
    for incident in sorted(state.incidents, key=lambda one: (one.cleared_at is None, one.active_at, one.id)):
        if excess <= 0 or len(sizes) == 1:
            break
        excess -= sizes.pop(incident.id)
        if incident.cleared_at is None:
            state.retired.append(incident.id)
    state.incidents = [one for one in state.incidents if one.id in sizes]


def incident_id(scope: Scope, first_fingerprint: str, episode_start: EpochMillis) -> IncidentId:
    """Returns an id that depends on its arguments alone, so that a retried batch opens no second incident."""
    digest = stable_id(scope.account, scope.environment, scope.region, first_fingerprint, str(episode_start))
    return IncidentId(f"inc_{digest}")
