"""Carries out one approved execution, a step a call, so that a crash between any two is taken up again."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.catalog.declaration import Platform
from cloudops.core.errors import CloudOpsError, Conflict
from cloudops.core.ids import ExecutionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.queries import IncidentQueries
from cloudops.remediation.execution import Execution, ExecutionStatus, entry_of, transition
from cloudops.remediation.executor import Executor, RollbackOutcome
from cloudops.remediation.plan import TargetState
from cloudops.remediation.store import ExecutionStore
from cloudops.remediation.verification import PAUSE_SECONDS, WINDOW, VerificationOutcome, verify_effect

SOON_SECONDS: Final = 1
"""Seconds to the next step where nothing has to be waited for."""


class Step(StrEnum):
    """The steps of the workflow, in their order."""

    BEGIN = "begin"
    PREPARE = "prepare"
    ACT = "act"
    LOOK = "look"
    UNDO = "undo"
    RECORD = "record"
    END = "end"


class Next(msgspec.Struct, frozen=True):
    """The step that follows, and the seconds to wait before it."""

    step: Step
    seconds: int = SOON_SECONDS


Executors = Mapping[tuple[Platform, Action], Executor]

Guard = Callable[[Execution, TargetState, EpochMillis], str]
"""Why the execution may not go on, or ""."""

Record = Callable[[Execution, EpochMillis], bool]
"""Records for learning, autonomy and the audit trail what came of an execution; safe to repeat. False where
it has to be repeated later."""

_RESUMED: Final = {
    ExecutionStatus.AWAITING_APPROVAL: Step.END,
    ExecutionStatus.RUNNING: Step.PREPARE,
    ExecutionStatus.ACTING: Step.ACT,
    ExecutionStatus.VERIFYING: Step.LOOK,
    ExecutionStatus.COMPENSATING: Step.UNDO,
}


class ExecutionWorkflow:
    """Every step reads the execution, does what its status asks for, and moves it on the condition that
    nobody else has: two workflows at once do no more than one."""

    def __init__(
        self,
        executions: ExecutionStore,
        browse: IncidentQueries,
        executors: Executors,
        guard: Guard,
        record: Record,
    ) -> None:
        self._executions = executions
        self._browse = browse
        self._executors = executors
        self._guard = guard
        self._record = record
        self._steps: Final[Mapping[Step, Callable[[Execution, EpochMillis], Next]]] = {
            Step.BEGIN: self._begin,
            Step.PREPARE: self._prepare,
            Step.ACT: self._act,
            Step.LOOK: self._look,
            Step.UNDO: self._undo,
            Step.RECORD: self._tell,
        }

    def advance(self, execution_id: ExecutionId, step: Step, now: EpochMillis) -> Next:
        """Takes one step. Unavailable is worth trying again; a step that no longer fits the execution leads
        to the one that does."""
        execution = self._executions.get(execution_id)
        due = self._due(execution)
        if step is not due or step is Step.END:
            return Next(due)
        try:
            return self._steps[step](execution, now)
        except Conflict:
            if self._executions.get(execution_id).version == execution.version:
                raise
            return Next(self._due(self._executions.get(execution_id)))

    def rescue(self, execution_id: ExecutionId, error: str, now: EpochMillis) -> Next:
        """What follows where a step failed for good: before the act nothing was done, what may have been done
        is taken back, and what cannot be is a person's."""
        execution = self._executions.get(execution_id)
        match execution.status:
            case ExecutionStatus.RUNNING:
                return self._over(execution, ExecutionStatus.DENIED, f"could not be prepared: {error}", now)
            case ExecutionStatus.ACTING:
                return self._compensate(execution, f"the act failed: {error}", now)
            case ExecutionStatus.VERIFYING | ExecutionStatus.COMPENSATING:
                return self._over(execution, ExecutionStatus.NEEDS_HUMAN, error, now)
            case _:
                return Next(self._due(execution))

    def _due(self, execution: Execution) -> Step:
        if execution.status.is_over:
            return Step.END if execution.recorded else Step.RECORD
        return _RESUMED.get(execution.status, Step.BEGIN)

    def _begin(self, execution: Execution, now: EpochMillis) -> Next:
        if now >= execution.expires_at:
            return self._over(
                execution, ExecutionStatus.EXPIRED, "not begun before the approval expired", now
            )
        claimed = transition(execution, ExecutionStatus.RUNNING, "begun", now)
        try:
            self._executions.move(execution, claimed, None, lock=True)
        except Conflict:
            holder = self._executions.holder(execution.lock, now)
            if holder in ("", execution.id):
                raise
            return self._over(
                execution, ExecutionStatus.DENIED, f"{holder} is at work on {execution.plan.service}", now
            )
        return Next(Step.PREPARE)

    def _prepare(self, execution: Execution, now: EpochMillis) -> Next:
        observed = self._executor(execution).observe(execution.plan.target, now)
        incident = self._incident(execution)
        if reason := self._objection(execution, observed, incident, now):
            return self._over(execution, ExecutionStatus.DENIED, reason, now)
        acting = replace(
            transition(execution, ExecutionStatus.ACTING, execution.plan.draft.summary, now),
            snapshot=observed,
            firing_before=incident.firing_count,
        )
        self._move(execution, acting)
        return Next(Step.ACT)

    def _objection(
        self, execution: Execution, observed: TargetState, incident: Incident, now: EpochMillis
    ) -> str:
        """Why what was approved is not to be done now, or ""."""
        if observed.mark != execution.plan.observed_mark:
            return "somebody changed the target after the plan was approved"
        if incident.status is IncidentStatus.RESOLVED:
            return "the incident is resolved meanwhile"
        return self._guard(execution, observed, now)

    def _act(self, execution: Execution, now: EpochMillis) -> Next:
        """The guardrails have the last word, since what failed or was lost is tried again minutes later:
        whoever stopped automation meanwhile has stopped this."""
        snapshot = _snapshot(execution)
        if reason := self._guard(execution, snapshot, now):
            return self._compensate(execution, f"not done: {reason}", now)
        try:
            self._executor(execution).act(execution.plan, snapshot, execution.id)
        except CloudOpsError as error:
            if error.retryable and not isinstance(error, Conflict):
                raise
            return self._compensate(execution, f"not done: {error.message}", now)
        acted = replace(
            transition(execution, ExecutionStatus.VERIFYING, "done; now it has to help", now),
            acted_at=now,
            verify_until=now + WINDOW,
        )
        self._move(execution, acted)
        return Next(Step.LOOK, PAUSE_SECONDS)

    def _look(self, execution: Execution, now: EpochMillis) -> Next:
        look = self._executor(execution).look(execution.plan, _snapshot(execution), execution.id, now)
        finding = verify_effect(execution, look, self._incident(execution), now)
        match finding.judgement:
            case VerificationOutcome.HELPED:
                return self._over(execution, ExecutionStatus.SUCCEEDED, finding.reason, now)
            case VerificationOutcome.NO_BETTER:
                return self._over(execution, ExecutionStatus.FAILED, finding.reason, now)
            case VerificationOutcome.WORSE:
                return self._compensate(execution, finding.reason, now)
            case VerificationOutcome.WAIT:
                after = transition(execution, ExecutionStatus.VERIFYING, finding.reason, now)
                self._executions.move(execution, after, None)
                return Next(Step.LOOK, PAUSE_SECONDS)

    def _undo(self, execution: Execution, now: EpochMillis) -> Next:
        done = self._executor(execution).undo(execution.plan, _snapshot(execution), execution.id)
        because = f"{execution.steps[-1].text}; {done.reason}"
        execution_with = replace(execution, undoing=done.undoing)
        match done.undoing:
            case RollbackOutcome.UNDONE:
                return self._over(execution_with, ExecutionStatus.COMPENSATED, because, now)
            case RollbackOutcome.NOTHING_TO_UNDO if execution.acted_at is None:
                return self._over(execution_with, ExecutionStatus.DENIED, because, now)
            case RollbackOutcome.NOTHING_TO_UNDO:
                return self._over(execution_with, ExecutionStatus.FAILED, because, now)
            case RollbackOutcome.CHANGED_BY_OTHERS | RollbackOutcome.IRREVERSIBLE:
                return self._over(execution_with, ExecutionStatus.NEEDS_HUMAN, because, now)

    def _tell(self, execution: Execution, now: EpochMillis) -> Next:
        if not self._record(execution, now):
            return Next(Step.RECORD, PAUSE_SECONDS)
        recorded = replace(execution, recorded=True, version=execution.version + 1)
        self._executions.move(execution, recorded, None)
        return Next(Step.END)

    def _compensate(self, execution: Execution, reason: str, now: EpochMillis) -> Next:
        self._move(execution, transition(execution, ExecutionStatus.COMPENSATING, reason, now))
        return Next(Step.UNDO)

    def _over(self, execution: Execution, status: ExecutionStatus, reason: str, now: EpochMillis) -> Next:
        after = transition(execution, status, reason, now)
        self._executions.move(execution, after, entry_of(after), lock=False)
        return Next(Step.RECORD)

    def _move(self, before: Execution, after: Execution) -> None:
        self._executions.move(before, after, entry_of(after))

    def _executor(self, execution: Execution) -> Executor:
        return self._executors[execution.plan.target.platform, execution.plan.action]

    def _incident(self, execution: Execution) -> Incident:
        (standing,) = self._browse.standing([execution.incident_id])
        return standing


def _snapshot(execution: Execution) -> TargetState:
    if execution.snapshot is None:
        raise CloudOpsError(f"execution {execution.id} is {execution.status} without a snapshot")
    return execution.snapshot
