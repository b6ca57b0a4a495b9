"""The state machine of an execution: its transitions, its bounds and the failures to record it."""

import pytest
from msgspec.structs import replace

from cloudops.core.errors import Conflict
from cloudops.remediation.execution import (
    MAX_RECORD_FAILURES,
    MAX_STEPS,
    ActionEffect,
    Execution,
    ExecutionStatus,
    approved,
    transition,
    without_record,
)
from tests.fakes.incident_factory import NOON
from tests.fakes.people import signed_in
from tests.fakes.plan_factory import asked, in_status, ready

Status = ExecutionStatus
FINAL = [one for one in ExecutionStatus if one.is_over]


@pytest.mark.parametrize("after", [-1, 0, 1])
def test_an_approval_is_taken_until_the_execution_expires(after: int) -> None:
    waiting = asked(required_approvals=2)
    at = waiting.expires_at + after
    if after < 0:
        assert len(approved(waiting, signed_in("Ada"), at).approvals) == 1
    else:
        with pytest.raises(Conflict, match="expired"):
            approved(waiting, signed_in("Ada"), at)


@pytest.mark.parametrize("status", FINAL)
def test_a_final_status_is_left_only_to_need_a_person(status: ExecutionStatus) -> None:
    ended = in_status(ready(), status)
    for other in ExecutionStatus:
        if other in (status, Status.NEEDS_HUMAN):
            continue
        with pytest.raises(Conflict):
            transition(ended, other, "again", NOON)


@pytest.mark.parametrize("status", [Status.INCONCLUSIVE, Status.SUPERSEDED])
def test_a_status_without_evidence_is_final_and_follows_an_action(status: ExecutionStatus) -> None:
    assert status.is_over
    assert status.has_acted
    assert not status.may_be_cancelled


@pytest.mark.parametrize("status", FINAL)
def test_a_result_is_closed_once_it_is_recorded_or_given_up(status: ExecutionStatus) -> None:
    ended = in_status(ready(), status)
    assert not ended.is_closed
    assert replace(ended, recorded=True).is_closed
    assert not replace(ended, record_failures=MAX_RECORD_FAILURES - 1).is_closed
    assert replace(ended, record_failures=MAX_RECORD_FAILURES).is_closed


def test_an_execution_that_runs_is_never_closed() -> None:
    assert not replace(ready(), record_failures=MAX_RECORD_FAILURES).is_closed


def failed_to_record(execution: Execution, times: int) -> Execution:
    for _ in range(times):
        execution = without_record(execution, "no answer", NOON)
    return execution


def test_a_failure_to_record_keeps_the_status_and_the_last_one_needs_a_person() -> None:
    ended = replace(in_status(ready(), Status.SUCCEEDED), result="the alerts resolved")
    before = failed_to_record(ended, MAX_RECORD_FAILURES - 1)
    assert (before.status, before.version) == (Status.SUCCEEDED, ended.version + MAX_RECORD_FAILURES - 1)
    last = failed_to_record(ended, MAX_RECORD_FAILURES)
    assert (last.status, last.effect) == (Status.NEEDS_HUMAN, ActionEffect.HELPED)
    assert last.result == ("succeeded: the alerts resolved; not in learning and the audit trail: no answer")


@pytest.mark.parametrize("steps", [MAX_STEPS - 1, MAX_STEPS, MAX_STEPS + 1, MAX_STEPS + 40])
def test_the_first_and_the_latest_steps_are_kept(steps: int) -> None:
    execution = ready()
    first = execution.steps
    for number in range(len(first), steps):
        execution = transition(execution, Status.APPROVED, f"step {number}", NOON)
    assert len(execution.steps) == min(steps, MAX_STEPS)
    assert execution.steps[: len(first)] == first
    assert execution.steps[-1].text == f"step {steps - 1}"
