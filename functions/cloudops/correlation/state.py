"""The correlation state of a scope: its open and recently resolved incidents.

Its size is bounded by `correlation/parking.py`, which moves what does not fit beside the scope."""

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
    `alerts` lacks the alerts that are parked; all counts include them. `parked` of them are kept without an
    expiry. `closings` are the marks of its latest resolution by a person, by the id under which alerts were
    parked (see `mark_closed`).
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
    parked: int = 0
    closings: dict[IncidentId, int] = {}

    def ended(self, how: Resolution) -> None:
        """Notes how an alert ended; one that its source did not resolve weighs more than any that it did."""
        self.resolution = max(self.resolution, how, key=_WEIGHT.__getitem__)


class ParkedCounts(msgspec.Struct, frozen=True, array_like=True):
    """What is parked beside a scope.

    `incidents` are not resolved. `alerts` are kept until they are restored; what else is parked counts until
    `until`. `reported` says whether CloudOps has raised its own alert about this."""

    incidents: int = 0
    alerts: int = 0
    until: EpochMillis = 0
    reported: bool = False


class ScopeState(msgspec.Struct):
    """The state of one scope: all that a correlation decision reads and changes.

    `now` is the latest time of receipt, because correlation reads no clock. `tombstones` are resolutions
    without a known firing, by fingerprint. `closings` counts the incidents that people resolved.
    """

    scope: Scope
    now: EpochMillis = 0
    incidents: list[IncidentState] = []
    tombstones: dict[str, EpochMillis] = {}
    parked: ParkedCounts = ParkedCounts()
    closings: int = 0


def empty_state(scope: Scope) -> ScopeState:
    """Returns the state of a scope without alerts."""
    return ScopeState(scope)


def latest_alert_states(state: ScopeState) -> dict[str, AlertState]:
    """Returns the latest state of each alert of the scope, by fingerprint; of several, a firing one first."""
    latest: dict[str, AlertState] = {}
    for incident in state.incidents:
        for fingerprint, one in incident.alerts.items():
            known = latest.get(fingerprint)
            if known is None or (one.firing, one.changed_at) > (known.firing, known.changed_at):
                latest[fingerprint] = one
    return latest


def copied(state: ScopeState) -> ScopeState:
    """Returns an independent copy, so that correlation leaves its input as it was."""
    return replace(
        state,
        incidents=[_copied(incident) for incident in state.incidents],
        tombstones=dict(state.tombstones),
    )


def _copied(incident: IncidentState) -> IncidentState:
    return replace(
        incident,
        alerts=dict(incident.alerts),
        services={name: replace(one, signals=dict(one.signals)) for name, one in incident.services.items()},
        resources=dict(incident.resources),
        merged_from=list(incident.merged_from),
        closings=dict(incident.closings),
    )


def prune(state: ScopeState) -> ScopeState:
    """Returns a copy without expired entries: what was resolved longer than `RETENTION` ago."""
    after = copied(state)
    horizon = after.now - RETENTION
    after.tombstones = {name: at for name, at in after.tombstones.items() if at >= horizon}
    expired = [one for one in after.incidents if one.cleared_at is not None and one.cleared_at < horizon]
    if expired:
        after.incidents = [
            one for one in after.incidents if one.cleared_at is None or one.cleared_at >= horizon
        ]
        left = sum(one.parked for one in expired)
        after.parked = replace(after.parked, alerts=after.parked.alerts - left)
    return after


def mark_closed(state: ScopeState, incident: IncidentState) -> None:
    """Marks the incident as resolved by a person just now, and with it those of its alerts that are parked.

    Parked alerts are not rewritten. Each carries the number of closings before it was parked, and counts as
    resolved if its incident has a later mark."""
    state.closings += 1
    incident.closings = dict.fromkeys((incident.id, *incident.merged_from), state.closings)


def incident_id(scope: Scope, first_fingerprint: str, episode_start: EpochMillis) -> IncidentId:
    """Returns an id that depends on its arguments alone, so that a retried batch opens no second incident."""
    digest = stable_id(scope.account, scope.environment, scope.region, first_fingerprint, str(episode_start))
    return IncidentId(f"inc_{digest}")
