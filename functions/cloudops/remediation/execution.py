"""An execution on its way from approval to its end: which steps it may take, and what is kept of each."""

from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.core.errors import Conflict
from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId, stable_id
from cloudops.core.time import HOUR, MINUTE, EpochMillis
from cloudops.identity.access import Role, person_key
from cloudops.incidents.incident import TimelineEntry, TimelineKind
from cloudops.incidents.suggestion import incident_of_suggestion
from cloudops.remediation.executor import RollbackOutcome
from cloudops.remediation.plan import Plan, TargetState


class ExecutionStatus(StrEnum):
    """From the first approval to the end. `NEEDS_HUMAN` is the end where the agent does not know, and says
    so; `FAILED` the end where it was done, is healthy, and did not help in time."""

    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    RUNNING = "running"
    ACTING = "acting"
    VERIFYING = "verifying"
    COMPENSATING = "compensating"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    COMPENSATED = "compensated"
    DENIED = "denied"
    REJECTED = "rejected"
    CANCELED = "canceled"
    EXPIRED = "expired"
    NEEDS_HUMAN = "needs_human"

    @property
    def is_over(self) -> bool:
        return self in _OVER

    @property
    def may_be_cancelled(self) -> bool:
        """Until the act: after it, what was done is verified and taken back where it harms."""
        return self in _BEFORE_THE_ACT

    @property
    def has_acted(self) -> bool:
        """Whether something may have been done to the target."""
        return self in _TOUCHED


_BEFORE_THE_ACT = frozenset(
    {ExecutionStatus.AWAITING_APPROVAL, ExecutionStatus.APPROVED, ExecutionStatus.RUNNING}
)
_UNTOUCHED_ENDS = frozenset(
    {
        ExecutionStatus.DENIED,
        ExecutionStatus.REJECTED,
        ExecutionStatus.CANCELED,
        ExecutionStatus.EXPIRED,
    }
)
_TOUCHED_ENDS = frozenset(
    {
        ExecutionStatus.SUCCEEDED,
        ExecutionStatus.FAILED,
        ExecutionStatus.COMPENSATED,
        ExecutionStatus.NEEDS_HUMAN,
    }
)
_OVER = _UNTOUCHED_ENDS | _TOUCHED_ENDS
_TOUCHED = frozenset(ExecutionStatus) - _BEFORE_THE_ACT - _UNTOUCHED_ENDS


APPROVAL_LASTS: Final = 15 * MINUTE
"""Milliseconds from the last approval to the act: the incident that was looked at should still be the one."""
LOCK_LASTS: Final = 2 * HOUR
"""Milliseconds after which a service is free again whatever became of the execution that held it."""
MAX_STEPS: Final = 60
"""Steps that are kept of one execution, the first and the latest: half an hour of looks."""


class ExecutionOrigin(StrEnum):
    """Who let it run: people by approving, one person where policy needs no approval, or earned autonomy."""

    APPROVED = "approved"
    DIRECT = "direct"
    AUTOMATIC = "automatic"


class _Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What is kept and shown of an execution."""


class Approval(_Record, frozen=True):
    person: str
    role: Role
    at: EpochMillis


class Step(_Record, frozen=True):
    """Something that happened to an execution. `actor` is a person, or empty for the agent itself."""

    at: EpochMillis
    status: ExecutionStatus
    text: str
    actor: str = ""


class Rejection(_Record, frozen=True):
    """A person's word that a suggestion is not to be carried out: the agent will not by itself, people may
    still change their mind."""

    suggestion_id: SuggestionId
    person: str
    reason: str
    at: EpochMillis


class Execution(_Record, frozen=True):
    """One carrying out of one plan. `required_approvals` approvals let it run. `version` guards its
    item. `run` counts
    the workflows that were started for it. `firing_before` are the incident's alerts that fired when it
    began, `acted_at` when the act was done, `verify_until` until when it has to have helped. `undoing` is
    what became of a compensation. `recorded` says that learning and the audit trail have it."""

    id: ExecutionId
    plan: Plan
    status: ExecutionStatus
    origin: ExecutionOrigin
    requested_by: str
    required_approvals: int
    created_at: EpochMillis
    updated_at: EpochMillis
    expires_at: EpochMillis
    version: int = 1
    run: int = 1
    approvals: tuple[Approval, ...] = ()
    snapshot: TargetState | None = None
    firing_before: int = 0
    acted_at: EpochMillis | None = None
    verify_until: EpochMillis | None = None
    undoing: RollbackOutcome | None = None
    result: str = ""
    recorded: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def incident_id(self) -> IncidentId:
        return self.plan.incident_id

    @property
    def suggestion_id(self) -> SuggestionId:
        return self.plan.suggestion_id

    @property
    def lock(self) -> str:
        """What no two executions hold at once."""
        return lock_key(self.plan)

    @property
    def workflow(self) -> str:
        """The name of its workflow, at most 80 characters: one that the service lost is not started again by
        the same name."""
        return f"{self.id.replace('.', '-')}-{self.run}"


def lock_key(plan: Plan) -> str:
    """Names a service in its place, on which one execution at a time is at work."""
    target = plan.target
    return stable_id(plan.service, target.account, target.region, target.environment)


def execution_id(suggestion: SuggestionId, plan_hash: str) -> ExecutionId:
    """Deterministic: whoever clicks twice, or two at once, mean the same execution. It leads to its incident
    without a look-up: `<incident id>.x<digest>`."""
    return ExecutionId(f"{incident_of_suggestion(suggestion)}.x{stable_id(suggestion, plan_hash)}")


def incident_of_execution(execution: ExecutionId) -> IncidentId:
    """The incident id inside an execution's id."""
    return IncidentId(execution.partition(".")[0])


def new_execution(
    plan: Plan, origin: ExecutionOrigin, person: str, required_approvals: int, now: EpochMillis
) -> Execution:
    """An execution that waits for `required_approvals` approvals, none for one that policy lets run."""
    status = ExecutionStatus.AWAITING_APPROVAL if required_approvals else ExecutionStatus.APPROVED
    return Execution(
        id=execution_id(plan.suggestion_id, plan.hash),
        plan=plan,
        status=status,
        origin=origin,
        requested_by=person,
        required_approvals=required_approvals,
        created_at=now,
        updated_at=now,
        expires_at=now + APPROVAL_LASTS,
        steps=(Step(at=now, status=status, text=_REQUESTED[origin], actor=person),),
    )


_REQUESTED: Final = {
    ExecutionOrigin.APPROVED: "asked for",
    ExecutionOrigin.DIRECT: "started: the policy asks for no approval",
    ExecutionOrigin.AUTOMATIC: "started by earned autonomy",
}


def is_approved_by(execution: Execution, person: str) -> bool:
    return any(person_key(one.person) == person_key(person) for one in execution.approvals)


def approved(execution: Execution, person: str, role: Role, now: EpochMillis) -> Execution:
    """With this person's approval; the same where they have given it. Conflict where it takes none."""
    if is_approved_by(execution, person):
        return execution
    if execution.status is not ExecutionStatus.AWAITING_APPROVAL:
        raise Conflict(f"execution {execution.id} is {execution.status}: it takes no more approvals")
    if now >= execution.expires_at:
        raise Conflict(f"execution {execution.id}: its approval expired, ask for the plan again")
    given = (*execution.approvals, Approval(person=person, role=role, at=now))
    missing = execution.required_approvals - len(given)
    status = ExecutionStatus.AWAITING_APPROVAL if missing > 0 else ExecutionStatus.APPROVED
    text = f"approved; {missing} more needed" if missing > 0 else "approved"
    with_it = replace(execution, approvals=given, expires_at=now + APPROVAL_LASTS)
    return transition(with_it, status, text, now, actor=person)


def transition(
    execution: Execution, status: ExecutionStatus, text: str, now: EpochMillis, *, actor: str = ""
) -> Execution:
    """One step further; Conflict where it is over, or would go back."""
    if execution.status is not status and status not in _NEXT[execution.status]:
        raise Conflict(f"execution {execution.id} is {execution.status}, and cannot become {status}")
    step = Step(at=now, status=status, text=text, actor=actor)
    steps = (*execution.steps, step)
    if len(steps) > MAX_STEPS:
        steps = (*steps[: MAX_STEPS // 2], *steps[len(steps) - MAX_STEPS // 2 :])
    return replace(
        execution,
        status=status,
        steps=steps,
        updated_at=now,
        version=execution.version + 1,
        result=text if status.is_over else execution.result,
    )


_S: Final = ExecutionStatus
_NEXT: Final = {
    _S.AWAITING_APPROVAL: {_S.APPROVED, _S.REJECTED, _S.CANCELED, _S.EXPIRED},
    _S.APPROVED: {
        _S.RUNNING,
        _S.DENIED,
        _S.REJECTED,
        _S.CANCELED,
        _S.EXPIRED,
        _S.NEEDS_HUMAN,
    },
    _S.RUNNING: {_S.ACTING, _S.DENIED, _S.CANCELED, _S.NEEDS_HUMAN},
    _S.ACTING: {_S.VERIFYING, _S.COMPENSATING, _S.NEEDS_HUMAN},
    _S.VERIFYING: {_S.SUCCEEDED, _S.FAILED, _S.COMPENSATING, _S.NEEDS_HUMAN},
    _S.COMPENSATING: {_S.COMPENSATED, _S.FAILED, _S.DENIED, _S.NEEDS_HUMAN},
    **{over: frozenset[ExecutionStatus]() for over in ExecutionStatus if over.is_over},
}


_WORDS: Final = {
    ExecutionStatus.AWAITING_APPROVAL: "waits for approval",
    ExecutionStatus.APPROVED: "is approved",
    ExecutionStatus.RUNNING: "has begun",
    ExecutionStatus.ACTING: "is being carried out",
    ExecutionStatus.VERIFYING: "is done and being watched",
    ExecutionStatus.COMPENSATING: "is being taken back",
    ExecutionStatus.SUCCEEDED: "helped",
    ExecutionStatus.FAILED: "did not help",
    ExecutionStatus.COMPENSATED: "was taken back",
    ExecutionStatus.DENIED: "was not carried out",
    ExecutionStatus.REJECTED: "was rejected",
    ExecutionStatus.CANCELED: "was canceled",
    ExecutionStatus.EXPIRED: "has expired",
    ExecutionStatus.NEEDS_HUMAN: "needs a person",
}


def entry_of(execution: Execution) -> TimelineEntry:
    """Of the latest step: "restart_pods on checkout is being watched: 3 of 3 tasks are new"."""
    step = execution.steps[-1]
    plan = execution.plan
    return TimelineEntry(
        id="tl_" + stable_id(execution.id, str(execution.version)),
        incident_id=execution.incident_id,
        at=step.at,
        kind=TimelineKind.EXECUTION,
        text=f"{plan.action} on {plan.service} {_WORDS[step.status]}: {step.text}",
        actor=step.actor,
    )
