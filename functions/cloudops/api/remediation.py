"""Endpoints of remediation: plan, approve, reject, execute and cancel; executions and autonomy policies."""

from functools import partial
from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Query

from cloudops.api.audit_words import BY_USE_CASE, AuditContext, Audited, in_answer, in_body
from cloudops.api.context import Context
from cloudops.api.endpoint import Endpoint, command, query
from cloudops.api.remediation_schemas import (
    ApprovalBody,
    ExecutionsView,
    ExecutionView,
    PlanBody,
    PlanReviewView,
    PoliciesView,
    PolicyBody,
    PolicyView,
    RejectionBody,
    RejectionView,
    execution_view,
    plan_review_view,
    policy_view,
)
from cloudops.api.restrictions import execution_in_path, planned_targets, policy_in_body, suggestion_in_path
from cloudops.api.schemas import MAX_WORD, Id
from cloudops.core.errors import BadInput, Conflict, NotFound, PreconditionFailed, PreconditionRequired
from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId
from cloudops.identity.access import Role
from cloudops.remediation.autonomy import Policy, PolicyKey
from cloudops.remediation.permissions import require

_TRANSITION_ERRORS: Final = (NotFound, Conflict)


@query("/api/suggestions/{suggestion_id}/plan", Role.VIEWER, errors=_TRANSITION_ERRORS)
def plan_suggestion(
    context: Context,
    suggestion_id: Id,
    target: Annotated[
        str, Query(max_length=MAX_WORD, description="Which target, where the service has several.")
    ] = "",
) -> PlanReviewView:
    """Get the plan of a suggestion.

    The exact calls, planned for the present state of the target, and the decision of every guardrail.
    """
    return plan_review_view(
        context.application.approvals.plan(SuggestionId(suggestion_id), target, context.now)
    )


@command(
    "POST",
    "/api/suggestions/{suggestion_id}/approve",
    Role.OPERATOR,
    audit=BY_USE_CASE,
    restriction=planned_targets,
    errors=_TRANSITION_ERRORS,
)
def approve_suggestion(
    context: Context, suggestion_id: Id, body: Annotated[ApprovalBody, Body()]
) -> ExecutionView:
    """Approve a plan.

    Approves the plan with this hash, once per person. The last approval that is needed starts the execution.
    An admin may lift the change freezes that hold, for this plan and with a reason.
    """
    if body.lift_freeze:
        resources = partial(context.application.permissions.plan, SuggestionId(suggestion_id), body.target)
        require(context.caller, Role.ADMIN, resources, "lifting a change freeze", field="liftFreeze")
    execution = context.application.approvals.approve(
        SuggestionId(suggestion_id),
        body.target,
        body.plan_hash,
        context.caller,
        context.now,
        lift_freeze=body.lift_freeze.reason if body.lift_freeze else "",
    )
    return execution_view(execution)


@command(
    "POST",
    "/api/suggestions/{suggestion_id}/reject",
    Role.OPERATOR,
    audit=BY_USE_CASE,
    restriction=suggestion_in_path,
    errors=_TRANSITION_ERRORS,
)
def reject_suggestion(
    context: Context, suggestion_id: Id, body: Annotated[RejectionBody, Body()]
) -> RejectionView:
    """Reject a suggestion.

    Ends an execution that waits for approval, and keeps the agent from starting one by itself.
    """
    rejection = context.application.approvals.reject(
        SuggestionId(suggestion_id), body.reason, context.person, context.now
    )
    return RejectionView.model_validate(rejection)


@command(
    "POST",
    "/api/suggestions/{suggestion_id}/execute",
    Role.OPERATOR,
    audit=BY_USE_CASE,
    restriction=planned_targets,
    errors=_TRANSITION_ERRORS,
)
def execute_suggestion(
    context: Context, suggestion_id: Id, body: Annotated[PlanBody, Body()]
) -> ExecutionView:
    """Execute a plan.

    Starts the execution of the plan with this hash, where the guardrails require no approval.
    """
    execution = context.application.approvals.execute(
        SuggestionId(suggestion_id), body.target, body.plan_hash, context.person, context.now
    )
    return execution_view(execution)


@query("/api/executions", Role.VIEWER, compress=True)
def list_executions(
    context: Context,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=MAX_WORD)] = None,
) -> ExecutionsView:
    """List executions.

    Newest first.
    """
    executions, next_cursor = context.application.executions.page(cursor, limit)
    return ExecutionsView(
        executions=tuple(execution_view(execution) for execution in executions), cursor=next_cursor
    )


@query("/api/incidents/{incident_id}/executions", Role.VIEWER, errors=(NotFound,), compress=True)
def list_incident_executions(context: Context, incident_id: Id) -> ExecutionsView:
    """List the executions of an incident.

    Oldest first.
    """
    executions = context.application.history.executions(IncidentId(incident_id))
    return ExecutionsView(
        executions=tuple(execution_view(execution) for execution in executions), cursor=None
    )


@query("/api/executions/{execution_id}", Role.VIEWER, errors=(NotFound,))
def get_execution(context: Context, execution_id: Id) -> ExecutionView:
    """Get an execution.

    With its steps.
    """
    return execution_view(context.application.executions.get(ExecutionId(execution_id)))


@command(
    "POST",
    "/api/executions/{execution_id}/cancel",
    Role.OPERATOR,
    audit=BY_USE_CASE,
    restriction=execution_in_path,
    errors=_TRANSITION_ERRORS,
)
def cancel_execution(context: Context, execution_id: Id) -> ExecutionView:
    """Cancel an execution.

    Possible until it acts on its target.
    """
    return execution_view(
        context.application.approvals.cancel(ExecutionId(execution_id), context.person, context.now)
    )


def _lift_reason(context: AuditContext) -> str:
    lift = context.body.get("liftDemotion")
    return f"demotion lifted: {lift['reason']}" if lift else ""


@query("/api/policies", Role.VIEWER)
def list_policies(context: Context) -> PoliciesView:
    """List autonomy policies.

    How far the agent may act without approval, by service, action and environment.
    """
    policies = context.application.autonomy_policies.all()
    return PoliciesView(policies=tuple(policy_view(policy) for policy in policies))


@command(
    "PUT",
    "/api/policies",
    Role.ADMIN,
    audit=Audited("set policy", in_answer("id"), reason=_lift_reason, result=in_body("ceiling")),
    restriction=policy_in_body,
    errors=(Conflict, PreconditionFailed, PreconditionRequired),
)
def put_policy(
    context: Context,
    body: Annotated[PolicyBody, Body()],
    if_match: Annotated[
        str | None,
        Header(
            alias="if-match",
            max_length=MAX_WORD,
            description='The version that the policy replaces, such as "3"; absent for a new policy.',
        ),
    ] = None,
) -> PolicyView:
    """Set an autonomy policy.

    Names the version that it replaces. A demotion stays, unless it is lifted with a reason.
    """
    policy = Policy(
        key=PolicyKey(body.service, body.action, body.environment),
        ceiling=body.ceiling,
        min_confidence=body.min_confidence,
        min_outcomes=body.min_outcomes,
        updated_by=context.person,
        updated_at=context.now,
    )
    stored = context.application.autonomy_policies.keep(
        policy, _version_of(if_match), lift_demotion=body.lift_demotion is not None
    )
    return policy_view(stored)


def _version_of(if_match: str | None) -> int | None:
    """Returns the version that an If-Match header names; raises BadInput if it names none."""
    if if_match is None:
        return None
    version = if_match.strip().strip('"')
    if not (version.isascii() and version.isdecimal()):
        raise BadInput(f'If-Match: {if_match!r} is not a version such as "3"', field="if-match")
    return int(version)


ENDPOINTS: tuple[Endpoint, ...] = (
    plan_suggestion,
    approve_suggestion,
    reject_suggestion,
    execute_suggestion,
    list_executions,
    list_incident_executions,
    get_execution,
    cancel_execution,
    list_policies,
    put_policy,
)
