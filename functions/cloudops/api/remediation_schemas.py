"""Schemas of plans, executions and autonomy policies."""

from typing import Annotated

from pydantic import Field

from cloudops.api.schemas import MAX_WORD, RequestBody, Timestamp, View
from cloudops.catalog.declaration import Platform
from cloudops.core.taxonomy import Action
from cloudops.identity.access import Role
from cloudops.remediation.approvals import MAX_REASON
from cloudops.remediation.autonomy import Autonomy, AutonomyLevel, Policy
from cloudops.remediation.execution import ActionEffect, Execution, ExecutionOrigin, ExecutionStatus
from cloudops.remediation.guardrails import Guardrail, Ruling
from cloudops.remediation.plan import Fact, Plan
from cloudops.remediation.planner import PlanReview

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Word = Annotated[str, Field(min_length=1, max_length=MAX_WORD)]


class PlanBody(RequestBody):
    """`planHash` is the hash of the plan that was read; `target` is needed where the service has several."""

    plan_hash: Hash
    target: Annotated[str, Field(max_length=MAX_WORD)] = ""


class FreezeLiftBody(RequestBody):
    """Why the change freezes that hold now shall not hold for this plan."""

    reason: Annotated[
        str, Field(min_length=1, max_length=MAX_REASON, examples=["the outage costs more than the change"])
    ]


class ApprovalBody(PlanBody):
    """With `liftFreeze`, an admin lifts the change freezes that hold now, for this plan alone."""

    lift_freeze: FreezeLiftBody | None = None


class RejectionBody(RequestBody):
    reason: Annotated[str, Field(min_length=1, max_length=MAX_REASON, examples=["the database is the cause"])]


class DemotionLiftBody(RequestBody):
    """Why the autonomy is given again that a failed verification took away."""

    reason: Annotated[str, Field(min_length=1, max_length=MAX_REASON, examples=["the timeout is fixed"])]


class PolicyBody(RequestBody):
    """With the ceiling suggest no plan is executed. With automatic, the agent acts without approval where the
    10th percentile of the confidence and the number of outcomes reach these minima. `liftDemotion` ends a
    demotion, which otherwise stays."""

    service: Word
    action: Action
    environment: Word
    ceiling: Autonomy
    min_confidence: Annotated[float, Field(ge=0, le=1, examples=[0.8])]
    min_outcomes: Annotated[int, Field(strict=True, ge=0, le=10_000, examples=[10])]
    lift_demotion: DemotionLiftBody | None = None


class PlanTargetView(View):
    platform: Platform
    name: str
    account: str
    region: str
    environment: str
    cluster: str
    namespace: str


class PlannedCallView(View):
    operation: str
    parameters: dict[str, Fact]


class GuardrailDecisionView(View):
    guardrail: Guardrail
    ruling: Ruling
    reason: str
    required_approvals: int


class PlanView(View):
    """The exact calls of an action on a target; an approval is bound to `hash`."""

    suggestion_id: str
    incident_id: str
    action: Action
    service: str
    target: PlanTargetView
    summary: str
    calls: tuple[PlannedCallView, ...]
    before: dict[str, Fact]
    after: dict[str, Fact]
    reversible: bool
    attempt: int
    hash: str


class AutonomyLevelView(View):
    autonomy: Autonomy
    reason: str


class PlanReviewView(View):
    """`requiredApprovals` different people must approve. `denial` is the reason why the plan must not
    run, or empty. `freezes` are the change freezes that hold; an admin may lift them for this plan."""

    plan: PlanView
    guardrails: tuple[GuardrailDecisionView, ...]
    required_approvals: int
    denial: str
    freezes: tuple[str, ...]
    autonomy: AutonomyLevelView


class FreezeLiftView(View):
    """Which change freezes an admin lifted for the plan, and why."""

    person: str
    reason: str
    at: Timestamp
    freezes: tuple[str, ...]


class ApprovalView(View):
    """A person's approval. `personId` is the subject of the person, which counts; `person` is the name."""

    person: str
    person_id: str
    role: Role
    at: Timestamp


class ExecutionStepView(View):
    """`actor` is null for the agent itself."""

    at: Timestamp
    status: ExecutionStatus
    text: str
    actor: str | None


class ExecutionView(View):
    """`effect` is what the action achieved by evidence, null while that is undecided and where no action was
    performed; `alertsBefore` counts the alerts that it is judged by."""

    id: str
    plan: PlanView
    status: ExecutionStatus
    origin: ExecutionOrigin
    requested_by: str | None
    required_approvals: int
    approvals: tuple[ApprovalView, ...]
    freeze_lift: FreezeLiftView | None
    created_at: Timestamp
    updated_at: Timestamp
    expires_at: Timestamp
    acted_at: Timestamp | None
    verify_until: Timestamp | None
    alerts_before: int
    effect: ActionEffect | None
    result: str
    steps: tuple[ExecutionStepView, ...]


class ExecutionsView(View):
    executions: tuple[ExecutionView, ...]
    cursor: str | None


class RejectionView(View):
    suggestion_id: str
    person: str
    reason: str
    at: Timestamp


class PolicyView(View):
    """`demotedAt` is when a failed verification took the autonomy away, until an admin lifts the demotion. A
    change names `version` in If-Match."""

    id: str
    service: str
    action: Action
    environment: str
    ceiling: Autonomy
    min_confidence: float
    min_outcomes: int
    updated_by: str
    updated_at: Timestamp
    demoted_at: Timestamp | None
    demoted_reason: str
    version: int


class PoliciesView(View):
    policies: tuple[PolicyView, ...]


def plan_view(plan: Plan) -> PlanView:
    draft = plan.draft
    return PlanView(
        suggestion_id=plan.suggestion_id,
        incident_id=plan.incident_id,
        action=plan.action,
        service=plan.service,
        target=PlanTargetView.model_validate(plan.target),
        summary=draft.summary,
        calls=tuple(PlannedCallView.model_validate(call) for call in draft.calls),
        before=draft.before,
        after=draft.after,
        reversible=draft.reversible,
        attempt=plan.attempt,
        hash=plan.hash,
    )


def plan_review_view(review: PlanReview) -> PlanReviewView:
    return PlanReviewView(
        plan=plan_view(review.plan),
        guardrails=tuple(GuardrailDecisionView.model_validate(decision) for decision in review.verdicts),
        required_approvals=review.required_approvals,
        denial=review.denial,
        freezes=review.freezes,
        autonomy=_level_view(review.autonomy),
    )


def execution_view(execution: Execution) -> ExecutionView:
    return ExecutionView(
        id=execution.id,
        plan=plan_view(execution.plan),
        status=execution.status,
        origin=execution.origin,
        requested_by=execution.requested_by or None,
        required_approvals=execution.required_approvals,
        approvals=tuple(ApprovalView.model_validate(approval) for approval in execution.approvals),
        freeze_lift=FreezeLiftView.model_validate(execution.freeze_lift) if execution.freeze_lift else None,
        created_at=execution.created_at,
        updated_at=execution.updated_at,
        expires_at=execution.expires_at,
        acted_at=execution.acted_at,
        verify_until=execution.verify_until,
        alerts_before=len(execution.alerts_before),
        effect=execution.effect,
        result=execution.result,
        steps=tuple(
            ExecutionStepView(at=step.at, status=step.status, text=step.text, actor=step.actor or None)
            for step in execution.steps
        ),
    )


def policy_view(policy: Policy) -> PolicyView:
    return PolicyView(
        id=policy.key.id,
        service=policy.key.service,
        action=policy.key.action,
        environment=policy.key.environment,
        ceiling=policy.ceiling,
        min_confidence=policy.min_confidence,
        min_outcomes=policy.min_outcomes,
        updated_by=policy.updated_by,
        updated_at=policy.updated_at,
        demoted_at=policy.demoted_at,
        demoted_reason=policy.demoted_reason,
        version=policy.version,
    )


def _level_view(level: AutonomyLevel) -> AutonomyLevelView:
    return AutonomyLevelView(autonomy=level.autonomy, reason=level.reason)
