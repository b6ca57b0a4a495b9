"""State machine of an execution: its states, the transitions between them, and its timeline entries."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from msgspec.structs import replace

from cloudops.core.errors import Conflict, Forbidden
from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId, stable_id
from cloudops.core.time import HOUR, MINUTE, EpochMillis
from cloudops.identity.access import Caller, CallerKind, Role
from cloudops.incidents.incident import TimelineEntry, TimelineKind
from cloudops.incidents.suggestion import incident_of_suggestion
from cloudops.remediation.executor import RollbackOutcome
from cloudops.remediation.plan import Plan, RemediationRecord, TargetState


class ExecutionStatus(StrEnum):
    """States of an execution, from the first approval to the end.

    `FAILED`: the action was performed, the target is healthy, but the alerts did not resolve in time.
    `INCONCLUSIVE`: the action was performed, and whether it helped is unknown; `Execution.effect` says why.
    `SUPERSEDED`: the action was performed, and something else replaced the change before it could be judged.
    `NEEDS_HUMAN`: CloudOps cannot determine or restore the state of the target, or cannot record the result.
    """

    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    RUNNING = "running"
    ACTING = "acting"
    VERIFYING = "verifying"
    COMPENSATING = "compensating"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    COMPENSATED = "compensated"
    INCONCLUSIVE = "inconclusive"
    SUPERSEDED = "superseded"
    DENIED = "denied"
    REJECTED = "rejected"
    CANCELED = "canceled"
    EXPIRED = "expired"
    NEEDS_HUMAN = "needs_human"

    @property
    def is_over(self) -> bool:
        """Whether the status is final."""
        return self in _OVER

    @property
    def may_be_cancelled(self) -> bool:
        """Whether a person may cancel: until the action starts. After that it is verified, and rolled
        back if it made things worse."""
        return self in _BEFORE_ACTION

    @property
    def has_acted(self) -> bool:
        """Whether the target may have been changed."""
        return self in _MAY_HAVE_ACTED


_BEFORE_ACTION = frozenset(
    {ExecutionStatus.AWAITING_APPROVAL, ExecutionStatus.APPROVED, ExecutionStatus.RUNNING}
)
_ENDED_WITHOUT_ACTION = frozenset(
    {
        ExecutionStatus.DENIED,
        ExecutionStatus.REJECTED,
        ExecutionStatus.CANCELED,
        ExecutionStatus.EXPIRED,
    }
)
_ENDED_AFTER_ACTION = frozenset(
    {
        ExecutionStatus.SUCCEEDED,
        ExecutionStatus.FAILED,
        ExecutionStatus.COMPENSATED,
        ExecutionStatus.INCONCLUSIVE,
        ExecutionStatus.SUPERSEDED,
        ExecutionStatus.NEEDS_HUMAN,
    }
)
_OVER = _ENDED_WITHOUT_ACTION | _ENDED_AFTER_ACTION
_MAY_HAVE_ACTED = frozenset(ExecutionStatus) - _BEFORE_ACTION - _ENDED_WITHOUT_ACTION
_CALLING = frozenset({ExecutionStatus.ACTING, ExecutionStatus.COMPENSATING})
"""States in which a call that changes the target may be on its way."""


class ActionEffect(StrEnum):
    """What an action achieved, by evidence. Only the first three are evidence on the action itself.

    `HELPED`: every alert that fired before the action resolved after it, by its source's word, and stayed
    resolved, while the change was in place. `NO_BETTER`: such an alert still fires. `WORSE`: the platform
    reports that the rollout failed, or the target lost healthy members.

    `STALLED`: the rollout stopped making progress, or passed its limit. `SUPERSEDED`: the target no longer
    runs what the plan requested. `RESOLVED_BY_PERSON`: a person resolved the incident. `GONE`: the source no
    longer has an alert. `NO_DATA`: the source has no data on an alert. `MUTED`: an alert was muted.
    `UNKNOWN_STATE`: CloudOps no longer holds the state of an alert. `NOTHING_FIRED`: no alert that counts as
    evidence fired when the action was performed.
    """

    HELPED = "helped"
    NO_BETTER = "no_better"
    WORSE = "worse"
    STALLED = "stalled"
    SUPERSEDED = "superseded"
    RESOLVED_BY_PERSON = "resolved_by_person"
    GONE = "gone"
    NO_DATA = "no_data"
    MUTED = "muted"
    UNKNOWN_STATE = "unknown_state"
    NOTHING_FIRED = "nothing_fired"

    @property
    def helped(self) -> bool | None:
        """Whether the action helped, or None if there is no evidence on it: then nothing is learned."""
        return _EVIDENCE.get(self)


_EVIDENCE: Final = {ActionEffect.HELPED: True, ActionEffect.NO_BETTER: False, ActionEffect.WORSE: False}
_UNDECIDED: Final = frozenset(
    {
        ActionEffect.RESOLVED_BY_PERSON,
        ActionEffect.GONE,
        ActionEffect.NO_DATA,
        ActionEffect.MUTED,
        ActionEffect.UNKNOWN_STATE,
        ActionEffect.NOTHING_FIRED,
    }
)
_EFFECTS: Final[dict[ExecutionStatus, frozenset[ActionEffect]]] = {
    ExecutionStatus.SUCCEEDED: frozenset({ActionEffect.HELPED}),
    ExecutionStatus.FAILED: frozenset({ActionEffect.NO_BETTER, ActionEffect.WORSE}),
    ExecutionStatus.INCONCLUSIVE: _UNDECIDED,
    ExecutionStatus.SUPERSEDED: frozenset({ActionEffect.SUPERSEDED}),
}
"""The effects that a final status requires one of."""


APPROVAL_LASTS: Final = 15 * MINUTE
"""Milliseconds from the last approval to the start: later, the incident may differ from the one reviewed."""
LOCK_LASTS: Final = 2 * HOUR
"""Milliseconds after which the lock of a service expires, if its execution neither released nor renewed it.
Each check renews it."""
MAX_RECORD_FAILURES: Final = 5
"""Failures, each after all retries of a step, after which an execution is left to a person, unrecorded: they
span ten minutes."""
MAX_STEPS: Final = 60
"""Steps that an execution stores, the first and the latest half: it bounds the item's size."""


class ExecutionOrigin(StrEnum):
    """Why an execution runs: people approved it, one person started it because no guardrail requires approval
    (`DIRECT`), or autonomy was earned."""

    APPROVED = "approved"
    DIRECT = "direct"
    AUTOMATIC = "automatic"


class Approval(RemediationRecord, frozen=True):
    """One person's approval of an execution. `person` is the name, `person_id` the subject that counts."""

    person: str
    role: Role
    at: EpochMillis
    person_id: str = ""


class Step(RemediationRecord, frozen=True):
    """An event in the life of an execution. `actor` is a person, or "" for CloudOps."""

    at: EpochMillis
    status: ExecutionStatus
    text: str
    actor: str = ""


class Rejection(RemediationRecord, frozen=True):
    """A person's decision against a suggestion. It ends every execution that has not acted; people may still
    approve a plan that is made after it."""

    suggestion_id: SuggestionId
    person: str
    reason: str
    at: EpochMillis


class FreezeLift(RemediationRecord, frozen=True):
    """An admin's decision that change freezes do not hold for one plan.

    Attributes:
        freezes: The titles of the freezes that held when the admin decided; another one still holds.
    """

    person: str
    reason: str
    at: EpochMillis
    freezes: tuple[str, ...]


class VerificationState(RemediationRecord, frozen=True):
    """What the checks of an execution have found so far; each check compares with the one before.

    Attributes:
        progress_mark: The rollout's mark at the latest check, or "".
        progressed_at: When a check last found progress, or the target settled.
        settled_at: When a check first found the target settled, or None.
        lost_members: Whether the latest check found too few healthy members on a settled target.
        superseded: Whether the latest check found something else than the plan requested.
        resolved_mark: Identifies the resolutions of all alerts at the latest check, or "" if one is missing.
        resolved_since: The first check that found these resolutions, or None.
    """

    progressed_at: EpochMillis
    progress_mark: str = ""
    settled_at: EpochMillis | None = None
    lost_members: bool = False
    superseded: bool = False
    resolved_mark: str = ""
    resolved_since: EpochMillis | None = None


class Execution(RemediationRecord, frozen=True):
    """One run of a plan.

    A final status without the evidence that it states cannot be constructed.

    Attributes:
        required_approvals: Approvals before it starts; 0 if none is needed.
        expires_at: When an execution that has not started expires.
        version: Counts the writes; a write names the version it replaces (optimistic locking).
        run: Counts the workflows started for it, from 1.
        freeze_lift: The lift of change freezes for this plan, or None.
        snapshot: The target immediately before the action, or None if the action has not started.
        alerts_before: Fingerprints of the alerts that were firing by their source's word, and not muted,
            immediately before the action.
        attempted_at: When the call that acts was last about to be made, or None. Without it the target is
            certainly unchanged by this execution.
        acted_at: When the action was performed, or None.
        verify_until: When verification ends at the latest, or None before the action. It is earlier once the
            target has settled.
        verification: What the checks have found so far, or None before the action.
        effect: What the action achieved, or None if that is not decided, or no action was performed.
        undoing: The outcome of a rollback, or None if there was none.
        undone_at: When a rollback last changed the target, or may have changed it, or None.
        result: Why it ended, or "" while it runs.
        recorded: Whether learning and the audit trail have the result.
        record_failures: How often the result could not be recorded.

    Raises:
        ValueError: The status states an effect that `effect`, `acted_at` and `alerts_before` do not show.
    """

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
    freeze_lift: FreezeLift | None = None
    snapshot: TargetState | None = None
    alerts_before: tuple[str, ...] = ()
    attempted_at: EpochMillis | None = None
    acted_at: EpochMillis | None = None
    verify_until: EpochMillis | None = None
    verification: VerificationState | None = None
    effect: ActionEffect | None = None
    undoing: RollbackOutcome | None = None
    undone_at: EpochMillis | None = None
    result: str = ""
    recorded: bool = False
    record_failures: int = 0
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        required = _EFFECTS.get(self.status)
        if required is not None and self.effect not in required:
            raise ValueError(f"an execution that is {self.status} has not the effect {self.effect}")
        if self.effect is not None and self.acted_at is None:
            raise ValueError(f"an action that was not performed has no effect {self.effect}")
        if self.effect is ActionEffect.HELPED and not self.alerts_before:
            raise ValueError("an action that helped needs alerts that fired before it")

    @property
    def is_closed(self) -> bool:
        """Whether nothing is left to do: it is over, and its result is recorded or was given up."""
        return self.status.is_over and (self.recorded or self.record_failures >= MAX_RECORD_FAILURES)

    @property
    def incident_id(self) -> IncidentId:
        """The incident that the plan is for."""
        return self.plan.incident_id

    @property
    def suggestion_id(self) -> SuggestionId:
        """The suggestion that the plan was made from."""
        return self.plan.suggestion_id

    @property
    def changed_at(self) -> EpochMillis | None:
        """When it last changed its target, rollback included; None if it did not.

        The time of the latest step counts while a call may be on its way, and after a call whose time is not
        known.
        """
        if self.status in _CALLING:
            return self.updated_at
        if self.acted_at is None and self.undone_at is None:
            return self.updated_at if self.status.has_acted else None
        return max(self.acted_at or 0, self.undone_at or 0)

    @property
    def lock(self) -> str:
        """The key of its lock: at most one execution holds it."""
        return lock_key(self.plan)

    @property
    def workflow(self) -> str:
        """The name of its workflow, at most 80 characters (a limit of Step Functions). `run` is part of the
        name, because Step Functions starts a name once."""
        return f"{self.id.replace('.', '-')}-{self.run}"


def lock_key(plan: Plan) -> str:
    """Returns the key of the lock that lets one execution at a time change a service in its environment."""
    target = plan.target
    return stable_id(plan.service, target.account, target.region, target.environment)


def execution_id(suggestion: SuggestionId, plan_hash: str) -> ExecutionId:
    """Returns the id of the execution of a plan, `<incident id>.x<digest>`.

    The id is deterministic, so repeated and concurrent requests name the same execution. It contains the
    incident id, which saves a look-up.
    """
    return ExecutionId(f"{incident_of_suggestion(suggestion)}.x{stable_id(suggestion, plan_hash)}")


def incident_of_execution(execution: ExecutionId) -> IncidentId:
    """Returns the incident id that an execution id contains."""
    return IncidentId(execution.partition(".")[0])


def new_execution(
    plan: Plan, origin: ExecutionOrigin, person: str, required_approvals: int, now: EpochMillis
) -> Execution:
    """Returns an execution that waits for `required_approvals` approvals, or is approved if that is 0."""
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
    ExecutionOrigin.APPROVED: "requested",
    ExecutionOrigin.DIRECT: "started: no approval is required",
    ExecutionOrigin.AUTOMATIC: "started by earned autonomy",
}


def is_approved_by(execution: Execution, subject: str) -> bool:
    """Returns whether the person with this subject has approved, under whatever name."""
    return any(one.person_id == subject for one in execution.approvals)


def approvers(approvals: Iterable[Approval]) -> frozenset[str]:
    """Returns the subjects of the people who approved. An approval without a subject does not count: it may
    be of a person who approved under another name."""
    return frozenset(one.person_id for one in approvals if one.person_id)


def approved(
    execution: Execution, who: Caller, now: EpochMillis, lift: FreezeLift | None = None
) -> Execution:
    """Returns the execution with the caller's approval, and with their lift of change freezes if they give
    one; unchanged if they have approved before and lift nothing.

    Raises:
        Conflict: The execution does not wait for approval, or the approval expired.
        Forbidden: The four-eyes rule applies, and the caller is a machine.
    """
    has_approved = is_approved_by(execution, who.subject)
    if has_approved and lift is None:
        return execution
    if execution.status is not ExecutionStatus.AWAITING_APPROVAL:
        raise Conflict(f"execution {execution.id} is {execution.status}: it takes no more approvals")
    if now >= execution.expires_at:
        raise Conflict(f"execution {execution.id}: its approval expired, request the plan again")
    require_person(who, execution.suggestion_id, execution.required_approvals)
    own = Approval(person=who.name, role=who.role, at=now, person_id=who.subject)
    given = execution.approvals if has_approved else (*execution.approvals, own)
    missing = execution.required_approvals - len(approvers(given))
    status = ExecutionStatus.AWAITING_APPROVAL if missing > 0 else ExecutionStatus.APPROVED
    text = f"approved; {missing} more needed" if missing > 0 else "approved"
    if lift is not None:
        text = f"{text}; lifted the {lift.freezes[0]}: {lift.reason}"
    with_approval = replace(
        execution,
        approvals=given,
        freeze_lift=lift or execution.freeze_lift,
        expires_at=now + APPROVAL_LASTS,
    )
    return transition(with_approval, status, text, now, actor=who.name)


def require_person(who: Caller, suggestion_id: SuggestionId, required_approvals: int) -> None:
    """Raises Forbidden if the four-eyes rule applies, and the caller is a machine."""
    if required_approvals > 1 and who.kind is not CallerKind.PERSON:
        raise Forbidden(
            f"suggestion {suggestion_id}: {required_approvals} people must approve; an API token cannot"
        )


def transition(
    execution: Execution, status: ExecutionStatus, text: str, now: EpochMillis, *, actor: str = ""
) -> Execution:
    """Returns the execution with one more step, in the same or the next status.

    A final status sets `result`. Of more than `MAX_STEPS` steps, those in the middle are dropped.

    Raises:
        Conflict: The state machine does not allow the transition.
    """
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
    _S.RUNNING: {_S.ACTING, _S.DENIED, _S.REJECTED, _S.CANCELED, _S.NEEDS_HUMAN},
    _S.ACTING: {_S.VERIFYING, _S.COMPENSATING, _S.DENIED, _S.NEEDS_HUMAN},
    _S.VERIFYING: {
        _S.SUCCEEDED,
        _S.FAILED,
        _S.INCONCLUSIVE,
        _S.SUPERSEDED,
        _S.COMPENSATING,
        _S.NEEDS_HUMAN,
    },
    _S.COMPENSATING: {_S.COMPENSATED, _S.FAILED, _S.DENIED, _S.NEEDS_HUMAN},
    **{over: {_S.NEEDS_HUMAN} for over in ExecutionStatus if over.is_over},
}
"""A final status is left in one case: its result cannot be recorded."""


def without_record(execution: Execution, error: str, now: EpochMillis) -> Execution:
    """Returns a finished execution after one more failure to record its result.

    After `MAX_RECORD_FAILURES` it needs a person, with its former status and result in the reason.

    Args:
        execution: The execution, which is over and not recorded.
        error: Why the result could not be recorded.
        now: The time of the failure.
    """
    failures = execution.record_failures + 1
    failed = replace(execution, record_failures=failures)
    if failures < MAX_RECORD_FAILURES:
        return replace(failed, updated_at=now, version=execution.version + 1)
    text = f"{execution.status}: {execution.result}; not in learning and the audit trail: {error}"
    return transition(failed, ExecutionStatus.NEEDS_HUMAN, text, now)


_STATUS_TEXTS: Final = {
    ExecutionStatus.AWAITING_APPROVAL: "waits for approval",
    ExecutionStatus.APPROVED: "is approved",
    ExecutionStatus.RUNNING: "has started",
    ExecutionStatus.ACTING: "is running",
    ExecutionStatus.VERIFYING: "is done and being verified",
    ExecutionStatus.COMPENSATING: "is being rolled back",
    ExecutionStatus.SUCCEEDED: "helped",
    ExecutionStatus.FAILED: "did not help",
    ExecutionStatus.COMPENSATED: "was rolled back",
    ExecutionStatus.INCONCLUSIVE: "is done, and whether it helped is unknown",
    ExecutionStatus.SUPERSEDED: "was superseded",
    ExecutionStatus.DENIED: "was not performed",
    ExecutionStatus.REJECTED: "was rejected",
    ExecutionStatus.CANCELED: "was canceled",
    ExecutionStatus.EXPIRED: "has expired",
    ExecutionStatus.NEEDS_HUMAN: "needs a person",
}


def entry_of(execution: Execution) -> TimelineEntry:
    """Returns the timeline entry of the latest step.

    Example:
        The text is "restart_pods on checkout is done and being verified: 3 of 3 tasks are new".
    """
    step = execution.steps[-1]
    plan = execution.plan
    return TimelineEntry(
        id="tl_" + stable_id(execution.id, str(execution.version)),
        incident_id=execution.incident_id,
        at=step.at,
        kind=TimelineKind.EXECUTION,
        text=f"{plan.action} on {plan.service} {_STATUS_TEXTS[step.status]}: {step.text}",
        actor=step.actor,
    )
