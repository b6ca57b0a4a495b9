"""Workflow of one approved execution: one step a call, so that it resumes after a crash between two steps."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from cloudops.catalog.declaration import Platform
from cloudops.core.errors import CloudOpsError, Conflict
from cloudops.core.ids import ExecutionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.queries import IncidentQueries
from cloudops.remediation.execution import (
    ActionEffect,
    Execution,
    ExecutionStatus,
    VerificationState,
    entry_of,
    transition,
    without_record,
)
from cloudops.remediation.executor import Executor, RollbackOutcome
from cloudops.remediation.plan import TargetState, restore_instructions
from cloudops.remediation.store import ExecutionStore
from cloudops.remediation.verification import PAUSE_SECONDS, SOAK_TIME, verification_end, verify_effect

NO_WAIT_SECONDS: Final = 1
"""Seconds to the next step if there is nothing to wait for."""


class WorkflowStep(StrEnum):
    """The steps of the workflow, in their order. `ROLL_BACK` runs only for a rollback."""

    BEGIN = "begin"
    PREPARE = "prepare"
    ACT = "act"
    VERIFY = "verify"
    ROLL_BACK = "roll_back"
    RECORD = "record"
    END = "end"


class Next(msgspec.Struct, frozen=True):
    """The step that follows, and the seconds to wait before it."""

    step: WorkflowStep
    seconds: int = NO_WAIT_SECONDS


Executors = Mapping[tuple[Platform, Action], Executor]


class Checks(Protocol):
    """Port: evaluates the guardrails of an execution immediately before a call."""

    def before_action(self, execution: Execution, observed: TargetState, now: EpochMillis) -> str:
        """Returns why the execution may not act, or ""."""
        ...

    def before_rollback(self, execution: Execution, now: EpochMillis) -> str:
        """Returns why the execution may not roll back, or ""."""
        ...


RECORD_PAUSE_SECONDS: Final = 60
"""Seconds after a failure to record a result, before the next try. With the retries of a step it is shorter
than the time after which the watchdog takes a workflow for lost."""


class Completion(Protocol):
    """Port: records the results of executions."""

    def complete(self, execution: Execution, now: EpochMillis) -> bool:
        """Records the result in learning, autonomy and the audit trail. Idempotent.

        Returns:
            Whether everything is recorded. False if it has to be called again later.
        """
        ...

    def give_up(self) -> None:
        """Counts an execution whose result could not be recorded."""
        ...


_STATUS_OF: Final = {
    ActionEffect.HELPED: ExecutionStatus.SUCCEEDED,
    ActionEffect.NO_BETTER: ExecutionStatus.FAILED,
    ActionEffect.SUPERSEDED: ExecutionStatus.SUPERSEDED,
}
"""Final statuses by effect. Any other effect that ends an execution with its target as it is leaves open
whether the action helped."""

_DUE_STEPS: Final = {
    ExecutionStatus.AWAITING_APPROVAL: WorkflowStep.END,
    ExecutionStatus.RUNNING: WorkflowStep.PREPARE,
    ExecutionStatus.ACTING: WorkflowStep.ACT,
    ExecutionStatus.VERIFYING: WorkflowStep.VERIFY,
    ExecutionStatus.COMPENSATING: WorkflowStep.ROLL_BACK,
}


class ExecutionWorkflow:
    """Advances an execution by steps.

    Every step reads the execution, does the work of its status, and writes the next status on condition that
    the execution is unchanged. Two concurrent workflows therefore act once.
    """

    def __init__(
        self,
        executions: ExecutionStore,
        incidents: IncidentQueries,
        executors: Executors,
        checks: Checks,
        completion: Completion,
        *,
        soak_time: EpochMillis = SOAK_TIME,
    ) -> None:
        self._executions = executions
        self._incidents = incidents
        self._executors = executors
        self._checks = checks
        self._completion = completion
        self._soak_time = soak_time
        self._steps: Final[Mapping[WorkflowStep, Callable[[Execution, EpochMillis], Next]]] = {
            WorkflowStep.BEGIN: self._begin,
            WorkflowStep.PREPARE: self._prepare,
            WorkflowStep.ACT: self._act,
            WorkflowStep.VERIFY: self._verify,
            WorkflowStep.ROLL_BACK: self._roll_back,
            WorkflowStep.RECORD: self._record,
        }

    def advance(self, execution_id: ExecutionId, step: WorkflowStep, now: EpochMillis) -> Next:
        """Takes one step and returns the next.

        A step that does not match the status of the execution does nothing and returns the one that does.

        Raises:
            Unavailable: A retry of the same step may succeed.
        """
        execution = self._executions.get(execution_id)
        due = self._due(execution)
        if step is not due or step is WorkflowStep.END:
            return Next(due)
        try:
            return self._steps[step](execution, now)
        except Conflict:
            if self._executions.get(execution_id).version == execution.version:
                raise
            return Next(self._due(self._executions.get(execution_id)))

    def rescue(self, execution_id: ExecutionId, error: str, now: EpochMillis) -> Next:
        """Handles a step that failed after all retries, and returns the next step.

        Before the action the execution is denied. During the action it is rolled back. Later it needs a
        person, and so does one whose result cannot be recorded in `MAX_RECORD_FAILURES` tries.
        """
        execution = self._executions.get(execution_id)
        match execution.status:
            case ExecutionStatus.RUNNING:
                return self._end(execution, ExecutionStatus.DENIED, f"preparation failed: {error}", now)
            case ExecutionStatus.ACTING:
                return self._compensate(execution, f"the action failed: {error}", now)
            case ExecutionStatus.VERIFYING | ExecutionStatus.COMPENSATING:
                return self._leave_to_person(execution, error, now)
            case status if status.is_over and not execution.is_closed:
                return self._note_record_failure(execution, error, now)
            case _:
                return Next(self._due(execution))

    def _due(self, execution: Execution) -> WorkflowStep:
        if execution.status.is_over:
            return WorkflowStep.END if execution.is_closed else WorkflowStep.RECORD
        return _DUE_STEPS.get(execution.status, WorkflowStep.BEGIN)

    def _begin(self, execution: Execution, now: EpochMillis) -> Next:
        if now >= execution.expires_at:
            return self._end(
                execution, ExecutionStatus.EXPIRED, "not started before the approval expired", now
            )
        claimed = transition(execution, ExecutionStatus.RUNNING, "started", now)
        try:
            self._executions.move(execution, claimed, None, lock=True)
        except Conflict:
            holder = self._executions.holder(execution.lock, now)
            if holder in ("", execution.id):
                raise
            return self._end(
                execution,
                ExecutionStatus.DENIED,
                f"execution {holder} is running on {execution.plan.service}",
                now,
            )
        return Next(WorkflowStep.PREPARE)

    def _prepare(self, execution: Execution, now: EpochMillis) -> Next:
        observed = self._executor(execution).observe(execution.plan.target, now)
        incident = self._incident(execution)
        if reason := self._objection(execution, observed, incident, now):
            return self._end(execution, ExecutionStatus.DENIED, reason, now)
        acting = replace(
            transition(execution, ExecutionStatus.ACTING, execution.plan.draft.summary, now),
            snapshot=observed,
            alerts_before=self._incidents.firing_alerts(incident),
        )
        self._move(execution, acting)
        return Next(WorkflowStep.ACT)

    def _objection(
        self, execution: Execution, observed: TargetState, incident: Incident, now: EpochMillis
    ) -> str:
        """Returns why the approved plan must not run now, or ""."""
        if incident.status is IncidentStatus.RESOLVED:
            return "the incident was resolved after the approval"
        return self._checks.before_action(execution, observed, now)

    def _act(self, execution: Execution, now: EpochMillis) -> Next:
        """Records the attempt, evaluates the guardrails, and acts.

        A retry may come minutes later. If a guardrail then denies the action, an earlier attempt may have
        changed the target, and a person decides.
        """
        snapshot = _snapshot(execution)
        attempt = replace(execution, attempted_at=now, version=execution.version + 1)
        self._executions.move(execution, attempt, None)
        if reason := self._checks.before_action(attempt, snapshot, now):
            if execution.attempted_at is None:
                return self._end(attempt, ExecutionStatus.DENIED, reason, now)
            return self._leave_to_person(attempt, f"not performed again: {reason}", now)
        try:
            self._executor(attempt).act(attempt.plan, snapshot, attempt.id)
        except CloudOpsError as error:
            if error.retryable and not isinstance(error, Conflict):
                raise
            return self._compensate(attempt, f"not performed: {error.message}", now)
        started = VerificationState(progressed_at=now)
        limits = self._executor(attempt).rollout_limits(attempt.plan, snapshot)
        acted = replace(
            transition(attempt, ExecutionStatus.VERIFYING, "action performed; verification started", now),
            acted_at=now,
            verification=started,
            verify_until=verification_end(started, now, limits, self._soak_time),
        )
        self._move(attempt, acted)
        return Next(WorkflowStep.VERIFY, PAUSE_SECONDS)

    def _verify(self, execution: Execution, now: EpochMillis) -> Next:
        """Checks the effect once. A check that decides nothing renews the lock, because a rollout may last
        longer than it."""
        executor, snapshot = self._executor(execution), _snapshot(execution)
        status = executor.rollout_status(execution.plan, snapshot, execution.id, now)
        limits = executor.rollout_limits(execution.plan, snapshot)
        alerts = self._incidents.alert_states(self._incident(execution).scope)
        finding = verify_effect(execution, status, limits, alerts, now, soak_time=self._soak_time)
        checked = replace(
            execution,
            verification=finding.state,
            verify_until=verification_end(finding.state, execution.acted_at or now, limits, self._soak_time),
            effect=finding.effect,
        )
        match finding.effect:
            case None:
                after = transition(checked, ExecutionStatus.VERIFYING, finding.reason, now)
                self._executions.move(execution, after, None, lock=True)
                return Next(WorkflowStep.VERIFY, PAUSE_SECONDS)
            case ActionEffect.WORSE:
                return self._compensate(checked, finding.reason, now)
            case ActionEffect.STALLED:
                return self._leave_to_person(checked, finding.reason, now)
            case effect:
                ended = _STATUS_OF.get(effect, ExecutionStatus.INCONCLUSIVE)
                return self._end(checked, ended, finding.reason, now)

    def _roll_back(self, execution: Execution, now: EpochMillis) -> Next:
        """Records the attempt, and rolls back.

        If an earlier attempt ended before its result was stored, the target is already as it was before the
        action. Platforms do not show by whom, so the recorded attempt counts.
        """
        if veto := self._checks.before_rollback(execution, now):
            why = execution.steps[-1].text
            not_done = "not rolled back" if execution.undone_at is None else "not rolled back again"
            return self._leave_to_person(execution, f"{why}; {not_done}: {veto}", now)
        attempt = replace(execution, undone_at=now, version=execution.version + 1)
        self._executions.move(execution, attempt, None)
        rollback = self._executor(attempt).roll_back(attempt.plan, _snapshot(attempt), attempt.id)
        reason = f"{attempt.steps[-1].text}; {rollback.reason}"
        undoing, rolled_back = rollback.undoing, attempt
        if undoing is RollbackOutcome.NOTHING_TO_UNDO:
            rolled_back = replace(attempt, undone_at=execution.undone_at)
            undoing = undoing if execution.undone_at is None else RollbackOutcome.UNDONE
        rolled_back = replace(rolled_back, undoing=undoing)
        match undoing:
            case RollbackOutcome.UNDONE:
                return self._end(rolled_back, ExecutionStatus.COMPENSATED, reason, now)
            case RollbackOutcome.NOTHING_TO_UNDO if execution.acted_at is None:
                return self._end(rolled_back, ExecutionStatus.DENIED, reason, now)
            case RollbackOutcome.NOTHING_TO_UNDO:
                return self._end(rolled_back, ExecutionStatus.FAILED, reason, now)
            case RollbackOutcome.CHANGED_BY_OTHERS:
                # Whether our change or theirs failed is unknown.
                others = ActionEffect.SUPERSEDED if execution.acted_at is not None else None
                superseded = replace(rolled_back, effect=others)
                return self._end(superseded, ExecutionStatus.NEEDS_HUMAN, reason, now)
            case RollbackOutcome.IRREVERSIBLE:
                return self._end(rolled_back, ExecutionStatus.NEEDS_HUMAN, reason, now)

    def _record(self, execution: Execution, now: EpochMillis) -> Next:
        if not self._completion.complete(execution, now):
            return Next(WorkflowStep.RECORD, PAUSE_SECONDS)
        recorded = replace(execution, recorded=True, version=execution.version + 1)
        self._executions.move(execution, recorded, None)
        return Next(WorkflowStep.END)

    def _note_record_failure(self, execution: Execution, error: str, now: EpochMillis) -> Next:
        after = without_record(execution, error, now)
        if not after.is_closed:
            self._executions.move(execution, after, None)
            return Next(WorkflowStep.RECORD, RECORD_PAUSE_SECONDS)
        self._executions.move(execution, after, entry_of(after))
        self._completion.give_up()
        return Next(WorkflowStep.END)

    def _compensate(self, execution: Execution, reason: str, now: EpochMillis) -> Next:
        self._move(execution, transition(execution, ExecutionStatus.COMPENSATING, reason, now))
        return Next(WorkflowStep.ROLL_BACK)

    def _leave_to_person(self, execution: Execution, reason: str, now: EpochMillis) -> Next:
        """Ends the execution with the target as it is, and states how to restore it. An earlier attempt to
        act or to roll back may have changed the target."""
        instructions = restore_instructions(execution.plan.draft)
        stopped = replace(execution, undone_at=now) if _is_rolling_back(execution) else execution
        return self._end(stopped, ExecutionStatus.NEEDS_HUMAN, f"{reason}. {instructions}", now)

    def _end(self, execution: Execution, status: ExecutionStatus, reason: str, now: EpochMillis) -> Next:
        after = transition(execution, status, reason, now)
        self._executions.move(execution, after, entry_of(after), lock=False)
        return Next(WorkflowStep.RECORD)

    def _move(self, before: Execution, after: Execution) -> None:
        self._executions.move(before, after, entry_of(after))

    def _executor(self, execution: Execution) -> Executor:
        return self._executors[execution.plan.target.platform, execution.plan.action]

    def _incident(self, execution: Execution) -> Incident:
        (incident,) = self._incidents.standing([execution.incident_id])
        return incident


def _is_rolling_back(execution: Execution) -> bool:
    return execution.status is ExecutionStatus.COMPENSATING


def _snapshot(execution: Execution) -> TargetState:
    if execution.snapshot is None:
        raise CloudOpsError(f"execution {execution.id} is {execution.status} without a snapshot")
    return execution.snapshot
