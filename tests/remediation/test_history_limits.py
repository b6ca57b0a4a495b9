"""Limits that look at earlier executions hold for as long as they are configured."""

import pytest
from msgspec.structs import replace

from cloudops.catalog.declaration import Limits
from cloudops.core.time import DAY, HOUR, MINUTE
from cloudops.remediation.execution import Execution, ExecutionStatus, entry_of, transition
from cloudops.remediation.guardrails import ALL_AN_HOUR, COOLDOWN_MINUTES
from cloudops.remediation.store import ACTIONS_KEPT
from cloudops.remediation.workflow import WorkflowStep
from tests.fakes.plan_factory import PLAN, asked, ready
from tests.fakes.remediation import Remediation

LONGEST_COOLDOWN = 10_000
"""Minutes; the most that the catalog accepts."""


def acted(world: Remediation) -> int:
    """Runs the suggested action; returns when it acted."""
    at = world.run(world.approve()).acted_at
    assert at is not None
    world.put_incident()
    return at


def is_cooling_down(world: Remediation) -> bool:
    return "of cooldown remain" in world.plan().denial


@pytest.mark.parametrize("minutes", [1, COOLDOWN_MINUTES, 2 * DAY // MINUTE, LONGEST_COOLDOWN])
def test_a_cooldown_of_any_length_holds_to_its_last_millisecond(minutes: int) -> None:
    world = Remediation(limits=Limits(cooldown_minutes=minutes))
    end = acted(world) + minutes * MINUTE
    for now, expected in ((end - 1, True), (end, False), (end + 1, False)):
        world.now = now
        assert is_cooling_down(world) is expected


def test_the_store_keeps_actions_longer_than_any_cooldown() -> None:
    assert LONGEST_COOLDOWN * MINUTE < ACTIONS_KEPT


def test_executions_that_never_acted_hide_none_that_did() -> None:
    world = Remediation()
    acted(world)
    for number in range(600):
        plan = replace(PLAN, suggestion_id=f"inc_{number}.scale_service", incident_id=f"inc_{number}")
        waiting = asked(plan, now=world.now + number)
        world.executions.add(waiting, entry_of(waiting))
    world.now += 1_000
    assert is_cooling_down(world)


def rolled_back(world: Remediation) -> Execution:
    def fail_rollout(step: WorkflowStep) -> None:
        world.executor.service.fails_rollout = step is WorkflowStep.VERIFY

    ended = world.run(world.approve(), fail_rollout)
    assert ended.status is ExecutionStatus.COMPENSATED
    world.put_incident()
    return ended


def test_the_cooldown_counts_from_the_rollback() -> None:
    world = Remediation()
    undone_at = rolled_back(world).undone_at
    assert undone_at is not None
    for now, expected in (
        (undone_at + COOLDOWN_MINUTES * MINUTE - 1, True),
        (undone_at + COOLDOWN_MINUTES * MINUTE, False),
    ):
        world.now = now
        assert is_cooling_down(world) is expected


def test_a_rollback_whose_end_is_not_known_counts_as_a_change() -> None:
    world = Remediation()
    execution = world.approve()
    for step in (WorkflowStep.BEGIN, WorkflowStep.PREPARE, WorkflowStep.ACT):
        world.workflow.advance(execution.id, step, world.now)
    world.executor.service.fails_rollout = True
    world.workflow.advance(execution.id, WorkflowStep.VERIFY, world.now)
    world.now += HOUR
    world.workflow.rescue(execution.id, "no answer", world.now)
    ended = world.executions.get(execution.id)
    assert (ended.status, ended.changed_at) == (ExecutionStatus.NEEDS_HUMAN, world.now)
    world.executor.service.fails_rollout = False
    assert is_cooling_down(world)


def test_an_action_that_was_never_performed_starts_no_cooldown() -> None:
    world = Remediation()
    execution = world.approve()
    world.executor.service.set_count(3, "deployer")
    assert world.run(execution).changed_at is None
    assert not is_cooling_down(world)


@pytest.mark.parametrize(("others", "acts"), [(ALL_AN_HOUR - 1, True), (ALL_AN_HOUR, False)])
def test_executions_that_act_at_the_same_time_count_against_each_other(others: int, acts: bool) -> None:
    world = Remediation()
    execution = world.approve()
    for number in range(others):
        target = replace(PLAN.target, name=f"service-{number}")
        plan = replace(PLAN, service=f"service-{number}", target=target, attempt=number + 1)
        waiting = ready(plan, now=world.now)
        world.executions.add(waiting, entry_of(waiting))
        running = transition(waiting, ExecutionStatus.RUNNING, "started", world.now)
        world.executions.move(waiting, running, None)
        acting = transition(running, ExecutionStatus.ACTING, "acting", world.now)
        world.executions.move(running, acting, None)
    ended = world.run(execution)
    assert (ended.acted_at is not None) is acts
    if not acts:
        assert ended.result == f"{ALL_AN_HOUR} executions in the last hour, {ALL_AN_HOUR} are allowed"
