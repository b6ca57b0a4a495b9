"""What an execution may claim: success by evidence alone, and nothing learned or undone without it."""

from collections.abc import Callable

import pytest

from cloudops.confidence.observations import WeightedSums
from cloudops.core.errors import Unavailable
from cloudops.core.ids import stable_id
from cloudops.core.time import HOUR, MINUTE
from cloudops.correlation.state import StateBasis
from cloudops.incidents.incident import IncidentStatus
from cloudops.learning.outcomes import OutcomeReport, OutcomeVerdict, observe_no_action
from cloudops.remediation.execution import (
    LOCK_LASTS,
    MAX_RECORD_FAILURES,
    ActionEffect,
    Execution,
    ExecutionStatus,
)
from cloudops.remediation.executor import RolloutLimits
from cloudops.remediation.verification import SOAK_TIME
from cloudops.remediation.watchdog import LOST_AFTER, MAX_RUNS
from cloudops.remediation.workflow import Next, WorkflowStep
from tests.fakes.incident_factory import NOON, an_incident
from tests.fakes.remediation import ALERTS, INCIDENT, SUGGESTION, Remediation

Status = ExecutionStatus


def at_check(number: int, change: Callable[[], object]) -> Callable[[WorkflowStep], None]:
    """Returns a function that makes the change before that check, counted from 1."""
    checks = 0

    def before_step(step: WorkflowStep) -> None:
        nonlocal checks
        checks += step is WorkflowStep.VERIFY
        if step is WorkflowStep.VERIFY and checks == number:
            change()

    return before_step


def report(world: Remediation) -> OutcomeReport:
    return world.incidents.learning.reports([INCIDENT])[INCIDENT].reports[SUGGESTION]


def outcomes(world: Remediation) -> list[WeightedSums]:
    """Returns the sums of the cells that count an outcome."""
    sums = [cell.tally.outcomes for cell in world.incidents.learning.cells()]
    return [one for one in sums if one != WeightedSums()]


def test_an_action_that_helped_is_learned_as_such() -> None:
    world = Remediation()
    ended = world.run(world.approve(), at_check(2, world.resolve_alerts))
    assert (ended.status, ended.effect) == (Status.SUCCEEDED, ActionEffect.HELPED)
    assert ended.alerts_before == tuple(sorted(map(stable_id, ALERTS)))
    assert report(world).verdict is OutcomeVerdict.CLEARED
    assert [(one.count, one.good) for one in outcomes(world)] == [(1, 1)]


def test_success_takes_the_soak_time() -> None:
    world = Remediation()
    ended = world.run(world.approve(), at_check(1, world.resolve_alerts))
    assert ended.acted_at is not None
    assert world.now - ended.acted_at >= SOAK_TIME


def test_a_flap_is_no_success() -> None:
    world = Remediation()

    def flap(step: WorkflowStep) -> None:
        is_clear = (world.now // MINUTE) % 5 != 0
        if step is WorkflowStep.VERIFY:
            world.change_alert("latency", firing=not is_clear)
            world.change_alert("errors", firing=not is_clear)

    ended = world.run(world.approve(), flap)
    assert (ended.status, ended.effect) == (Status.FAILED, ActionEffect.NO_BETTER)


def test_a_person_who_resolves_the_incident_is_no_success_of_the_action() -> None:
    world = Remediation()
    ended = world.run(world.approve(), at_check(2, world.resolve_by_person))
    assert (ended.status, ended.effect) == (Status.INCONCLUSIVE, ActionEffect.RESOLVED_BY_PERSON)
    assert ended.result == "4 healthy; 2 alerts are resolved by a person"
    assert world.executor.service.count == 4


def test_an_incident_resolved_by_a_person_and_reopened_is_no_success_either() -> None:
    world = Remediation()

    def resolve_and_reopen() -> None:
        world.resolve_by_person()
        world.put_incident()

    ended = world.run(world.approve(), at_check(2, resolve_and_reopen))
    assert (ended.status, ended.effect) == (Status.INCONCLUSIVE, ActionEffect.RESOLVED_BY_PERSON)


def test_an_incident_of_which_the_scope_knows_nothing_is_no_success() -> None:
    world = Remediation()

    def drop() -> None:
        world.alerts = {}
        world.put_incident(status=IncidentStatus.RESOLVED, firing_count=0, resolved_at=world.now)

    ended = world.run(world.approve(), at_check(2, drop))
    assert (ended.status, ended.effect) == (Status.INCONCLUSIVE, ActionEffect.UNKNOWN_STATE)


@pytest.mark.parametrize(
    ("basis", "effect"),
    [
        (StateBasis.GONE, ActionEffect.GONE),
        (StateBasis.NO_DATA, ActionEffect.NO_DATA),
        (StateBasis.MUTED, ActionEffect.MUTED),
    ],
)
def test_an_alert_that_is_silent_for_another_reason_is_no_success(
    basis: StateBasis, effect: ActionEffect
) -> None:
    world = Remediation()

    def fall_silent() -> None:
        for name in ALERTS:
            world.change_alert(name, firing=basis is StateBasis.NO_DATA, basis=basis)

    ended = world.run(world.approve(), at_check(1, fall_silent))
    assert (ended.status, ended.effect) == (Status.INCONCLUSIVE, effect)


def test_muted_alerts_are_no_evidence_before_the_action() -> None:
    world = Remediation()
    execution = world.approve()
    for name in ALERTS:
        world.change_alert(name, firing=True, basis=StateBasis.MUTED)
    ended = world.run(execution)
    assert (ended.status, ended.effect) == (Status.INCONCLUSIVE, ActionEffect.NOTHING_FIRED)


def test_a_change_that_something_replaced_is_superseded_and_left_alone() -> None:
    world = Remediation()

    def replace_change() -> None:
        world.executor.service.is_superseded = True
        world.resolve_alerts()

    ended = world.run(world.approve(), at_check(2, replace_change))
    assert (ended.status, ended.effect, ended.result) == (
        Status.SUPERSEDED,
        ActionEffect.SUPERSEDED,
        "another version runs",
    )
    assert world.executor.service.changes == [f"{ended.id}: 4"]


def inconclusive(world: Remediation) -> Execution:
    return world.run(world.approve(), at_check(2, world.resolve_by_person))


def superseded(world: Remediation) -> Execution:
    world.executor.service.is_superseded = True
    return world.run(world.approve())


def stalled(world: Remediation) -> Execution:
    world.executor.service.is_moving = True
    return world.run(world.approve())


@pytest.mark.parametrize("end", [inconclusive, superseded, stalled])
def test_nothing_is_learned_without_evidence(end: Callable[[Remediation], Execution]) -> None:
    world = Remediation()
    ended = end(world)
    assert ended.recorded
    assert report(world).verdict is OutcomeVerdict.INCONCLUSIVE
    assert outcomes(world) == []
    reports = world.incidents.learning.reports([INCIDENT])[INCIDENT]
    assert observe_no_action(reports, an_incident("checkout", firing_count=2), NOON + HOUR) is reports


@pytest.mark.parametrize(("end", "is_demoted"), [(inconclusive, False), (superseded, False), (stalled, True)])
def test_a_policy_is_demoted_only_by_an_action_that_went_wrong(
    end: Callable[[Remediation], Execution], is_demoted: bool
) -> None:
    world = Remediation()
    key = world.allow_automatic().key
    end(world)
    assert (world.policies.policies()[key].demoted_at is not None) is is_demoted


def test_an_execution_that_is_lost_before_it_acts_is_not_learned_and_demotes_nothing() -> None:
    world = Remediation()
    key = world.allow_automatic().key
    execution = world.approve()
    world.workflow.advance(execution.id, WorkflowStep.BEGIN, world.now)
    for _ in range(MAX_RUNS):
        world.now += LOST_AFTER
        world.watchdog.run(world.now)
    ended = world.run(execution, first=WorkflowStep.RECORD)
    assert (ended.status, ended.effect, ended.recorded) == (Status.NEEDS_HUMAN, None, True)
    assert world.incidents.learning.reports([INCIDENT])[INCIDENT].reports == {}
    assert world.policies.policies()[key].demoted_at is None


def test_an_incident_that_grows_does_not_undo_a_healthy_scale_up() -> None:
    world = Remediation()
    ended = world.run(world.approve(), at_check(3, lambda: world.change_alert("new", firing=True)))
    assert (ended.status, ended.effect) == (Status.FAILED, ActionEffect.NO_BETTER)
    assert world.executor.service.changes == [f"{ended.id}: 4"]


def test_a_rollout_that_progresses_is_waited_for_and_keeps_its_lock() -> None:
    world = Remediation()
    world.executor.limits = RolloutLimits(stall_seconds=300, max_seconds=4 * 3_600)
    began = world.now
    held = []

    def progress(step: WorkflowStep) -> None:
        service = world.executor.service
        if step is not WorkflowStep.VERIFY:
            return
        service.progress = (world.now - began) // (4 * MINUTE)
        service.is_moving = world.now - began < 3 * HOUR
        held.append(world.executions.holder(execution.lock, world.now))
        if not service.is_moving:
            world.resolve_alerts()

    execution = world.approve()
    ended = world.run(execution, progress)
    assert (ended.status, ended.effect) == (Status.SUCCEEDED, ActionEffect.HELPED)
    assert world.now - began > LOCK_LASTS
    assert set(held) == {execution.id}


def test_a_rollout_that_stalls_is_left_to_a_person_with_instructions() -> None:
    world = Remediation()
    world.executor.limits = RolloutLimits(stall_seconds=300, max_seconds=3_600)
    world.executor.service.is_moving = True
    ended = world.run(world.approve())
    assert (ended.status, ended.effect) == (Status.NEEDS_HUMAN, ActionEffect.STALLED)
    assert ended.result.startswith(
        "no progress for 5 min: 4 healthy. Made, or possibly made: ecs:UpdateService"
    )
    assert world.executor.service.changes == [f"{ended.id}: 4"]


def test_a_rollout_that_fails_on_a_target_of_others_is_learned_neither_way() -> None:
    world = Remediation()

    def change_and_fail() -> None:
        world.executor.service.set_count(9, "deployer")
        world.executor.service.fails_rollout = True

    ended = world.run(world.approve(), at_check(2, change_and_fail))
    assert (ended.status, ended.effect) == (Status.NEEDS_HUMAN, ActionEffect.SUPERSEDED)
    assert report(world).verdict is OutcomeVerdict.INCONCLUSIVE


def test_a_failed_rollout_is_learned_as_no_help() -> None:
    world = Remediation()

    def fail(step: WorkflowStep) -> None:
        world.executor.service.fails_rollout = step is WorkflowStep.VERIFY

    ended = world.run(world.approve(), fail)
    assert (ended.status, ended.effect) == (Status.COMPENSATED, ActionEffect.WORSE)
    assert [(one.count, one.good) for one in outcomes(world)] == [(1, 0)]


def test_the_verification_decides_an_outcome_and_not_the_incident() -> None:
    """The incident resolves by its source after the verification ended without a resolution."""
    world = Remediation()
    world.run(world.approve())
    world.resolve_alerts()
    assert report(world).verdict is OutcomeVerdict.NOT_CLEARED


def test_the_end_of_verification_is_shown_once_the_target_has_settled() -> None:
    world = Remediation()
    ends = []

    def note(step: WorkflowStep) -> None:
        if step is WorkflowStep.VERIFY:
            ends.append(world.executions.get(execution.id).verify_until)

    execution = world.approve()
    world.run(execution, note)
    assert ends[0] is not None
    assert ends[1] is not None
    assert ends[1] < ends[0]


# Results that cannot be recorded


def finished(world: Remediation) -> Execution:
    """Returns an execution that ended while the audit trail cannot be written."""
    world.audit_store.down = True
    execution = world.approve()
    with pytest.raises(Unavailable):
        world.run(execution, at_check(2, world.resolve_alerts))
    return world.executions.get(execution.id)


def test_a_result_that_cannot_be_recorded_is_left_to_a_person_after_bounded_tries() -> None:
    world = Remediation()
    ended = finished(world)
    results = []
    for _ in range(200):
        world.now += LOST_AFTER
        results.append(world.watchdog.run(world.now))
    given_up = world.executions.get(ended.id)
    assert (given_up.status, given_up.effect) == (Status.NEEDS_HUMAN, ActionEffect.HELPED)
    assert given_up.result.startswith("succeeded: the alerts resolved; 4 healthy; not in learning")
    assert len(world.workflows.begun) == MAX_RECORD_FAILURES
    assert [one.unrecorded for one in results].count(1) == 1
    assert sum(one.resumed for one in results) == 0
    assert world.timeline[-1].text.startswith("scale_service on checkout needs a person: succeeded")


@pytest.mark.parametrize("failures", [MAX_RECORD_FAILURES - 1, MAX_RECORD_FAILURES])
def test_the_last_of_the_failures_of_a_workflow_is_counted(failures: int) -> None:
    world = Remediation()
    ended = finished(world)
    following = [world.workflow.rescue(ended.id, "audit: no answer", world.now) for _ in range(failures)]
    is_last = failures == MAX_RECORD_FAILURES
    assert following[-1].step is (WorkflowStep.END if is_last else WorkflowStep.RECORD)
    assert world.unrecorded == is_last
    stored = world.executions.get(ended.id)
    assert (stored.status is Status.NEEDS_HUMAN, stored.is_closed) == (is_last, is_last)
    assert (stored in world.executions.unfinished()) is not is_last


def test_a_result_is_recorded_if_a_later_try_succeeds() -> None:
    world = Remediation()
    ended = finished(world)
    world.workflow.rescue(ended.id, "audit: no answer", world.now)
    world.audit_store.down = False
    recorded = world.run(ended, first=WorkflowStep.RECORD)
    assert (recorded.status, recorded.recorded) == (Status.SUCCEEDED, True)


def test_an_execution_that_needs_a_person_keeps_its_reason_if_it_cannot_be_recorded() -> None:
    world = Remediation()
    world.executor.service.is_moving = True
    execution = finished(world)
    for _ in range(MAX_RECORD_FAILURES):
        world.workflow.rescue(execution.id, "audit: no answer", world.now)
    ended = world.executions.get(execution.id)
    assert ended.result.startswith("needs_human: no progress for 15 min: 4 healthy")
    assert world.workflow.advance(execution.id, WorkflowStep.RECORD, world.now) == Next(WorkflowStep.END)
