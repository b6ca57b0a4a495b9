"""What a scope remembers between batches: its open and lately cleared incidents, kept small."""

from collections import Counter
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.alerts.alert import Scope
from cloudops.core.ids import IncidentId, stable_id
from cloudops.core.taxonomy import Symptom
from cloudops.core.time import HOUR, EpochMillis
from cloudops.correlation.incoming_alert import FailureSignal

MEMORY: Final = 2 * HOUR
"""How long a cleared incident or a tombstone is remembered: the longest reopen window, and redeliveries."""
MAX_BYTES: Final = 200_000
"""Size from which the quietest incidents are forgotten. DynamoDB takes 400 KB an item; the rest is room
for what one batch adds."""
MAX_TOMBSTONES: Final = 500
MAX_ALERTS: Final = 3_000
"""Fingerprints that one incident remembers, some 40 bytes each; the oldest are forgotten."""


class AlertState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The newest state known of one fingerprint; `changed_at` is when the source says that it held.

    `source` is the alert's, so that a listing of that source can tell what no longer exists."""

    firing: bool
    changed_at: EpochMillis
    started_at: EpochMillis
    service: str = ""
    episode: str = ""
    source: str = ""


class ServiceImpact(msgspec.Struct, array_like=True):
    """What one service suffers in an incident: when its alerts began, `firing` of them now, when each
    sign was seen first and last to begin, when one last cleared, and the words of the most telling one."""

    first_at: EpochMillis
    last_at: EpochMillis
    firing: int
    signs: dict[FailureSignal, tuple[EpochMillis, EpochMillis]]
    cleared_at: EpochMillis
    severity: int
    symptom: Symptom
    title: str
    proposals: list[tuple[str, float]]


class IncidentState(msgspec.Struct, array_like=True):
    """An incident as correlation needs it. `cleared_at` is None while any alert of it fires; `window`
    names the planned work that it is, if it is; `firings` and `events` count alerts and state changes,
    `returns` how often it was over and came back."""

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


class ScopeState(msgspec.Struct):
    """The compact open incidents of one scope: all that a decision reads and changes.

    `now` is the newest time that an alert told of; nothing here reads a clock. `retired` are the
    incidents that the last batch forgot while they were open, so that their records can be closed.
    """

    scope: Scope
    now: EpochMillis = 0
    incidents: list[IncidentState] = []
    tombstones: dict[str, EpochMillis] = {}
    retired: list[IncidentId] = []


def empty_state(scope: Scope) -> ScopeState:
    """A scope that nothing was ever seen in."""
    return ScopeState(scope)


_encoder: Final = msgspec.msgpack.Encoder()


def copied(state: ScopeState) -> ScopeState:
    """An independent copy: correlation changes the copy and leaves its input as it was."""
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
        services={name: replace(one, signs=dict(one.signs)) for name, one in incident.services.items()},
        resources=dict(incident.resources),
        merged_from=list(incident.merged_from),
    )


def prune(state: ScopeState) -> ScopeState:
    """A copy without what is past remembering and, beyond MAX_BYTES, without what was quiet for longest."""
    after = copied(state)
    horizon = after.now - MEMORY
    after.tombstones = {name: at for name, at in after.tombstones.items() if at >= horizon}
    if len(after.tombstones) > MAX_TOMBSTONES:
        newest = sorted(after.tombstones.items(), key=lambda item: item[1])[-MAX_TOMBSTONES:]
        after.tombstones = dict(newest)
    after.incidents = [one for one in after.incidents if one.cleared_at is None or one.cleared_at >= horizon]
    after.retired = []
    for incident in after.incidents:
        if len(incident.alerts) > MAX_ALERTS:
            _forget_the_oldest(incident)
    if len(_encoder.encode(after)) > MAX_BYTES:
        _forget_the_quietest(after)
    return after


def _forget_the_oldest(incident: IncidentState) -> None:
    """Keep MAX_ALERTS fingerprints, those that fire before those that cleared. What is forgotten fires no
    more, as far as anybody can tell."""
    by_age = sorted(incident.alerts.items(), key=lambda item: (item[1].firing, item[1].changed_at))
    incident.alerts = dict(by_age[-MAX_ALERTS:])
    firing = Counter(one.service for one in incident.alerts.values() if one.firing)
    incident.firing = firing.total()
    for name, trouble in incident.services.items():
        trouble.firing = firing[name]


def _forget_the_quietest(state: ScopeState) -> None:
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
    """Deterministic, so that a retried batch converges on the same incident instead of doubling it."""
    digest = stable_id(scope.account, scope.environment, scope.region, first_fingerprint, str(episode_start))
    return IncidentId(f"inc_{digest}")
