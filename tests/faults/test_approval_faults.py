"""A decision that is stored is answered and carried through, whatever fails before or after the store."""

import pytest

from cloudops.core.errors import CloudOpsError, Conflict, NotFound, Refused, Unavailable
from cloudops.core.ids import ExecutionId
from cloudops.core.time import MINUTE, EpochMillis
from cloudops.remediation.approvals import ApprovalService, Plans
from cloudops.remediation.completion import DECISION_SETTLES
from cloudops.remediation.execution import ExecutionOrigin, ExecutionStatus, entry_of, new_execution
from cloudops.remediation.planner import PlanReview
from cloudops.remediation.watchdog import LOST_AFTER, RESTART_AFTER, WatchdogResult
from cloudops.remediation.workflow import WorkflowStep
from tests.fakes.people import signed_in
from tests.fakes.remediation import OPERATOR, SUGGESTION, Remediation

GRACE = signed_in("Grace")
Status = ExecutionStatus


class FailingPlans:
    """A planner that makes no plan."""

    def __init__(self, error: CloudOpsError) -> None:
        self._error = error

    def plan(self, suggestion: str, target: str, now: EpochMillis) -> PlanReview:
        raise self._error


def approvals_by(it: Remediation, plans: Plans) -> ApprovalService:
    return ApprovalService(
        plans=plans,
        incidents=it.incidents,
        executions=it.executions,
        workflows=it.workflows,
        trail=it.trail,
        pause=lambda _: None,
    )


def test_an_approval_is_answered_where_its_workflow_cannot_be_started() -> None:
    it = Remediation()
    it.workflows.down = True
    execution = it.approve()
    assert (execution.status, it.workflows.begun) == (Status.APPROVED, {})
    assert it.executions.get(execution.id) == execution


def test_the_watchdog_starts_an_approved_execution_whose_workflow_did_not_start() -> None:
    it = Remediation()
    it.workflows.down = True
    execution = it.approve()
    it.workflows.down = False
    it.watchdog.run(it.now)
    assert it.workflows.begun == {}, "the request may still start it"
    it.now += RESTART_AFTER
    assert it.watchdog.run(it.now) == WatchdogResult()
    assert it.workflows.begun == {execution.workflow: execution.id}
    assert it.run(execution).status is Status.FAILED


def test_a_second_click_starts_the_workflow_that_the_first_could_not() -> None:
    it = Remediation()
    it.workflows.down = True
    read = it.plan().plan_hash
    execution = it.approve()
    it.workflows.down = False
    assert it.approvals.approve(SUGGESTION, "", read, OPERATOR, it.now) == execution
    assert list(it.workflows.begun) == [execution.workflow]


def test_the_watchdog_starts_nothing_twice() -> None:
    it = Remediation()
    execution = it.approve()
    it.now += RESTART_AFTER
    it.watchdog.run(it.now)
    assert list(it.workflows.begun) == [execution.workflow]
    assert it.executions.get(execution.id) == execution


def test_an_execution_whose_workflow_cannot_be_started_does_not_keep_the_watchdog_from_others() -> None:
    it = Remediation(tier=1)
    it.executor.is_reversible = False
    lost = it.approve()
    it.approve(GRACE)
    it.now += LOST_AFTER
    it.workflows.down = True
    assert it.watchdog.run(it.now) == WatchdogResult(failed=1)
    assert it.executions.get(lost.id).run == 2
    it.workflows.down = False
    it.now += RESTART_AFTER
    it.watchdog.run(it.now)
    assert it.executions.get(lost.id).workflow in it.workflows.begun


@pytest.mark.parametrize(
    "error", [Conflict("changed"), Unavailable("no answer"), NotFound("gone"), Refused("not allowed")]
)
def test_a_second_click_is_answered_from_the_record_where_no_plan_can_be_made(error: CloudOpsError) -> None:
    it = Remediation()
    read = it.plan().plan_hash
    first = it.approve()
    it.executions.overlook_once(first.id)
    again = approvals_by(it, FailingPlans(error)).approve(SUGGESTION, "", read, OPERATOR, it.now)
    assert again == first


def test_a_click_without_a_record_is_refused_as_the_planner_failed() -> None:
    it = Remediation()
    read = it.plan().plan_hash
    with pytest.raises(Unavailable, match="no answer"):
        approvals_by(it, FailingPlans(Unavailable("no answer"))).approve(
            SUGGESTION, "", read, OPERATOR, it.now
        )
    assert it.entries(SUGGESTION) == []


def test_a_missing_entry_of_a_person_is_written_though_another_of_the_same_name_has_one() -> None:
    it = Remediation(tier=1)
    it.executor.is_reversible = False
    first, second = (signed_in("Ada", sub=sub) for sub in ("7f3c", "91d0"))
    it.approve(first)
    written = list(it.audit_store.stored)
    execution = it.approve(second)
    it.audit_store.stored[:] = written
    it.run(execution)
    approvals = [one.actor_id for one in it.audit_store.stored if one.action == "approve"]
    assert approvals == [first.subject, second.subject]


def test_another_persons_approval_does_not_answer_a_click() -> None:
    it = Remediation(tier=1)
    it.executor.is_reversible = False
    read = it.plan().plan_hash
    it.approve()
    with pytest.raises(Unavailable, match="no answer"):
        approvals_by(it, FailingPlans(Unavailable("no answer"))).approve(SUGGESTION, "", read, GRACE, it.now)


def test_a_stored_approval_is_answered_without_another_plan() -> None:
    it = Remediation()
    read = it.plan().plan_hash
    first = it.approve()
    observed = len(it.executor.calls)
    assert it.approvals.approve(SUGGESTION, "", read, OPERATOR, it.now) == first
    assert len(it.executor.calls) == observed


def test_a_stored_approval_whose_answer_was_lost_is_answered() -> None:
    it = Remediation()
    it.executions.lose_answer_once()
    execution = it.approve()
    assert execution.status is Status.APPROVED
    assert list(it.workflows.begun) == [execution.workflow]
    it.now += DECISION_SETTLES
    it.run(execution)
    assert it.entries(execution.id) == [("Ada", "approve"), ("cloudops", "failed")]


def test_a_direct_start_is_answered_where_its_store_lost_the_answer_and_no_plan_can_be_made() -> None:
    it = Remediation(environment="dev")
    read = it.plan().plan_hash
    it.executions.lose_answer_once()
    first = it.approvals.execute(SUGGESTION, "", read, "Ada", it.now)
    it.executions.overlook_once(first.id)
    plans = FailingPlans(Unavailable("no answer"))
    assert approvals_by(it, plans).execute(SUGGESTION, "", read, "Ada", it.now) == first
    it.now += DECISION_SETTLES
    it.run(first)
    assert it.entries(first.id) == [("Ada", "execute"), ("cloudops", "failed")]


def test_an_entry_that_an_approval_could_not_write_is_written_when_the_execution_is_over() -> None:
    it = Remediation()
    it.audit_store.down = True
    at = it.now
    execution = it.approve()
    it.audit_store.down = False
    over = it.run(execution)
    assert it.entries(over.id) == [("Ada", "approve"), ("cloudops", "failed")]
    assert it.audit_store.stored[0].at == at
    assert it.audit_store.stored[0].plan_hash == over.plan.hash


def test_completion_waits_for_a_decision_whose_request_may_still_write_it() -> None:
    it = Remediation()
    it.audit_store.down = True
    execution = it.approve()
    it.approvals.cancel(execution.id, "Grace", it.now)
    it.audit_store.down = False
    at = it.now
    recorded = []

    def meanwhile(step: WorkflowStep) -> None:
        if step is WorkflowStep.RECORD:
            recorded.append(it.now - at)

    over = it.run(execution, meanwhile)
    assert over.status is Status.CANCELED
    assert over.recorded
    assert recorded[-2] < DECISION_SETTLES <= recorded[-1]
    assert it.entries(over.id) == [("Ada", "approve"), ("Grace", "canceled"), ("cloudops", "canceled")]


def test_an_entry_is_written_once_however_often_an_execution_is_recorded() -> None:
    it = Remediation()
    over = it.run(it.approve())
    assert it.completion.complete(over, it.now)
    assert it.entries(over.id) == [("Ada", "approve"), ("cloudops", "failed")]


def test_an_approval_that_expires_is_in_the_trail_with_who_gave_it() -> None:
    it = Remediation()
    waiting = new_execution(it.plan().plan, ExecutionOrigin.APPROVED, "Ada", 2, it.now)
    it.executions.add(waiting, entry_of(waiting))
    it.audit_store.down = True
    it.approve()
    it.audit_store.down = False
    it.now += 15 * MINUTE
    assert it.watchdog.run(it.now).expired == 1
    (started,) = it.workflows.begun.values()
    it.run(it.executions.get(ExecutionId(started)))
    assert it.entries(started) == [("Ada", "approve"), ("cloudops", "expired")]
