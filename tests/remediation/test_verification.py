"""Verification: the effect for each state of the target and of the alerts after an action, at each bound."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from cloudops.core.errors import CloudOpsError
from cloudops.core.taxonomy import Action
from cloudops.core.time import MINUTE, SECOND, EpochMillis
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
from cloudops.remediation.verification import (
    SOAK_TIME,
    VERIFICATION_WINDOW,
    Finding,
    verification_end,
    verify_effect,
)
from tests.fakes.incident_factory import NOON
from tests.fakes.plan_factory import PLAN, ready

BEFORE = TargetState(at=NOON, mark="m1", desired=4, healthy=4)
LIMITS = RolloutLimits(stall_seconds=300, max_seconds=3_600)
FIRST, SECOND_ALERT = "a1", "a2"
SETTLED_AT = NOON + MINUTE
DEADLINE = SETTLED_AT + VERIFICATION_WINDOW


def acted(plan_action: Action = Action.SCALE_SERVICE, **seen: object) -> Execution:
    """Returns an execution that acted at NOON; `seen` are fields of what its checks have found."""
    fields = {"progressed_at": NOON, "progress_mark": "1/4", **seen}
    plan = replace(PLAN, action=plan_action)
    return replace(
        transition(ready(plan), ExecutionStatus.RUNNING, "started", NOON),
        snapshot=BEFORE,
        alerts_before=(FIRST, SECOND_ALERT),
        acted_at=NOON,
        verification=VerificationState(**fields),  # type: ignore[arg-type]  # fields of the tests, by name
    )


SETTLED = acted(settled_at=SETTLED_AT)


def rollout(
    progress: Progress = Progress.SETTLED,
    *,
    desired: int | None = 4,
    healthy: int | None = 4,
    mark: str = "4/4",
) -> RolloutStatus:
    observed = TargetState(at=NOON, mark="m2", desired=desired, healthy=healthy)
    return RolloutStatus(progress=progress, reason="4 tasks run", observed=observed, progress_mark=mark)


def firing(since: EpochMillis = NOON - MINUTE, basis: StateBasis = StateBasis.SOURCE) -> AlertState:
    return AlertState(True, since, since, basis=basis)


def resolved(at: EpochMillis, basis: StateBasis = StateBasis.SOURCE) -> AlertState:
    return AlertState(False, at, NOON - MINUTE, basis=basis)


STILL_FIRING = {FIRST: firing(), SECOND_ALERT: firing()}


def check(
    execution: Execution,
    alerts: Mapping[str, AlertState] = STILL_FIRING,
    *,
    now: EpochMillis = SETTLED_AT,
    status: RolloutStatus | None = None,
) -> Finding:
    return verify_effect(execution, status or rollout(), LIMITS, alerts, now)


def check_again(
    execution: Execution, finding: Finding, alerts: Mapping[str, AlertState], now: EpochMillis
) -> Finding:
    return check(replace(execution, verification=finding.state), alerts, now=now)


# The alerts


def test_an_action_helped_if_all_its_alerts_stayed_resolved_for_the_soak_time() -> None:
    alerts = {FIRST: resolved(NOON + 1), SECOND_ALERT: resolved(NOON + MINUTE)}
    first = check(SETTLED, alerts)
    assert first.effect is None
    assert check_again(SETTLED, first, alerts, SETTLED_AT + SOAK_TIME - 1).effect is None
    last = check_again(SETTLED, first, alerts, SETTLED_AT + SOAK_TIME)
    assert (last.effect, last.reason) == (ActionEffect.HELPED, "the alerts resolved; 4 tasks run")


def test_one_check_never_suffices_for_success() -> None:
    alerts = {FIRST: resolved(NOON + 1), SECOND_ALERT: resolved(NOON + 1)}
    assert check(SETTLED, alerts, now=DEADLINE).effect is None


def test_an_alert_that_fires_again_starts_the_soak_time_again() -> None:
    alerts = {FIRST: resolved(NOON + 1), SECOND_ALERT: resolved(NOON + 1)}
    first = check(SETTLED, alerts)
    flapped = check_again(SETTLED, first, {**alerts, FIRST: firing(NOON + 2)}, SETTLED_AT + MINUTE)
    assert flapped.state.resolved_since is None
    second = check_again(SETTLED, flapped, alerts, SETTLED_AT + 2 * MINUTE)
    assert check_again(SETTLED, second, alerts, SETTLED_AT + SOAK_TIME + MINUTE).effect is None
    end = check_again(SETTLED, second, alerts, SETTLED_AT + SOAK_TIME + 2 * MINUTE)
    assert end.effect is ActionEffect.HELPED


def test_a_flap_between_two_checks_starts_the_soak_time_again() -> None:
    alerts = {FIRST: resolved(NOON + 1), SECOND_ALERT: resolved(NOON + 1)}
    first = check(SETTLED, alerts)
    later = {**alerts, FIRST: resolved(SETTLED_AT + MINUTE)}
    second = check_again(SETTLED, first, later, SETTLED_AT + 2 * MINUTE)
    assert second.state.resolved_since == SETTLED_AT + 2 * MINUTE


@pytest.mark.parametrize(
    ("found_at", "effect"),
    [(DEADLINE - 1, None), (DEADLINE, None), (DEADLINE + 1, ActionEffect.NO_BETTER)],
)
def test_alerts_have_to_resolve_within_the_window(found_at: EpochMillis, effect: ActionEffect | None) -> None:
    alerts = {FIRST: resolved(NOON + 1), SECOND_ALERT: resolved(NOON + 1)}
    assert check(SETTLED, alerts, now=found_at).effect is effect


@pytest.mark.parametrize(
    ("now", "effect"),
    [(DEADLINE - 1, None), (DEADLINE, ActionEffect.NO_BETTER), (DEADLINE + 1, ActionEffect.NO_BETTER)],
)
def test_an_alert_that_still_fires_at_the_end_of_the_window_is_no_better(
    now: EpochMillis, effect: ActionEffect | None
) -> None:
    finding = check(SETTLED, {FIRST: firing(), SECOND_ALERT: resolved(NOON + 1)}, now=now)
    assert finding.effect is effect
    assert finding.reason == "4 tasks run; 1 alert is still firing, 1 is resolved"


@pytest.mark.parametrize(("at", "counts"), [(NOON - 1, False), (NOON, False), (NOON + 1, True)])
def test_only_a_resolution_after_the_action_is_evidence(at: EpochMillis, counts: bool) -> None:
    alerts = {FIRST: resolved(at), SECOND_ALERT: resolved(at)}
    first = check(SETTLED, alerts)
    assert first.effect is (None if counts else ActionEffect.NOTHING_FIRED)


def test_an_alert_that_resolved_before_the_action_says_nothing_about_the_others() -> None:
    alerts = {FIRST: resolved(NOON - 1), SECOND_ALERT: resolved(NOON + 1)}
    first = check(SETTLED, alerts)
    assert check_again(SETTLED, first, alerts, SETTLED_AT + SOAK_TIME).effect is ActionEffect.HELPED


def test_an_action_on_which_no_alert_fired_cannot_be_judged() -> None:
    finding = check(replace(SETTLED, alerts_before=()), {"other": firing()})
    assert finding.effect is ActionEffect.NOTHING_FIRED


UNDECIDED = [
    (resolved(NOON + 1, StateBasis.GONE), ActionEffect.GONE),
    (firing(NOON + 1, StateBasis.NO_DATA), ActionEffect.NO_DATA),
    (resolved(NOON + 1, StateBasis.MUTED), ActionEffect.MUTED),
    (firing(NOON + 1, StateBasis.MUTED), ActionEffect.MUTED),
    (None, ActionEffect.UNKNOWN_STATE),
]


@pytest.mark.parametrize(("state", "effect"), UNDECIDED)
def test_an_alert_without_a_word_of_its_source_leaves_the_effect_open(
    state: AlertState | None, effect: ActionEffect
) -> None:
    alerts = {FIRST: resolved(NOON + 1), **({} if state is None else {SECOND_ALERT: state})}
    assert check(SETTLED, alerts, now=DEADLINE - 1).effect is None
    assert check(SETTLED, alerts, now=DEADLINE).effect is effect
    assert effect.helped is None


@pytest.mark.parametrize(("state", "effect"), UNDECIDED)
def test_an_alert_that_still_fires_decides_whatever_the_others_do(
    state: AlertState | None, effect: ActionEffect
) -> None:
    alerts = {FIRST: firing(), **({} if state is None else {SECOND_ALERT: state})}
    assert check(SETTLED, alerts, now=DEADLINE).effect is ActionEffect.NO_BETTER


def test_an_incident_resolved_by_a_person_is_open_at_once() -> None:
    by_person = {FIRST: resolved(NOON + 1), SECOND_ALERT: resolved(NOON + 2, StateBasis.PERSON)}
    finding = check(SETTLED, by_person)
    assert finding.effect is ActionEffect.RESOLVED_BY_PERSON
    assert finding.reason == "4 tasks run; 1 alert is resolved by a person, 1 is resolved"


def test_an_alert_that_fires_again_after_a_person_resolved_it_is_waited_for() -> None:
    alerts = {FIRST: firing(NOON + 3), SECOND_ALERT: resolved(NOON + 2, StateBasis.PERSON)}
    assert check(SETTLED, alerts).effect is None
    assert check(SETTLED, alerts, now=DEADLINE).effect is ActionEffect.NO_BETTER


def test_alerts_that_joined_after_the_action_change_nothing() -> None:
    alerts = {FIRST: resolved(NOON + 1), SECOND_ALERT: resolved(NOON + 1), "joined": firing(NOON + 1)}
    first = check(SETTLED, alerts)
    assert check_again(SETTLED, first, alerts, SETTLED_AT + SOAK_TIME).effect is ActionEffect.HELPED
    assert check(SETTLED, {**STILL_FIRING, "joined": firing()}, now=DEADLINE).effect is ActionEffect.NO_BETTER


# The target


def test_a_rollout_that_the_platform_calls_failed_is_worse_at_once() -> None:
    finding = check(acted(), status=rollout(Progress.FAILED))
    assert (finding.effect, finding.reason) == (ActionEffect.WORSE, "4 tasks run")


@pytest.mark.parametrize("action", [Action.ROLLBACK, Action.SCALE_SERVICE, Action.RESTART_PODS])
@pytest.mark.parametrize("after", [LIMITS.stall_seconds - 1, LIMITS.stall_seconds, LIMITS.stall_seconds + 1])
def test_a_rollout_without_progress_stalls_after_the_time_of_its_platform(action: Action, after: int) -> None:
    finding = check(acted(action), now=NOON + after * SECOND, status=rollout(Progress.MOVING, mark="1/4"))
    assert finding.effect is (ActionEffect.STALLED if after >= LIMITS.stall_seconds else None)
    assert ActionEffect.STALLED.helped is None


def test_a_rollout_that_progresses_is_waited_for_up_to_its_limit() -> None:
    execution = acted(Action.ROLLBACK)
    for minute in range(1, 60):
        status = rollout(Progress.MOVING, healthy=3, mark=f"{minute}/60")
        finding = check(execution, now=NOON + minute * MINUTE, status=status)
        assert finding.effect is None, minute
        execution = replace(execution, verification=finding.state)
    late = rollout(Progress.MOVING, healthy=3, mark="59/60")
    assert check(execution, now=NOON + 60 * MINUTE - 1, status=late).effect is None
    end = check(execution, now=NOON + 60 * MINUTE, status=late)
    assert (end.effect, end.reason) == (ActionEffect.STALLED, "not settled within 60 min: 4 tasks run")


def test_the_reason_marks_the_progress_of_an_executor_that_reports_no_mark() -> None:
    moved = check(acted(), now=NOON + MINUTE, status=rollout(Progress.MOVING, mark=""))
    assert moved.state.progressed_at == NOON + MINUTE
    assert moved.state.progress_mark == "4 tasks run"


def test_a_rollout_that_stalls_with_lost_members_is_worse_except_for_a_rollback() -> None:
    stalled = rollout(Progress.MOVING, healthy=3, mark="1/4")
    now = NOON + LIMITS.stall_seconds * SECOND
    worse = check(acted(Action.SCALE_SERVICE), now=now, status=stalled)
    assert worse.effect is ActionEffect.WORSE
    assert worse.reason == "no progress for 5 min: 4 tasks run; 3 healthy, 4 expected"
    assert check(acted(Action.ROLLBACK), now=now, status=stalled).effect is ActionEffect.STALLED


def test_a_settled_target_that_moves_again_has_the_time_of_a_stall_from_then() -> None:
    settled = check(SETTLED, now=NOON + 30 * MINUTE)
    execution = replace(SETTLED, verification=settled.state)
    moving = rollout(Progress.MOVING, mark="4/4")
    assert check(execution, now=NOON + 35 * MINUTE - 1, status=moving).effect is None
    assert check(execution, now=NOON + 35 * MINUTE, status=moving).effect is ActionEffect.STALLED


def test_a_target_that_moves_again_and_never_rests_has_the_limit_once_more() -> None:
    end = SETTLED_AT + LIMITS.max_seconds * SECOND
    for now, mark, effect in ((end - 1, "2/4", None), (end, "3/4", ActionEffect.STALLED)):
        moving = rollout(Progress.MOVING, mark=mark)
        assert check(SETTLED, now=now, status=moving).effect is effect


def test_resolved_alerts_are_no_success_while_the_rollout_moves() -> None:
    alerts = {FIRST: resolved(NOON + 1), SECOND_ALERT: resolved(NOON + 1)}
    finding = check(acted(), alerts, now=NOON + 4 * MINUTE, status=rollout(Progress.MOVING))
    assert (finding.effect, finding.state.settled_at, finding.state.resolved_since) == (None, None, None)


def test_a_change_that_something_replaced_is_superseded_if_two_checks_find_so() -> None:
    status = rollout(Progress.SUPERSEDED)
    alerts = {FIRST: resolved(NOON + 1), SECOND_ALERT: resolved(NOON + 1)}
    first = check(SETTLED, alerts, status=status)
    assert first.effect is None
    again = replace(SETTLED, verification=first.state)
    assert check(again, alerts, status=status).effect is ActionEffect.SUPERSEDED
    stale = check(again, alerts, status=rollout())
    assert (stale.effect, stale.state.superseded) == (None, False)


def test_fewer_healthy_members_than_before_are_worse_if_two_checks_find_so() -> None:
    alerts = {FIRST: resolved(NOON + 1), SECOND_ALERT: resolved(NOON + 1)}
    first = check(SETTLED, alerts, status=rollout(healthy=3))
    assert (first.effect, first.reason) == (None, "3 healthy, 4 expected")
    again = replace(SETTLED, verification=first.state)
    assert check(again, alerts, status=rollout(healthy=3)).effect is ActionEffect.WORSE
    assert check(again, alerts, status=rollout(healthy=4)).state.lost_members is False


@pytest.mark.parametrize(
    ("desired", "healthy", "is_short"), [(4, 4, False), (4, 3, True), (2, 2, False), (2, 1, True)]
)
def test_a_target_has_to_keep_the_healthy_members_that_it_had_or_still_desires(
    desired: int, healthy: int, is_short: bool
) -> None:
    assert check(SETTLED, status=rollout(desired=desired, healthy=healthy)).state.lost_members is is_short


def test_a_target_without_member_counts_cannot_lose_members() -> None:
    uncounted = replace(SETTLED, snapshot=replace(BEFORE, desired=None, healthy=None))
    assert check(uncounted, status=rollout(desired=1, healthy=0)).state.lost_members is False
    assert check(SETTLED, status=rollout(desired=None, healthy=3)).state.lost_members is True


def test_verification_ends_after_the_rollout_the_window_and_the_soak_time() -> None:
    moving, settled = acted().verification, SETTLED.verification
    assert moving is not None
    assert settled is not None
    after = VERIFICATION_WINDOW + SOAK_TIME
    assert verification_end(moving, NOON, LIMITS) == NOON + LIMITS.max_seconds * SECOND + after
    assert verification_end(settled, NOON, LIMITS) == SETTLED_AT + after


def test_an_execution_that_did_not_act_cannot_be_verified() -> None:
    with pytest.raises(CloudOpsError, match="did not act"):
        check(ready())


# States that cannot be


@pytest.mark.parametrize(
    ("status", "effect"),
    [
        (ExecutionStatus.SUCCEEDED, None),
        (ExecutionStatus.SUCCEEDED, ActionEffect.RESOLVED_BY_PERSON),
        (ExecutionStatus.FAILED, ActionEffect.STALLED),
        (ExecutionStatus.INCONCLUSIVE, ActionEffect.HELPED),
        (ExecutionStatus.INCONCLUSIVE, ActionEffect.NO_BETTER),
        (ExecutionStatus.SUPERSEDED, ActionEffect.HELPED),
    ],
)
def test_a_final_status_without_its_evidence_cannot_be_constructed(
    status: ExecutionStatus, effect: ActionEffect | None
) -> None:
    with pytest.raises(ValueError, match="effect"):
        replace(SETTLED, status=status, effect=effect)


def test_an_action_that_was_not_performed_has_no_effect() -> None:
    with pytest.raises(ValueError, match="not performed"):
        replace(ready(), effect=ActionEffect.NO_BETTER)


def test_an_action_helps_only_where_alerts_fired_before_it() -> None:
    with pytest.raises(ValueError, match="fired before"):
        replace(SETTLED, alerts_before=(), effect=ActionEffect.HELPED)


def test_helped_no_better_and_worse_are_the_only_evidence() -> None:
    evidence = {one: one.helped for one in ActionEffect if one.helped is not None}
    assert evidence == {ActionEffect.HELPED: True, ActionEffect.NO_BETTER: False, ActionEffect.WORSE: False}
