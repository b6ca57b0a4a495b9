"""Verification: decides by evidence whether an action helped, made things worse or needs more time.

The rollout is judged by whether it progresses, and the alerts by the word of their sources. What is missing
proves nothing: an unknown state is not a resolved one, and a settled target need not run what was requested.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from cloudops.core.errors import CloudOpsError
from cloudops.core.ids import stable_id
from cloudops.core.taxonomy import Action
from cloudops.core.time import MINUTE, SECOND, EpochMillis
from cloudops.correlation.state import AlertState, StateBasis
from cloudops.remediation.execution import ActionEffect, Execution, VerificationState
from cloudops.remediation.executor import Progress, RolloutLimits, RolloutStatus

VERIFICATION_WINDOW: Final = 10 * MINUTE
"""Milliseconds after the target has settled in which the alerts have to resolve: two evaluations of an alarm
with a period of five minutes."""
SOAK_TIME: Final = 6 * MINUTE
"""Milliseconds for which the alerts have to stay resolved, unless the deployment sets another time: one more
evaluation of an alarm with a period of five minutes, and a minute for its delivery. A resolution that does
not survive it is a flap."""
PAUSE_SECONDS: Final = 15
"""Seconds between two checks, with about three requests each."""


class Finding(msgspec.Struct, frozen=True):
    """The result of one check.

    Attributes:
        effect: What the action achieved, or None if another check is needed.
        reason: Why.
        state: What the next check compares with.
    """

    effect: ActionEffect | None
    reason: str
    state: VerificationState


def verification_end(
    state: VerificationState, acted_at: EpochMillis, limits: RolloutLimits, soak_time: EpochMillis = SOAK_TIME
) -> EpochMillis:
    """Returns the time at which verification ends at the latest, unless the target stops being settled."""
    settled_at = state.settled_at
    start = acted_at + limits.max_seconds * SECOND if settled_at is None else settled_at
    return start + VERIFICATION_WINDOW + soak_time


def verify_effect(
    execution: Execution,
    status: RolloutStatus,
    limits: RolloutLimits,
    alerts: Mapping[str, AlertState],
    now: EpochMillis,
    *,
    soak_time: EpochMillis = SOAK_TIME,
) -> Finding:
    """Returns what the action has achieved so far.

    Only evidence on the target makes an action `WORSE`, and so rolls it back: the platform reports a failed
    rollout, or healthy members are lost. Alerts decide the rest, those that fired before the action and no
    others. What replaces our change, and members that are lost, have to show in two checks in a row, because
    platforms answer with states that are some seconds old.

    Args:
        execution: The execution, after its action.
        status: The rollout of the target now.
        limits: How long the rollout may take.
        alerts: The latest known state of each alert of the incident's scope, by fingerprint.
        now: The time of the check.
        soak_time: Milliseconds for which the alerts have to stay resolved.

    Raises:
        CloudOpsError: The action was not performed.
    """
    if execution.acted_at is None or execution.verification is None:
        raise CloudOpsError(f"execution {execution.id} cannot be verified: it did not act")
    before = execution.verification
    lost = _lost_members(execution, status)
    check = _Check(execution.acted_at, status, _after_check(before, status, lost, now), now, soak_time)
    match status.progress:
        case Progress.FAILED:
            return check.finds(ActionEffect.WORSE, status.reason)
        case Progress.SUPERSEDED:
            return check.finds(ActionEffect.SUPERSEDED if before.superseded else None, status.reason)
        case Progress.MOVING:
            return _judge_moving(check, limits, lost, execution.plan.action)
        case Progress.SETTLED if lost:
            return check.finds(ActionEffect.WORSE if before.lost_members else None, lost)
        case Progress.SETTLED:
            return _judge_alerts(check, {name: alerts.get(name) for name in execution.alerts_before})


class _Check(NamedTuple):
    """One check of an action: the rollout that it found, and what the next check compares with."""

    acted_at: EpochMillis
    status: RolloutStatus
    state: VerificationState
    now: EpochMillis
    soak_time: EpochMillis

    def finds(self, effect: ActionEffect | None, reason: str) -> Finding:
        return Finding(effect, reason, self.state)


def _after_check(
    before: VerificationState, status: RolloutStatus, lost: str, now: EpochMillis
) -> VerificationState:
    """Returns the state after this check, except for what it finds on the alerts."""
    is_settled = status.progress is Progress.SETTLED
    mark = status.progress_mark or status.reason
    return replace(
        before,
        progress_mark=mark,
        progressed_at=now if is_settled or mark != before.progress_mark else before.progressed_at,
        settled_at=now if is_settled and before.settled_at is None else before.settled_at,
        lost_members=is_settled and bool(lost),
        superseded=status.progress is Progress.SUPERSEDED,
    )


def _judge_moving(check: _Check, limits: RolloutLimits, lost: str, action: Action) -> Finding:
    """Judges a rollout in progress: it fails if it stalls or passes its limit. A target that had settled
    and moves again has the limit once more, so that one that never rests ends as well.

    It is then left to a person. It is `WORSE` only if members are lost too, and a rollback never is: to undo
    it would bring back the version that it leaves.
    """
    state, reason = check.state, check.status.reason
    if check.now - state.progressed_at >= limits.stall_seconds * SECOND:
        failure = f"no progress for {_minutes(limits.stall_seconds * SECOND)}"
    elif check.now - (state.settled_at or check.acted_at) >= limits.max_seconds * SECOND:
        failure = f"not settled within {_minutes(limits.max_seconds * SECOND)}"
    else:
        return check.finds(None, reason)
    if lost and action is not Action.ROLLBACK:
        return check.finds(ActionEffect.WORSE, f"{failure}: {reason}; {lost}")
    return check.finds(ActionEffect.STALLED, f"{failure}: {reason}")


class _Reading(StrEnum):
    """What the latest state of one alert shows, compared with the time of the action. The values name it."""

    FIRING = "still firing"
    PERSON = "resolved by a person"
    GONE = "gone from the source"
    NO_DATA = "without data"
    MUTED = "muted"
    UNKNOWN = "no longer known to CloudOps"
    RESOLVED = "resolved"
    RESOLVED_BEFORE = "resolved before the action"


_BASES: Final = {
    StateBasis.PERSON: _Reading.PERSON,
    StateBasis.GONE: _Reading.GONE,
    StateBasis.NO_DATA: _Reading.NO_DATA,
    StateBasis.MUTED: _Reading.MUTED,
}
"""Readings of states that do not rest on the word of the alert's source."""

_UNDECIDED: Final = {
    _Reading.PERSON: ActionEffect.RESOLVED_BY_PERSON,
    _Reading.GONE: ActionEffect.GONE,
    _Reading.NO_DATA: ActionEffect.NO_DATA,
    _Reading.MUTED: ActionEffect.MUTED,
    _Reading.UNKNOWN: ActionEffect.UNKNOWN_STATE,
}
"""Readings that leave open whether the action helped; the first that occurs names the effect."""


def _judge_alerts(check: _Check, alerts: Mapping[str, AlertState | None]) -> Finding:
    """Judges the alerts that fired before the action, once the target has settled."""
    readings = Counter(_reading(one, check.acted_at) for one in alerts.values())
    del readings[_Reading.RESOLVED_BEFORE]
    if not readings:
        reason = f"{check.status.reason}; no alert fired by its source's word when the action was performed"
        return check.finds(ActionEffect.NOTHING_FIRED, reason)
    if readings.keys() == {_Reading.RESOLVED}:
        times = (f"{name}/{one.changed_at}" for name, one in alerts.items() if one is not None)
        return _judge_resolved(_with_resolutions(check, stable_id(*times)), _counted(readings))
    return _judge_unresolved(_with_resolutions(check, ""), readings)


def _with_resolutions(check: _Check, mark: str) -> _Check:
    """Returns the check with the resolutions that it found, "" if one is missing."""
    known = check.state.resolved_since if mark == check.state.resolved_mark else check.now
    since = known if mark else None
    return check._replace(state=replace(check.state, resolved_mark=mark, resolved_since=since))


def _deadline(check: _Check) -> EpochMillis:
    return (check.state.settled_at or check.now) + VERIFICATION_WINDOW


def _judge_resolved(check: _Check, counts: str) -> Finding:
    """Judges alerts that all resolved: they have to stay so, from before the end of the window."""
    since = check.state.resolved_since or check.now
    if since > _deadline(check):
        return check.finds(ActionEffect.NO_BETTER, f"{check.status.reason}, but the alerts fired again")
    if check.now - since >= check.soak_time:
        return check.finds(ActionEffect.HELPED, f"the alerts resolved; {check.status.reason}")
    minutes = _minutes(check.soak_time)
    return check.finds(None, f"{check.status.reason}; {counts}; wait until it has lasted {minutes}")


def _judge_unresolved(check: _Check, readings: Counter[_Reading]) -> Finding:
    reason = f"{check.status.reason}; {_counted(readings)}"
    is_firing = _Reading.FIRING in readings
    if check.now < _deadline(check) and (is_firing or _Reading.PERSON not in readings):
        return check.finds(None, reason)
    if is_firing:
        return check.finds(ActionEffect.NO_BETTER, reason)
    effect = next(effect for reading, effect in _UNDECIDED.items() if reading in readings)
    return check.finds(effect, reason)


def _reading(alert: AlertState | None, acted_at: EpochMillis) -> _Reading:
    if alert is None:
        return _Reading.UNKNOWN
    if alert.basis is not StateBasis.SOURCE:
        return _BASES[alert.basis]
    if alert.firing:
        return _Reading.FIRING
    return _Reading.RESOLVED if alert.changed_at > acted_at else _Reading.RESOLVED_BEFORE


def _lost_members(execution: Execution, status: RolloutStatus) -> str:
    """Returns how many healthy members the target lacks, as a reason, or ""."""
    before = execution.snapshot
    now = status.observed
    if now.healthy is None or before is None or before.healthy is None:
        return ""
    expected = min(before.healthy, now.desired) if now.desired is not None else before.healthy
    return f"{now.healthy} healthy, {expected} expected" if now.healthy < expected else ""


def _counted(readings: Counter[_Reading]) -> str:
    """Returns the readings as a text such as "2 alerts are still firing, 1 is muted"."""
    parts: list[str] = []
    for reading in (one for one in _Reading if readings[one]):
        count = readings[reading]
        noun = "" if parts else ("alert " if count == 1 else "alerts ")
        parts.append(f"{count} {noun}{'is' if count == 1 else 'are'} {reading}")
    return ", ".join(parts)


def _minutes(milliseconds: int) -> str:
    return f"{milliseconds / MINUTE:g} min"
