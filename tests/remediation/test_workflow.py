"""From a suggestion to done: approved, carried out, verified, taken back; each once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cloudops.catalog.declaration import Limits
from cloudops.core.errors import BadInput, Conflict, Forbidden, NotFound, Unavailable
from cloudops.core.ids import SuggestionId
from cloudops.core.time import MINUTE
from cloudops.identity.access import Caller, CallerKind, Role
from cloudops.incidents.incident import IncidentStatus
from cloudops.learning.outcomes import OutcomeVerdict
from cloudops.remediation.autonomy import Autonomy, Policy
from cloudops.remediation.execution import (
    Execution,
    ExecutionOrigin,
    ExecutionStatus,
    entry_of,
    new_execution,
)
from cloudops.remediation.kill_switch import KillSwitchState
from cloudops.remediation.planner import policy_key
from cloudops.remediation.watchdog import LOST_AFTER, MAX_RUNS, Watched
from cloudops.remediation.workflow import Next, Step
from tests.fakes.executor import Crash
from tests.fakes.remediation import INCIDENT, OPERATOR, SUGGESTION, Remediation

GRACE = Caller("Grace", Role.OPERATOR, CallerKind.PERSON)
ROBOT = Caller("robot", Role.OPERATOR, CallerKind.MACHINE)
Status = ExecutionStatus


def statuses(execution: Execution) -> list[Status]:
    seen = [step.status for step in execution.steps]
    return [one for at, one in enumerate(seen) if at == 0 or one is not seen[at - 1]]


def test_what_is_approved_is_done_watched_and_kept_where_it_helps() -> None:
    it = Remediation()

    def clears(step: Step) -> None:
        if step is Step.LOOK:
            it.clear()

    over = it.run(it.approve(), clears)
    assert statuses(over) == [
        Status.AWAITING_APPROVAL, Status.APPROVED, Status.RUNNING, Status.ACTING, Status.VERIFYING,
        Status.SUCCEEDED,
    ]  # fmt: skip
    assert over.result == "the alerts cleared; 4 healthy"
    assert it.executor.service.changes == [f"{over.id}: 4"]
    assert it.executions.holder(over.lock, it.now) == ""


def test_what_did_not_help_in_time_failed_and_stays() -> None:
    it = Remediation()
    over = it.run(it.approve())
    assert (over.status, over.result) == (Status.FAILED, "4 healthy, but 2 alerts still fire")
    assert it.executor.service.count == 4
    assert over.acted_at is not None
    assert it.now - over.acted_at < 11 * MINUTE


def test_what_made_it_worse_is_taken_back() -> None:
    it = Remediation()

    def breaks(step: Step) -> None:
        it.executor.service.fails_rollout = step is Step.LOOK

    over = it.run(it.approve(), breaks)
    assert (over.status, over.result) == (
        Status.COMPENSATED,
        "the rollout failed; back to what it was",
    )
    assert it.executor.service.changes == [f"{over.id}: 4", f"undo {over.id}: 2"]


def test_more_alerts_in_the_end_than_before_are_worse() -> None:
    it = Remediation()

    def spreads(step: Step) -> None:
        if step is Step.LOOK:
            it.put_incident(firing_count=5)

    over = it.run(it.approve(), spreads)
    assert (over.status, over.result) == (
        Status.COMPENSATED,
        "5 alerts fire, 2 did before; back to what it was",
    )


def test_what_somebody_else_changed_since_is_not_taken_back_but_handed_over() -> None:
    it = Remediation()

    def meddles(step: Step) -> None:
        if step is Step.LOOK:
            it.executor.service.set_count(9, "somebody")
            it.executor.service.fails_rollout = True

    over = it.run(it.approve(), meddles)
    assert over.status is Status.NEEDS_HUMAN
    assert it.executor.service.count == 9


def test_a_target_that_changed_after_the_approval_is_left_alone() -> None:
    it = Remediation()
    execution = it.approve()
    it.executor.service.set_count(3, "somebody")
    over = it.run(execution)
    assert (over.status, over.result) == (
        Status.DENIED,
        "somebody changed the target after the plan was approved",
    )
    assert it.executor.service.changes == ["somebody: 3"]


def test_a_target_that_changed_between_snapshot_and_act_is_left_alone() -> None:
    it = Remediation()

    def meddles(step: Step) -> None:
        if step is Step.ACT:
            it.executor.service.set_count(3, "somebody")

    over = it.run(it.approve(), meddles)
    assert over.status is Status.NEEDS_HUMAN
    assert it.executor.service.changes == ["somebody: 3"]


def test_nothing_is_done_for_an_incident_that_is_over() -> None:
    it = Remediation()
    execution = it.approve()
    it.clear()
    assert it.run(execution).result == "the incident is resolved meanwhile"
    assert it.executor.service.changes == []


def test_the_guardrails_are_asked_again_before_the_act() -> None:
    it = Remediation()
    execution = it.approve()
    it.switch = KillSwitchState(stopped=True, by="Linus", at=it.now, reason="deploying")
    over = it.run(execution)
    assert (over.status, over.result) == (Status.DENIED, "automation is stopped: deploying")


@pytest.mark.parametrize("was_done", [False, True])
def test_who_stops_automation_before_an_act_is_tried_again_has_stopped_it(was_done: bool) -> None:
    it = Remediation()
    execution = it.approve()
    assert it.remediate.advance(execution.id, Step.BEGIN, it.now) == Next(Step.PREPARE)
    assert it.remediate.advance(execution.id, Step.PREPARE, it.now) == Next(Step.ACT)
    it.executor.crash_at = len(it.executor.calls) + was_done  # before the update, or after it
    with pytest.raises(Crash):
        it.remediate.advance(execution.id, Step.ACT, it.now)
    it.executor.crash_at = -1
    it.switch = KillSwitchState(stopped=True, by="Linus", at=it.now, reason="deploying")
    over = it.run(execution, first=Step.ACT)
    assert "automation is stopped: deploying" in over.result
    assert over.status is (Status.COMPENSATED if was_done else Status.DENIED)
    assert it.executor.service.count == 2


def test_an_approval_is_bound_to_the_plan_that_was_read() -> None:
    it = Remediation()
    read = it.plan().plan_hash
    it.executor.service.set_count(3, "somebody")
    with pytest.raises(Conflict) as refused:
        it.approvals.approve(SUGGESTION, "", read, OPERATOR, it.now)
    assert refused.value.field == "planHash"
    assert it.workflows.begun == {}


def test_an_approval_expires() -> None:
    it = Remediation()
    execution = it.approve()
    it.now += 15 * MINUTE
    assert it.run(execution).status is Status.EXPIRED
    assert it.executor.service.changes == []


def test_clicking_twice_is_clicking_once_even_after_the_end() -> None:
    it = Remediation()
    read = it.plan().plan_hash
    first = it.approvals.approve(SUGGESTION, "", read, OPERATOR, it.now)
    over = it.run(first)
    again = it.approvals.approve(SUGGESTION, "", read, OPERATOR, it.now)
    assert again == over
    assert list(it.workflows.begun) == [first.workflow]


def test_of_32_who_click_at_once_all_get_the_one_execution() -> None:
    it = Remediation()
    read = it.plan().plan_hash

    def click(_: int) -> Execution:
        return it.approvals.approve(SUGGESTION, "", read, OPERATOR, it.now)

    with ThreadPoolExecutor(32) as pool:
        clicked = list(pool.map(click, range(32)))
    assert len({one.id for one in clicked}) == 1
    assert len(it.workflows.begun) == 1
    assert [one.person for one in it.executions.get(clicked[0].id).approvals] == ["Ada"]
    assert it.run(clicked[0]).status is Status.FAILED
    assert it.executor.service.changes == [f"{clicked[0].id}: 4"]


def test_a_click_that_the_same_persons_other_click_overtook_finds_its_execution() -> None:
    """It had looked before the other was stored, and reads the plan after the other has acted."""
    it = Remediation()
    read = it.plan().plan_hash
    over = it.run(it.approvals.approve(SUGGESTION, "", read, OPERATOR, it.now))
    it.executions.overlook_once(over.id)
    assert it.approvals.approve(SUGGESTION, "", read, OPERATOR, it.now) == over
    it.executions.overlook_once(over.id)
    assert it.approvals.execute(SUGGESTION, "", read, "Ada", it.now) == over


def test_two_workflows_at_once_act_once() -> None:
    it = Remediation()
    execution = it.approve()

    def second(step: Step) -> None:
        it.remediate.advance(execution.id, step, it.now)

    over = it.run(execution, second)
    assert over.status is Status.FAILED
    assert it.executor.service.changes == [f"{over.id}: 4"]


def test_a_crash_before_or_after_any_call_leads_to_no_second_action() -> None:
    whole = Remediation()
    execution = whole.approve()
    first = len(whole.executor.calls)
    whole.run(execution)
    points = range(first, len(whole.executor.calls))
    assert {"before update", "after update"} <= set(whole.executor.calls[first:])
    for point in points:
        it = Remediation()
        execution = it.approve()
        it.executor.crash_at = point
        with pytest.raises(Crash):
            it.run(execution)
        it.executor.crash_at = -1
        it.now += LOST_AFTER
        assert it.watch.run(it.now).resumed == 1
        assert list(it.workflows.begun.values()) == [execution.id, execution.id]
        assert it.run(execution).status is Status.FAILED
        assert it.executor.service.changes == [f"{execution.id}: 4"], point


def test_a_crash_while_it_is_taken_back_takes_it_back_once() -> None:
    it = Remediation()
    execution = it.approve()

    def breaks(step: Step) -> None:
        it.executor.service.fails_rollout = step in (Step.LOOK, Step.UNDO)
        if step is Step.UNDO:
            it.executor.crash_at = len(it.executor.calls) + 1

    with pytest.raises(Crash):
        it.run(execution, breaks)
    it.executor.crash_at = -1
    assert it.run(execution).status is Status.COMPENSATED
    assert it.executor.service.changes == [f"{execution.id}: 4", f"undo {execution.id}: 2"]


def test_one_execution_a_service_at_a_time() -> None:
    it = Remediation()
    first = it.approve()
    it.remediate.advance(first.id, Step.BEGIN, it.now)
    assert it.plan().denial == f"execution {first.id} is at work on checkout"


def test_what_failed_for_good_before_the_act_is_refused_and_after_it_taken_back() -> None:
    it = Remediation()
    execution = it.approve()
    assert it.remediate.advance(execution.id, Step.BEGIN, it.now) == Next(Step.PREPARE)
    it.executor.down = True
    with pytest.raises(Unavailable):
        it.remediate.advance(execution.id, Step.PREPARE, it.now)
    assert it.remediate.rescue(execution.id, "describe: no answer", it.now) == Next(Step.RECORD)
    assert it.executions.get(execution.id).status is Status.DENIED

    it = Remediation()
    execution = it.approve()
    for step in (Step.BEGIN, Step.PREPARE):
        it.remediate.advance(execution.id, step, it.now)
    it.executor.down = True
    with pytest.raises(Unavailable):
        it.remediate.advance(execution.id, Step.ACT, it.now)
    assert it.remediate.rescue(execution.id, "update: no answer", it.now) == Next(Step.UNDO)
    it.executor.down = False
    over = it.run(execution)
    assert (over.status, over.result) == (
        Status.DENIED,
        "the act failed: update: no answer; nothing was done",
    )


def test_what_can_neither_be_watched_nor_taken_back_needs_a_person() -> None:
    it = Remediation()
    execution = it.approve()
    for step in (Step.BEGIN, Step.PREPARE, Step.ACT):
        it.remediate.advance(execution.id, step, it.now)
    it.remediate.rescue(execution.id, "describe: no answer", it.now)
    over = it.executions.get(execution.id)
    assert (over.status, over.result) == (Status.NEEDS_HUMAN, "describe: no answer")
    assert it.executions.holder(over.lock, it.now) == ""


def test_it_can_be_cancelled_until_it_acts() -> None:
    it = Remediation()
    execution = it.approve()
    it.remediate.advance(execution.id, Step.BEGIN, it.now)
    assert it.approvals.cancel(execution.id, "Grace", it.now).status is Status.CANCELED
    assert it.approvals.cancel(execution.id, "Grace", it.now).status is Status.CANCELED
    assert it.run(execution).status is Status.CANCELED
    assert it.executor.service.changes == []

    it = Remediation()
    execution = it.approve()
    for step in (Step.BEGIN, Step.PREPARE, Step.ACT):
        it.remediate.advance(execution.id, step, it.now)
    with pytest.raises(Conflict, match="it can be canceled until it acts"):
        it.approvals.cancel(execution.id, "Grace", it.now)


def test_high_risk_takes_two_people_and_no_machine() -> None:
    it = Remediation(tier=1)
    it.executor.is_reversible = False
    read = it.plan()
    assert read.required_approvals == 2
    with pytest.raises(Forbidden):
        it.approve(ROBOT)
    first = it.approve()
    assert (first.status, it.workflows.begun) == (Status.AWAITING_APPROVAL, {})
    assert it.approve().status is Status.AWAITING_APPROVAL
    both = it.approve(GRACE)
    assert (both.status, list(it.workflows.begun)) == (Status.APPROVED, [both.workflow])
    assert it.run(both).status is Status.FAILED


def test_one_person_under_two_spellings_is_one_of_the_two() -> None:
    it = Remediation(tier=1)
    it.executor.is_reversible = False
    first = it.approve(Caller("Ada Lovelace", Role.OPERATOR, CallerKind.PERSON))
    again = it.approve(Caller(" ada  lovelace", Role.OPERATOR, CallerKind.PERSON))
    assert again == first
    assert again.status is Status.AWAITING_APPROVAL
    assert it.approve(GRACE).status is Status.APPROVED


def test_a_rejection_stops_what_waits_and_says_why() -> None:
    it = Remediation(tier=1, limits=Limits(min_healthy_percent=0))
    it.executor.service.healthy = 0
    execution = it.approve()
    it.approvals.reject(SUGGESTION, "the database is the cause", "Grace", it.now)
    over = it.executions.get(execution.id)
    assert (over.status, over.result) == (Status.REJECTED, "the database is the cause")
    assert it.timeline[-1].text == "scale_service was rejected: the database is the cause"
    with pytest.raises(BadInput):
        it.approvals.reject(SUGGESTION, " ", "Grace", it.now)
    with pytest.raises(NotFound):
        it.approvals.reject(SuggestionId(f"{INCIDENT}.rollback"), "no", "Grace", it.now)


def test_outside_production_one_person_runs_it_without_approval() -> None:
    it = Remediation(environment="dev")
    read = it.plan()
    assert (read.required_approvals, read.denial) == (0, "")
    execution = it.approvals.execute(SUGGESTION, "", read.plan_hash, "Ada", it.now)
    assert (execution.origin, execution.status) == (ExecutionOrigin.DIRECT, Status.APPROVED)
    assert it.run(execution).status is Status.FAILED


def test_in_production_nobody_runs_it_without_approval() -> None:
    it = Remediation()
    with pytest.raises(Conflict, match="needs approval by 1"):
        it.approvals.execute(SUGGESTION, "", it.plan().plan_hash, "Ada", it.now)


def test_an_execution_teaches_what_came_of_it() -> None:
    it = Remediation()
    over = it.run(it.approve())
    report = it.incidents.learning.reports([INCIDENT])[INCIDENT].reports[SUGGESTION]
    assert (report.person, report.verdict, report.executed) == ("Ada", OutcomeVerdict.NOT_CLEARED, True)
    assert report.performed_at == over.acted_at
    assert it.entries(over.id) == [("Ada", "approve"), ("cloudops", "failed")]


def trust(it: Remediation) -> Policy:
    policy = Policy(
        key=policy_key(it.plan().plan),
        ceiling=Autonomy.AUTOMATIC,
        min_confidence=0.7,
        min_outcomes=10,
        updated_by="Linus",
        updated_at=it.now,
    )
    it.policies.keep_policy(policy)
    return policy


def test_earned_autonomy_begins_by_itself_once_an_incident_and_one_failure_ends_it() -> None:
    it = Remediation()
    key = trust(it).key
    assert it.watch.run(it.now) == Watched(begun=1)
    assert it.watch.run(it.now) == Watched()
    (execution,) = it.executions.of_incident(INCIDENT)
    assert execution.origin is ExecutionOrigin.AUTOMATIC
    over = it.run(execution)
    assert over.status is Status.FAILED
    fallen = it.policies.policies()[key]
    assert fallen.demoted_reason == f"{over.id}: {over.result}"
    assert it.planning.plan(SUGGESTION, "", it.now).autonomy.autonomy is Autonomy.APPROVE


def test_without_a_policy_or_against_a_persons_word_nothing_begins_by_itself() -> None:
    it = Remediation()
    assert it.watch.run(it.now) == Watched()
    trust(it)
    it.approvals.reject(SUGGESTION, "not tonight", "Grace", it.now)
    assert it.watch.run(it.now) == Watched()
    assert it.executions.of_incident(INCIDENT) == ()


def test_an_incident_that_somebody_took_on_is_left_to_them() -> None:
    it = Remediation()
    trust(it)
    it.put_incident(status=IncidentStatus.ACKNOWLEDGED)
    assert it.watch.run(it.now) == Watched()


def test_a_workflow_that_is_lost_again_and_again_ends_with_a_person() -> None:
    it = Remediation()
    execution = it.approve()
    for step in (Step.BEGIN, Step.PREPARE, Step.ACT):
        it.remediate.advance(execution.id, step, it.now)
    for _ in range(MAX_RUNS):
        it.now += LOST_AFTER
        it.watch.run(it.now)
    over = it.executions.get(execution.id)
    assert (over.status, over.result) == (
        Status.NEEDS_HUMAN,
        "5 workflows were lost; look at the target",
    )
    assert it.executor.service.changes == [f"{over.id}: 4"]


def test_an_approval_that_nobody_completes_expires() -> None:
    it = Remediation()
    waiting = new_execution(it.plan().plan, ExecutionOrigin.APPROVED, "Ada", 2, it.now)
    it.executions.add(waiting, entry_of(waiting))
    it.now += 15 * MINUTE
    assert it.watch.run(it.now) == Watched(expired=1)
    assert it.executions.get(waiting.id).status is Status.EXPIRED
