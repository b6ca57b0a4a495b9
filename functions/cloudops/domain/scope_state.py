"""What a scope remembers between batches: its open and lately cleared incidents, kept small."""

from typing import Final

import msgspec

from cloudops.domain.alert import Instant, ScopeKey
from cloudops.domain.sign import Sign
from cloudops.domain.suggestion import Symptom

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE

MAX_INCIDENTS: Final = 256
"""Incidents that a scope remembers; the quietest is forgotten first, cleared ones before open."""
MAX_ALERTS: Final = 4_000
"""Fingerprints that a scope remembers, about 50 bytes each, so that the stored item stays below 400 KB."""
MAX_TOMBSTONES: Final = 500
MEMORY: Final = 2 * HOUR
"""How long a cleared incident or a tombstone is remembered: the longest reopen window, and redeliveries."""


class AlertState(msgspec.Struct, array_like=True):
    """The newest state known of one fingerprint; `changed_at` is when the source says that it held."""

    firing: bool
    changed_at: Instant
    started_at: Instant
    episode: str = ""


class Trouble(msgspec.Struct, array_like=True):
    """What one service suffers in an incident: when each sign was first and last seen."""

    first_at: Instant
    last_at: Instant
    signs: dict[Sign, Instant]
    severity: int = 0
    symptom: Symptom = Symptom.OTHER
    title: str = ""
    proposals: list[tuple[str, float]] = []


class IncidentState(msgspec.Struct, array_like=True):
    """An incident as correlation needs it. `cleared_at` is None while any alert of it fires."""

    id: str
    opened_at: Instant
    active_at: Instant
    cleared_at: Instant | None = None
    reopened_at: Instant | None = None
    alerts: dict[str, AlertState] = {}
    services: dict[str, Trouble] = {}
    resources: dict[str, Instant] = {}
    firing: int = 0
    firings: int = 0
    events: int = 0
    muted: int = 0
    closed_by_operator: bool = False
    merged_from: list[str] = []


class ScopeState(msgspec.Struct):
    """The compact open incidents of one scope: all that a decision reads and changes.

    `now` is the newest time that an alert told of; nothing here reads a clock. `retired` are the
    incidents that the last batch forgot while they were open, so that their records can be closed.
    """

    scope: ScopeKey
    now: Instant = 0
    incidents: list[IncidentState] = []
    tombstones: dict[str, Instant] = {}
    retired: list[str] = []


def empty_state(scope: ScopeKey) -> ScopeState:
    """A scope that nothing was ever seen in."""
    return ScopeState(scope)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(ScopeState)


def copied(state: ScopeState) -> ScopeState:
    """An independent copy: correlation changes the copy and leaves its input as it was."""
    return _decoder.decode(_encoder.encode(state))


def forget(state: ScopeState) -> None:
    """Drop what is past remembering, and beyond the caps what was quiet for longest."""
    horizon = state.now - MEMORY
    state.tombstones = {name: at for name, at in state.tombstones.items() if at >= horizon}
    while len(state.tombstones) > MAX_TOMBSTONES:
        state.tombstones.pop(min(state.tombstones, key=state.tombstones.__getitem__))
    kept = [one for one in state.incidents if one.cleared_at is None or one.cleared_at >= horizon]
    state.retired = []
    kept.sort(key=lambda one: (one.cleared_at is None, one.active_at))
    while len(kept) > MAX_INCIDENTS or sum(len(one.alerts) for one in kept) > MAX_ALERTS:
        if len(kept) == 1:
            _shrink(kept[0])
            break
        dropped = kept.pop(0)
        if dropped.cleared_at is None:
            state.retired.append(dropped.id)
    kept.sort(key=lambda one: (one.opened_at, one.id))
    state.incidents = kept


def _shrink(incident: IncidentState) -> None:
    """Forget the fingerprints heard of longest ago, cleared ones first."""
    by_age = sorted(incident.alerts.items(), key=lambda item: (item[1].firing, item[1].changed_at))
    incident.alerts = dict(by_age[-MAX_ALERTS:])
