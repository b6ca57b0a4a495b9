"""What an incident's timeline says of its executions."""

from typing import Final

from cloudops.domain.alert import digest
from cloudops.domain.execution import Execution
from cloudops.domain.execution_status import ExecutionStatus
from cloudops.domain.incident import TimelineEntry, TimelineKind

_WORDS: Final = {
    ExecutionStatus.AWAITING: "waits for approval",
    ExecutionStatus.APPROVED: "is approved",
    ExecutionStatus.RUNNING: "has begun",
    ExecutionStatus.ACTING: "is being carried out",
    ExecutionStatus.VERIFYING: "is done and being watched",
    ExecutionStatus.COMPENSATING: "is being taken back",
    ExecutionStatus.SUCCEEDED: "helped",
    ExecutionStatus.FAILED: "did not help",
    ExecutionStatus.COMPENSATED: "was taken back",
    ExecutionStatus.REFUSED: "was not carried out",
    ExecutionStatus.REJECTED: "was rejected",
    ExecutionStatus.CANCELLED: "was cancelled",
    ExecutionStatus.EXPIRED: "has expired",
    ExecutionStatus.NEEDS_HUMAN: "needs a person",
}


def entry_of(execution: Execution) -> TimelineEntry:
    """Of the latest step: "restart_pods on checkout is being watched: 3 of 3 tasks are new"."""
    step = execution.steps[-1]
    plan = execution.plan
    return TimelineEntry(
        id="tl_" + digest(execution.id, str(execution.version)),
        incident_id=execution.incident_id,
        at=step.at,
        kind=TimelineKind.EXECUTION,
        text=f"{plan.action} on {plan.service} {_WORDS[step.status]}: {step.text}",
        actor=step.actor,
    )
