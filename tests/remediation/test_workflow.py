"""The workflow from a suggestion to its end: approval, action, verification and rollback, each once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from cloudops.catalog.declaration import Limits
from cloudops.core.errors import BadInput, Conflict, Forbidden, NotFound, Unavailable
from cloudops.core.ids import SuggestionId
from cloudops.core.time import MINUTE
from cloudops.identity.access import Role
from cloudops.incidents.incident import IncidentStatus
from cloudops.learning.outcomes import OutcomeVerdict
from cloudops.remediation.autonomy import Autonomy
from cloudops.remediation.execution import (
    ActionEffect,
    Approval,
    Execution,
    ExecutionOrigin,
    ExecutionStatus,
    approved,
    entry_of,
    new_execution,
)
from cloudops.remediation.executor import RollbackOutcome
from cloudops.remediation.kill_switch import KillSwitchState
from cloudops.remediation.watchdog import LOST_AFTER, MAX_RUNS, WatchdogResult
from cloudops.remediation.workflow import Next, WorkflowStep
from tests.fakes.executor import Crash
from tests.fakes.incident_factory import NOON
from tests.fakes.people import signed_in, token_of
from tests.fakes.plan_factory import asked
from tests.fakes.remediation import INCIDENT, OPERATOR, SUGGESTION, Remediation

GRACE = signed_in("Grace")
ROBOT = token_of("robot")
Status = ExecutionStatus


def status_changes(execution: Execution) -> list[Status]:
    statuses = [step.status for step in execution.steps]
    return [one for at, one in enumerate(statuses) if at == 0 or one is not statuses[at - 1]]


def test_an_approved_action_that_helps_succeeds() -> None:
    world = Remediation()

    def resolve_alerts(step: WorkflowStep) -> None:
        if step is WorkflowStep.VERIFY:
            world.resolve_alerts()

    ended = world.run(world.approve(), resolve_alerts)
    assert ended.effect is ActionEffect.HELPED
    assert status_changes(ended) == [
        Status.AWAITING_APPROVAL, Status.APPROVED, Status.RUNNING, Status.ACTING, Status.VERIFYING,
        Status.SUCCEEDED,
    ]  # fmt: skip
    assert ended.result == "the alerts resolved; 4 healthy"
    assert world.executor.service.changes == [f"{ended.id}: 4"]
    assert world.executions.holder(ended.lock, world.now) == ""


def test_an_action_that_does_not_help_in_time_fails_and_is_not_rolled_back() -> None:
    world = Remediation()
    ended = world.run(world.approve())
    assert (ended.status, ended.result) == (Status.FAILED, "4 healthy; 2 alerts are still firing")
    assert ended.effect is ActionEffect.NO_BETTER
    assert world.executor.service.count == 4
    assert ended.acted_at is not None
    assert world.now - ended.acted_at < 11 * MINUTE


def test_an_action_that_makes_things_worse_is_rolled_back() -> None:
    world = Remediation()

    def fail_rollout(step: WorkflowStep) -> None:
        world.executor.service.fails_rollout = step is WorkflowStep.VERIFY

    ended = world.run(world.approve(), fail_rollout)
    assert (ended.status, ended.result) == (
        Status.COMPENSATED,
        "the rollout failed; the earlier state is restored",
    )
    assert world.executor.service.changes == [f"{ended.id}: 4", f"undo {ended.id}: 2"]


def test_a_target_changed_by_others_after_the_action_is_left_to_a_person() -> None:
    world = Remediation()

    def change_target(step: WorkflowStep) -> None:
        if step is WorkflowStep.VERIFY:
            world.executor.service.set_count(9, "deployer")
            world.executor.service.fails_rollout = True

    ended = world.run(world.approve(), change_target)
    assert ended.status is Status.NEEDS_HUMAN
    assert world.executor.service.count == 9


def test_a_target_changed_after_the_approval_is_left_alone() -> None:
    world = Remediation()
    execution = world.approve()
    world.executor.service.set_count(3, "deployer")
    ended = world.run(execution)
    assert (ended.status, ended.result) == (
        Status.DENIED,
        "the target was changed after the plan was made",
    )
    assert world.executor.service.changes == ["deployer: 3"]


def test_a_target_changed_between_snapshot_and_action_is_left_alone() -> None:
    world = Remediation()

    def change_target(step: WorkflowStep) -> None:
        if step is WorkflowStep.ACT:
            world.executor.service.set_count(3, "deployer")

    ended = world.run(world.approve(), change_target)
    assert ended.status is Status.NEEDS_HUMAN
    assert world.executor.service.changes == ["deployer: 3"]


def test_no_action_runs_for_a_resolved_incident() -> None:
    world = Remediation()
    execution = world.approve()
    world.resolve_alerts()
    assert world.run(execution).result == "the incident was resolved after the approval"
    assert world.executor.service.changes == []


def test_guardrails_are_evaluated_again_before_the_action() -> None:
    world = Remediation()
    execution = world.approve()
    world.switch = KillSwitchState(stopped=True, by="Linus", at=world.now, reason="deploying")
    ended = world.run(execution)
    assert (ended.status, ended.result) == (Status.DENIED, "automation is stopped: deploying")


@pytest.mark.parametrize("was_performed", [False, True])
def test_an_action_stopped_before_its_retry_is_left_to_a_person(was_performed: bool) -> None:
    """The first attempt crashed: it is unknown whether the target has changed."""
    world = Remediation()
    execution = world.approve()
    assert world.workflow.advance(execution.id, WorkflowStep.BEGIN, world.now) == Next(WorkflowStep.PREPARE)
    assert world.workflow.advance(execution.id, WorkflowStep.PREPARE, world.now) == Next(WorkflowStep.ACT)
    world.executor.crash_at = len(world.executor.calls) + was_performed  # before the update, or after it
    with pytest.raises(Crash):
        world.workflow.advance(execution.id, WorkflowStep.ACT, world.now)
    world.executor.crash_at = -1
    world.switch = KillSwitchState(stopped=True, by="Linus", at=world.now, reason="deploying")
    ended = world.run(execution, first=WorkflowStep.ACT)
    assert (ended.status, ended.result) == (
        Status.NEEDS_HUMAN,
        "not performed again: automation is stopped: deploying. "
        "Made, or possibly made: ecs:UpdateService desiredCount=4. Before: desiredCount=2. "
        "To restore: ecs:UpdateService desiredCount=2.",
    )
    assert world.executor.service.count == (4 if was_performed else 2)


def test_an_approval_is_bound_to_the_hash_of_the_plan() -> None:
    world = Remediation()
    plan_hash = world.plan().plan_hash
    world.executor.service.set_count(3, "deployer")
    with pytest.raises(Conflict) as refused:
        world.approvals.approve(SUGGESTION, "", plan_hash, OPERATOR, world.now)
    assert refused.value.field == "planHash"
    assert world.workflows.begun == {}


def test_an_approval_expires() -> None:
    world = Remediation()
    execution = world.approve()
    world.now += 15 * MINUTE
    assert world.run(execution).status is Status.EXPIRED
    assert world.executor.service.changes == []


def test_a_repeated_approval_returns_the_same_execution_even_after_its_end() -> None:
    world = Remediation()
    plan_hash = world.plan().plan_hash
    first = world.approvals.approve(SUGGESTION, "", plan_hash, OPERATOR, world.now)
    ended = world.run(first)
    again = world.approvals.approve(SUGGESTION, "", plan_hash, OPERATOR, world.now)
    assert again == ended
    assert list(world.workflows.begun) == [first.workflow]


def test_32_concurrent_approvals_return_one_execution() -> None:
    world = Remediation()
    plan_hash = world.plan().plan_hash

    def click(_: int) -> Execution:
        return world.approvals.approve(SUGGESTION, "", plan_hash, OPERATOR, world.now)

    with ThreadPoolExecutor(32) as pool:
        clicked = list(pool.map(click, range(32)))
    assert len({one.id for one in clicked}) == 1
    assert len(world.workflows.begun) == 1
    assert [one.person for one in world.executions.get(clicked[0].id).approvals] == ["Ada"]
    assert world.run(clicked[0]).status is Status.FAILED
    assert world.executor.service.changes == [f"{clicked[0].id}: 4"]


def test_an_approval_overtaken_by_the_same_persons_other_request_returns_its_execution() -> None:
    """It looked for the execution before the other request stored it, and makes the plan after the action."""
    world = Remediation()
    plan_hash = world.plan().plan_hash
    ended = world.run(world.approvals.approve(SUGGESTION, "", plan_hash, OPERATOR, world.now))
    world.executions.overlook_once(ended.id)
    assert world.approvals.approve(SUGGESTION, "", plan_hash, OPERATOR, world.now) == ended
    world.executions.overlook_once(ended.id)
    assert world.approvals.execute(SUGGESTION, "", plan_hash, "Ada", world.now) == ended


def test_two_concurrent_workflows_act_once() -> None:
    world = Remediation()
    execution = world.approve()

    def advance_again(step: WorkflowStep) -> None:
        world.workflow.advance(execution.id, step, world.now)

    ended = world.run(execution, advance_again)
    assert ended.status is Status.FAILED
    assert world.executor.service.changes == [f"{ended.id}: 4"]


def test_a_crash_before_or_after_any_call_causes_no_second_action() -> None:
    whole = Remediation()
    execution = whole.approve()
    first = len(whole.executor.calls)
    whole.run(execution)
    points = range(first, len(whole.executor.calls))
    assert {"before update", "after update"} <= set(whole.executor.calls[first:])
    for point in points:
        world = Remediation()
        execution = world.approve()
        world.executor.crash_at = point
        with pytest.raises(Crash):
            world.run(execution)
        world.executor.crash_at = -1
        world.now += LOST_AFTER
        assert world.watchdog.run(world.now).resumed == 1
        assert list(world.workflows.begun.values()) == [execution.id, execution.id]
        assert world.run(execution).status is Status.FAILED
        assert world.executor.service.changes == [f"{execution.id}: 4"], point


def test_a_crash_during_a_rollback_rolls_back_once() -> None:
    world = Remediation()
    execution = world.approve()

    def fail_rollout(step: WorkflowStep) -> None:
        world.executor.service.fails_rollout = step in (WorkflowStep.VERIFY, WorkflowStep.ROLL_BACK)
        if step is WorkflowStep.ROLL_BACK:
            world.executor.crash_at = len(world.executor.calls) + 1

    with pytest.raises(Crash):
        world.run(execution, fail_rollout)
    world.executor.crash_at = -1
    undone_at = world.now
    world.now += MINUTE
    ended = world.run(execution)
    assert (ended.status, ended.undoing) == (Status.COMPENSATED, RollbackOutcome.UNDONE)
    assert ended.changed_at == undone_at
    assert world.executor.service.changes == [f"{execution.id}: 4", f"undo {execution.id}: 2"]


def test_a_service_has_one_execution_at_a_time() -> None:
    world = Remediation()
    first = world.approve()
    world.workflow.advance(first.id, WorkflowStep.BEGIN, world.now)
    assert world.plan().denial == f"execution {first.id} is running on checkout"


def test_a_permanent_failure_is_denied_before_the_action_and_rolled_back_during_it() -> None:
    world = Remediation()
    execution = world.approve()
    assert world.workflow.advance(execution.id, WorkflowStep.BEGIN, world.now) == Next(WorkflowStep.PREPARE)
    world.executor.down = True
    with pytest.raises(Unavailable):
        world.workflow.advance(execution.id, WorkflowStep.PREPARE, world.now)
    assert world.workflow.rescue(execution.id, "describe: no answer", world.now) == Next(WorkflowStep.RECORD)
    assert world.executions.get(execution.id).status is Status.DENIED

    world = Remediation()
    execution = world.approve()
    for step in (WorkflowStep.BEGIN, WorkflowStep.PREPARE):
        world.workflow.advance(execution.id, step, world.now)
    world.executor.down = True
    with pytest.raises(Unavailable):
        world.workflow.advance(execution.id, WorkflowStep.ACT, world.now)
    assert world.workflow.rescue(execution.id, "update: no answer", world.now) == Next(WorkflowStep.ROLL_BACK)
    world.executor.down = False
    ended = world.run(execution)
    assert (ended.status, ended.result) == (
        Status.DENIED,
        "the action failed: update: no answer; nothing was done",
    )


def test_a_permanent_failure_of_verification_needs_a_person() -> None:
    world = Remediation()
    execution = world.approve()
    for step in (WorkflowStep.BEGIN, WorkflowStep.PREPARE, WorkflowStep.ACT):
        world.workflow.advance(execution.id, step, world.now)
    world.workflow.rescue(execution.id, "describe: no answer", world.now)
    ended = world.executions.get(execution.id)
    assert ended.status is Status.NEEDS_HUMAN
    assert ended.result.startswith("describe: no answer. Made, or possibly made: ecs:UpdateService")
    assert world.executions.holder(ended.lock, world.now) == ""


def test_an_execution_can_be_canceled_until_it_acts() -> None:
    world = Remediation()
    execution = world.approve()
    world.workflow.advance(execution.id, WorkflowStep.BEGIN, world.now)
    assert world.approvals.cancel(execution.id, "Grace", world.now).status is Status.CANCELED
    assert world.approvals.cancel(execution.id, "Grace", world.now).status is Status.CANCELED
    assert world.run(execution).status is Status.CANCELED
    assert world.executor.service.changes == []

    world = Remediation()
    execution = world.approve()
    for step in (WorkflowStep.BEGIN, WorkflowStep.PREPARE, WorkflowStep.ACT):
        world.workflow.advance(execution.id, step, world.now)
    with pytest.raises(Conflict, match="it can be canceled until it acts"):
        world.approvals.cancel(execution.id, "Grace", world.now)


def test_the_four_eyes_rule_needs_two_people_and_accepts_no_machine() -> None:
    world = Remediation(tier=1)
    world.executor.is_reversible = False
    plan = world.plan()
    assert plan.required_approvals == 2
    with pytest.raises(Forbidden):
        world.approve(ROBOT)
    first = world.approve()
    assert (first.status, world.workflows.begun) == (Status.AWAITING_APPROVAL, {})
    assert world.approve().status is Status.AWAITING_APPROVAL
    both = world.approve(GRACE)
    assert (both.status, list(world.workflows.begun)) == (Status.APPROVED, [both.workflow])
    assert world.run(both).status is Status.FAILED


def test_one_person_is_one_approver_however_the_name_is_spelled() -> None:
    world = Remediation(tier=1)
    world.executor.is_reversible = False
    first = world.approve(signed_in("ada", sub="7f3c"))
    again = world.approve(signed_in("Ada Lovelace", sub="7f3c"))
    assert again == first
    assert again.status is Status.AWAITING_APPROVAL
    assert world.approve(GRACE).status is Status.APPROVED


def test_two_people_who_share_a_name_are_two_approvers() -> None:
    world = Remediation(tier=1)
    world.executor.is_reversible = False
    world.approve(signed_in("Ada Lovelace", sub="7f3c"))
    both = world.approve(signed_in("Ada Lovelace", sub="91d0"))
    assert both.status is Status.APPROVED
    assert [(one.person, one.person_id) for one in both.approvals] == [
        ("Ada Lovelace", "https://issuer.example#7f3c"),
        ("Ada Lovelace", "https://issuer.example#91d0"),
    ]


def test_a_machine_is_no_second_approver_though_the_plan_by_now_needs_one() -> None:
    world = Remediation(tier=1)
    world.executor.is_reversible = False
    world.approve()
    world.inventory = Remediation().inventory
    assert world.plan().required_approvals == 1
    with pytest.raises(Forbidden, match="2 people must approve"):
        world.approve(ROBOT)


def test_an_approval_without_a_subject_does_not_count() -> None:
    unknown = Approval(person="Ada", role=Role.OPERATOR, at=NOON)
    waiting = replace(asked(required_approvals=2), approvals=(unknown,))
    assert approved(waiting, signed_in("Ada"), NOON).status is Status.AWAITING_APPROVAL


def test_a_rejection_ends_a_waiting_execution_with_its_reason() -> None:
    world = Remediation(tier=1, limits=Limits(min_healthy_percent=0))
    world.executor.service.healthy = 0
    execution = world.approve()
    world.approvals.reject(SUGGESTION, "the database is the cause", "Grace", world.now)
    ended = world.executions.get(execution.id)
    assert (ended.status, ended.result) == (Status.REJECTED, "the database is the cause")
    assert [entry.text for entry in world.timeline[-2:]] == [
        "scale_service was rejected: the database is the cause",
        "scale_service on checkout was rejected: the database is the cause",
    ]
    with pytest.raises(BadInput):
        world.approvals.reject(SUGGESTION, " ", "Grace", world.now)
    with pytest.raises(NotFound):
        world.approvals.reject(SuggestionId(f"{INCIDENT}.rollback"), "no", "Grace", world.now)


def test_one_person_can_execute_without_approval_outside_production() -> None:
    world = Remediation(environment="dev")
    plan = world.plan()
    assert (plan.required_approvals, plan.denial) == (0, "")
    execution = world.approvals.execute(SUGGESTION, "", plan.plan_hash, "Ada", world.now)
    assert (execution.origin, execution.status) == (ExecutionOrigin.DIRECT, Status.APPROVED)
    assert world.run(execution).status is Status.FAILED


def test_an_execution_without_approval_is_refused_in_production() -> None:
    world = Remediation()
    with pytest.raises(Conflict, match="needs approval by 1"):
        world.approvals.execute(SUGGESTION, "", world.plan().plan_hash, "Ada", world.now)


def test_a_finished_execution_is_recorded_in_learning_and_the_audit_trail() -> None:
    world = Remediation()
    ended = world.run(world.approve())
    report = world.incidents.learning.reports([INCIDENT])[INCIDENT].reports[SUGGESTION]
    assert (report.person, report.verdict, report.executed) == ("Ada", OutcomeVerdict.NOT_CLEARED, True)
    assert report.performed_at == ended.acted_at
    assert world.entries(ended.id) == [("Ada", "approve"), ("cloudops", "failed")]


def test_earned_autonomy_starts_one_execution_an_incident_and_ends_with_a_failure() -> None:
    world = Remediation()
    key = world.allow_automatic().key
    assert world.watchdog.run(world.now) == WatchdogResult(begun=1)
    assert world.watchdog.run(world.now) == WatchdogResult()
    (execution,) = world.executions.of_incident(INCIDENT)
    assert execution.origin is ExecutionOrigin.AUTOMATIC
    ended = world.run(execution)
    assert ended.status is Status.FAILED
    demoted = world.policies.policies()[key]
    assert demoted.demoted_reason == f"{ended.id}: {ended.result}"
    assert world.planner.plan(SUGGESTION, "", world.now).autonomy.autonomy is Autonomy.APPROVE


def test_nothing_starts_automatically_without_a_policy_or_after_a_rejection() -> None:
    world = Remediation()
    assert world.watchdog.run(world.now) == WatchdogResult()
    world.allow_automatic()
    world.approvals.reject(SUGGESTION, "not tonight", "Grace", world.now)
    assert world.watchdog.run(world.now) == WatchdogResult()
    assert world.executions.of_incident(INCIDENT) == ()


def test_an_acknowledged_incident_gets_no_automatic_execution() -> None:
    world = Remediation()
    world.allow_automatic()
    world.put_incident(status=IncidentStatus.ACKNOWLEDGED)
    assert world.watchdog.run(world.now) == WatchdogResult()


def test_an_execution_with_too_many_lost_workflows_needs_a_person() -> None:
    world = Remediation()
    execution = world.approve()
    for step in (WorkflowStep.BEGIN, WorkflowStep.PREPARE, WorkflowStep.ACT):
        world.workflow.advance(execution.id, step, world.now)
    for _ in range(MAX_RUNS):
        world.now += LOST_AFTER
        world.watchdog.run(world.now)
    ended = world.executions.get(execution.id)
    assert (ended.status, ended.result) == (
        Status.NEEDS_HUMAN,
        "5 workflows were lost; check the target",
    )
    assert world.executor.service.changes == [f"{ended.id}: 4"]


def test_an_execution_with_too_few_approvals_expires() -> None:
    world = Remediation()
    waiting = new_execution(world.plan().plan, ExecutionOrigin.APPROVED, "Ada", 2, world.now)
    world.executions.add(waiting, entry_of(waiting))
    world.now += 15 * MINUTE
    assert world.watchdog.run(world.now) == WatchdogResult(expired=1)
    assert world.executions.get(waiting.id).status is Status.EXPIRED
