"""Verification over random courses of events, compared with its rules written once more."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cloudops.core.time import MINUTE, EpochMillis
from cloudops.correlation.state import AlertState, StateBasis
from cloudops.remediation.execution import (
    ActionEffect,
    Execution,
    ExecutionStatus,
    VerificationState,
    transition,
)
from cloudops.remediation.executor import Progress, RolloutLimits, RolloutStatus
from cloudops.remediation.plan import TargetState
from cloudops.remediation.verification import SOAK_TIME, VERIFICATION_WINDOW, Finding, verify_effect
from tests.fakes.incident_factory import NOON
from tests.fakes.plan_factory import ready

NAMES = ("a1", "a2")
LIMITS = RolloutLimits(stall_seconds=600, max_seconds=3_600)
TARGET = TargetState(at=NOON, mark="m1", desired=4, healthy=4)

Check = tuple[Progress, Mapping[str, AlertState]]


def alert_states(now: EpochMillis) -> st.SearchStrategy[AlertState | None]:
    """Returns any state of an alert at a check; None if CloudOps does not know it."""
    state = st.builds(
        AlertState,
        firing=st.booleans(),
        changed_at=st.integers(NOON - MINUTE, now),
        started_at=st.just(NOON - MINUTE),
        basis=st.sampled_from(StateBasis),
    )
    return st.none() | state


@st.composite
def courses(draw: st.DrawFn) -> list[tuple[EpochMillis, Check]]:
    """Returns checks at growing times; a state often stays what it was, so that a soak time can pass."""
    checks: list[tuple[EpochMillis, Check]] = []
    now, known = NOON, {name: AlertState(True, NOON - MINUTE, NOON - MINUTE) for name in NAMES}
    for _ in range(draw(st.integers(1, 25))):
        now += draw(st.sampled_from((15_000, MINUTE, 2 * MINUTE)))
        match draw(st.sampled_from((*["same"] * 7, "resolve", "change"))):
            case "resolve":
                known = dict.fromkeys(NAMES, AlertState(False, now, NOON - MINUTE))
            case "change":
                name, state = draw(st.sampled_from(NAMES)), draw(alert_states(now))
                known = {**known, name: state} if state else {k: v for k, v in known.items() if k != name}
        progress = draw(st.sampled_from((*[Progress.SETTLED] * 20, Progress.MOVING, Progress.SUPERSEDED)))
        checks.append((now, (progress, known)))
    return checks


def run(course: list[tuple[EpochMillis, Check]]) -> tuple[Finding | None, list[tuple[EpochMillis, Check]]]:
    """Returns the finding that ended the verification, or None, with the checks up to then."""
    execution: Execution = replace(
        transition(ready(), ExecutionStatus.RUNNING, "started", NOON),
        snapshot=TARGET,
        alerts_before=NAMES,
        acted_at=NOON,
        verification=VerificationState(progressed_at=NOON),
    )
    for number, (now, (progress, alerts)) in enumerate(course):
        status = RolloutStatus(progress=progress, reason="", observed=TARGET, progress_mark=str(number))
        finding = verify_effect(execution, status, LIMITS, alerts, now)
        if finding.effect is not None:
            return finding, course[: number + 1]
        execution = replace(execution, verification=finding.state)
    return None, course


def resolved_by_source(alert: AlertState | None) -> bool:
    return (
        alert is not None
        and not alert.firing
        and alert.basis is StateBasis.SOURCE
        and alert.changed_at > NOON
    )


def resolved_before(alert: AlertState | None) -> bool:
    return (
        alert is not None
        and not alert.firing
        and alert.basis is StateBasis.SOURCE
        and alert.changed_at <= NOON
    )


@settings(max_examples=150)
@given(courses())
def test_each_effect_has_its_evidence(course: list[tuple[EpochMillis, Check]]) -> None:
    finding, checks = run(course)
    settled = [now for now, (progress, _) in checks if progress is Progress.SETTLED]
    end, (progress, last) = checks[-1]
    states = [last.get(name) for name in NAMES]
    if finding is None:
        # A settled target is judged by the end of window and soak time.
        assert not settled or settled[-1] < settled[0] + VERIFICATION_WINDOW + SOAK_TIME
        return
    # Alerts never undo an action.
    assert finding.effect is not ActionEffect.WORSE
    if finding.effect is ActionEffect.HELPED:
        soak = [one for now, (_, one) in checks if end - SOAK_TIME <= now and now in settled]
        assert progress is Progress.SETTLED
        assert all([one.get(name) for name in NAMES] == states for one in soak)
        judged = [one for one in states if not resolved_before(one)]
        assert judged
        assert all(map(resolved_by_source, judged))
    if finding.effect is ActionEffect.NO_BETTER:
        fires = any(one is not None and one.firing and one.basis is StateBasis.SOURCE for one in states)
        assert end >= settled[0] + VERIFICATION_WINDOW
        assert fires or any(map(resolved_by_source, states))
