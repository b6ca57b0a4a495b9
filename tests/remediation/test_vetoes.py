"""Vetoes are asked before every call that changes something: the action, its retry and its rollback."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from cloudops.alerts.alert import AlertStatus
from cloudops.core.errors import Conflict, NotFound
from cloudops.core.ids import SuggestionId
from cloudops.core.time import MINUTE, SECOND, EpochMillis
from cloudops.incidents.incident import IncidentAlert, IncidentStatus
from cloudops.remediation.autonomy import Autonomy, demote
from cloudops.remediation.change_freeze import Freeze
from cloudops.remediation.execution import Execution, ExecutionStatus
from cloudops.remediation.guardrails import Guardrail, Ruling
from cloudops.remediation.incident_silence import covering_silence
from cloudops.remediation.kill_switch import KillSwitchState
from cloudops.remediation.planner import PlanReview
from cloudops.remediation.watchdog import WatchdogResult
from cloudops.remediation.workflow import WorkflowStep
from cloudops.silences.silence import Matcher, Operator, Silence
from tests.fakes.executor import Crash
from tests.fakes.incident_factory import NOON, an_alert
from tests.fakes.remediation import INCIDENT, OPERATOR, SUGGESTION, Remediation

Status = ExecutionStatus
Veto = Callable[[Remediation], None]


def stop(world: Remediation) -> None:
    world.switch = KillSwitchState(stopped=True, by="Linus", at=world.now, reason="deploying")


def freeze(world: Remediation) -> None:
    starts_at = datetime.fromtimestamp(NOON / SECOND, UTC)
    world.freezes.append(
        Freeze(reason="peak season", starts_at=starts_at, ends_at=starts_at.replace(year=2090))
    )


def reject(world: Remediation) -> None:
    world.approvals.reject(SUGGESTION, "do not touch it", "Grace", world.now)


def silence(world: Remediation) -> None:
    world.silences.append(a_silence())


def demote_policy(world: Remediation) -> None:
    (policy,) = world.policies.policies().values()
    world.policies.keep_policy(demote(policy, "another execution failed", world.now))


def lower_policy(world: Remediation) -> None:
    (policy,) = world.policies.policies().values()
    world.policies.keep_policy(replace(policy, ceiling=Autonomy.APPROVE, version=policy.version + 1))


FOR_ALL: dict[Veto, str] = {
    stop: "automation is stopped: deploying",
    freeze: "change freeze until 2090-11-23 12:00 UTC: peak season",
    reject: "Grace rejected the suggestion: do not touch it",
}
FOR_AUTOMATIC: dict[Veto, str] = {
    silence: "an alert of the incident is silenced: silence by Ada: known",
    demote_policy: "no longer automatic: demoted: another execution failed",
    lower_policy: "no longer automatic: Linus allows no more than approve",
}
BY_PERSON_AND_NOT = [
    *((veto, is_automatic) for veto in FOR_ALL for is_automatic in (False, True)),
    *((veto, True) for veto in FOR_AUTOMATIC),
]


def a_silence(**fields: object) -> Silence:
    known = Silence(
        id="sil_1",
        matchers=(Matcher("title", Operator.EQUAL, "latency"),),
        starts_at=NOON,
        ends_at=NOON + 600 * MINUTE,
        comment="known",
        author="Ada",
        created_at=NOON,
    )
    return replace(known, **fields)


def a_world(*, is_automatic: bool) -> tuple[Remediation, Execution]:
    """Returns an incident with a firing alert, and an execution that a person or CloudOps started."""
    world = Remediation()
    world.put_incident(alerts=(world.named("latency"), world.named("errors")))
    world.allow_automatic()
    if not is_automatic:
        return world, world.approve()
    assert world.watchdog.run(world.now) == WatchdogResult(begun=1)
    (execution,) = world.executions.of_incident(INCIDENT)
    return world, execution


def at(step: WorkflowStep, veto: Veto, world: Remediation) -> Callable[[WorkflowStep], None]:
    """Returns a hook that sets the veto immediately before the step."""

    def before(current: WorkflowStep) -> None:
        if current is step:
            veto(world)

    return before


@pytest.mark.parametrize("step", [WorkflowStep.BEGIN, WorkflowStep.PREPARE, WorkflowStep.ACT])
@pytest.mark.parametrize(("veto", "is_automatic"), BY_PERSON_AND_NOT)
def test_a_veto_at_any_step_before_the_action_stops_it(
    veto: Veto, is_automatic: bool, step: WorkflowStep
) -> None:
    world, execution = a_world(is_automatic=is_automatic)
    ended = world.run(execution, at(step, veto, world))
    assert world.executor.service.changes == []
    ends_at_once = veto is reject and step is not WorkflowStep.ACT
    assert ended.status is (Status.REJECTED if ends_at_once else Status.DENIED)
    assert (FOR_ALL | FOR_AUTOMATIC)[veto].endswith(ended.result)
    assert ended.changed_at is None


@pytest.mark.parametrize("veto", FOR_AUTOMATIC)
@pytest.mark.parametrize("step", [WorkflowStep.PREPARE, WorkflowStep.ACT, WorkflowStep.ROLL_BACK])
def test_what_limits_automation_does_not_stop_a_person(veto: Veto, step: WorkflowStep) -> None:
    world, execution = a_world(is_automatic=False)
    world.executor.service.fails_rollout = step is WorkflowStep.ROLL_BACK
    world.run(execution, at(step, veto, world))
    assert world.executor.service.changes[0] == f"{execution.id}: 4"
    if step is WorkflowStep.ROLL_BACK:
        assert world.executor.service.changes[1:] == [f"undo {execution.id}: 2"]


def allow_suggestions_only(world: Remediation) -> None:
    (policy,) = world.policies.policies().values()
    world.policies.keep_policy(replace(policy, ceiling=Autonomy.SUGGEST, version=policy.version + 1))


@pytest.mark.parametrize("step", [WorkflowStep.BEGIN, WorkflowStep.PREPARE, WorkflowStep.ACT])
@pytest.mark.parametrize("is_automatic", [False, True])
def test_the_ceiling_suggest_stops_what_was_approved_before(is_automatic: bool, step: WorkflowStep) -> None:
    world, execution = a_world(is_automatic=is_automatic)
    ended = world.run(execution, at(step, allow_suggestions_only, world))
    assert (ended.status, ended.result) == (
        Status.DENIED,
        "suggestions only: Linus allows no more than suggest",
    )
    assert world.executor.service.changes == []


def test_the_ceiling_suggest_does_not_stop_the_rollback_of_what_people_approved() -> None:
    world, execution = a_world(is_automatic=False)
    world.executor.service.fails_rollout = True
    ended = world.run(execution, at(WorkflowStep.ROLL_BACK, allow_suggestions_only, world))
    assert ended.status is Status.COMPENSATED


def test_under_the_ceiling_suggest_a_plan_is_shown_and_approved_by_no_one() -> None:
    world = Remediation()
    world.policies.keep_policy(replace(world.automatic_policy(), ceiling=Autonomy.SUGGEST))
    review = world.plan()
    assert review.denial == "suggestions only: Linus allows no more than suggest"
    with pytest.raises(Conflict, match="suggestions only"):
        world.approve()
    with pytest.raises(Conflict, match="suggestions only"):
        world.approvals.execute(SUGGESTION, "", review.plan_hash, "Ada", world.now)
    assert world.workflows.begun == {}


@pytest.mark.parametrize(("veto", "is_automatic"), BY_PERSON_AND_NOT)
def test_a_veto_before_a_rollback_leaves_the_target_to_a_person(veto: Veto, is_automatic: bool) -> None:
    world, execution = a_world(is_automatic=is_automatic)
    world.executor.service.fails_rollout = True
    ended = world.run(execution, at(WorkflowStep.ROLL_BACK, veto, world))
    assert world.executor.service.changes == [f"{execution.id}: 4"]
    assert (ended.status, ended.result) == (
        Status.NEEDS_HUMAN,
        f"the rollout failed; not rolled back: {(FOR_ALL | FOR_AUTOMATIC)[veto]}. "
        "Made, or possibly made: ecs:UpdateService desiredCount=4. Before: desiredCount=2. "
        "To restore: ecs:UpdateService desiredCount=2.",
    )


def test_a_veto_before_the_retry_of_a_rollback_stops_it() -> None:
    world, execution = a_world(is_automatic=False)
    world.executor.service.fails_rollout = True

    def crash(step: WorkflowStep) -> None:
        if step is WorkflowStep.ROLL_BACK:
            world.executor.crash_at = len(world.executor.calls)

    with pytest.raises(Crash):
        world.run(execution, crash)
    world.executor.crash_at = -1
    stop(world)
    ended = world.run(execution, first=WorkflowStep.ROLL_BACK)
    assert (ended.status, ended.undone_at) == (Status.NEEDS_HUMAN, ended.updated_at)
    assert world.executor.service.changes == [f"{execution.id}: 4"]


def test_an_acknowledgment_stops_automation_but_not_a_person() -> None:
    def acknowledge(world: Remediation) -> None:
        world.put_incident(status=IncidentStatus.ACKNOWLEDGED, acknowledged_by="Ada")

    for is_automatic, changes in ((True, 0), (False, 1)):
        world, execution = a_world(is_automatic=is_automatic)
        world.run(execution, at(WorkflowStep.ACT, acknowledge, world))
        assert len(world.executor.service.changes) == changes


class SlowPlans:
    """A planner; a rejection is stored after each plan is made and before it is returned."""

    def __init__(self, world: Remediation) -> None:
        self._world = world

    def plan(self, suggestion_id: SuggestionId, wanted: str, now: EpochMillis) -> PlanReview:
        review = self._world.planner.plan(suggestion_id, wanted, now)
        self._world.approvals.reject(SUGGESTION, "no", "Grace", now)
        return review


def test_a_rejection_while_an_automatic_plan_is_made_wins() -> None:
    world = Remediation()
    world.allow_automatic()
    slow = world.approvals_by(SlowPlans(world))
    assert slow.automatic(SUGGESTION, world.now) is None
    assert world.executions.of_incident(INCIDENT) == ()


def test_a_rejection_while_an_approval_is_made_wins() -> None:
    world = Remediation()
    read = world.plan().plan_hash
    with pytest.raises(Conflict) as refused:
        world.approvals_by(SlowPlans(world)).approve(SUGGESTION, "", read, OPERATOR, world.now)
    assert (refused.value.field, world.workflows.begun) == ("planHash", {})


def test_a_rejected_suggestion_can_be_approved_by_a_plan_that_shows_the_rejection() -> None:
    world = Remediation()
    earlier = world.plan().plan_hash
    reject(world)
    review = world.plan()
    (verdict,) = [one for one in review.verdicts if one.guardrail is Guardrail.REJECTION]
    assert (verdict.ruling, verdict.reason) == (
        Ruling.NEEDS_APPROVAL,
        "Grace rejected the suggestion: do not touch it",
    )
    with pytest.raises(Conflict):
        world.approvals.approve(SUGGESTION, "", earlier, OPERATOR, world.now)
    execution = world.approve()
    assert world.run(execution).acted_at is not None


def test_a_second_rejection_stops_what_overruled_the_first() -> None:
    world = Remediation()
    reject(world)
    execution = world.approve()
    world.now += 1
    reject(world)
    assert world.run(execution).status is Status.REJECTED
    assert world.executor.service.changes == []


COVERED = [
    ((an_alert("latency"),), (a_silence(),), "silence by Ada: known"),
    ((an_alert("errors"), an_alert("latency")), (a_silence(),), "silence by Ada: known"),
    ((an_alert("errors"),), (a_silence(),), ""),
    ((an_alert("latency", status=AlertStatus.RESOLVED),), (a_silence(),), ""),
    ((an_alert("latency"),), (a_silence(starts_at=NOON + 1),), ""),
    ((an_alert("latency"),), (a_silence(starts_at=NOON - 9, ends_at=NOON + 1),), "silence by Ada: known"),
    ((an_alert("latency"),), (a_silence(starts_at=NOON - 9, ends_at=NOON),), ""),
    ((an_alert("errors", muted="downtime in Datadog"),), (), "downtime in Datadog"),
    ((an_alert("errors", muted="silence by Ada: it ended"),), (), ""),
    ((), (a_silence(),), ""),
]


@pytest.mark.parametrize(("alerts", "silences", "reason"), COVERED)
def test_a_silence_covers_an_incident_while_it_matches_a_firing_alert(
    alerts: tuple[IncidentAlert, ...], silences: tuple[Silence, ...], reason: str
) -> None:
    assert covering_silence(alerts, silences, NOON) == reason


def test_nothing_acts_for_a_suggestion_that_is_gone() -> None:
    world, execution = a_world(is_automatic=False)
    world.put_incident(suggestions=())
    with pytest.raises(NotFound):
        world.run(execution)
    world.workflow.rescue(execution.id, "the suggestion is gone", world.now)
    assert world.executions.get(execution.id).status is Status.DENIED
    assert world.executor.service.changes == []
