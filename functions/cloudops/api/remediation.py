"""Routes from suggestion to done: plan, approve, reject, run, cancel, and what became of it."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from aws_lambda_powertools.event_handler.request import Request

from cloudops.api.application import ApplicationFactory
from cloudops.api.authorization import caller_of
from cloudops.api.remediation_schemas import (
    ExecutionsView,
    ExecutionView,
    PlanBody,
    PoliciesView,
    PolicyBody,
    PolicyView,
    ProposedView,
    RejectionBody,
    RejectionView,
    execution_seen,
    policy_seen,
    proposed_seen,
)
from cloudops.api.schemas import MAX_WORD, Id
from cloudops.remediation.autonomy import Policy, PolicyKey


class RemediationRoutes:
    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application

    def plan(
        self,
        suggestion_id: Id,
        target: Annotated[
            str, Query(max_length=MAX_WORD, description="Which target, where the service has several.")
        ] = "",
    ) -> ProposedView:
        """Exactly what would be done, read off the target as it is now, and what the guardrails say of it."""
        application = self._application()
        return proposed_seen(application.approvals.plan(suggestion_id, target, application.now()))

    def approve(
        self, suggestion_id: Id, body: Annotated[PlanBody, Body()], request: Request
    ) -> ExecutionView:
        """Approves the plan of this hash, once a person; with the last approval needed it begins."""
        application, who = self._application(), caller_of(request.resolved_event.raw_event)
        found = application.approvals.approve(
            suggestion_id, body.target, body.plan_hash, who, application.now()
        )
        return execution_seen(found)

    def execute(
        self, suggestion_id: Id, body: Annotated[PlanBody, Body()], request: Request
    ) -> ExecutionView:
        """Begins the plan of this hash, where the guardrails ask for no approval."""
        application, person = self._application(), caller_of(request.resolved_event.raw_event).name
        found = application.approvals.execute(
            suggestion_id, body.target, body.plan_hash, person, application.now()
        )
        return execution_seen(found)

    def reject(
        self, suggestion_id: Id, body: Annotated[RejectionBody, Body()], request: Request
    ) -> RejectionView:
        """Says that it is not to be done: what waits ends, and the agent does not begin it by itself."""
        application, person = self._application(), caller_of(request.resolved_event.raw_event).name
        found = application.approvals.reject(suggestion_id, body.reason, person, application.now())
        return RejectionView.model_validate(found)

    def page(
        self,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        cursor: Annotated[str | None, Query(max_length=MAX_WORD)] = None,
    ) -> ExecutionsView:
        """The newest first."""
        found, following = self._application().executions.page(cursor, limit)
        return ExecutionsView(executions=tuple(execution_seen(one) for one in found), cursor=following)

    def of_incident(self, incident_id: Id) -> ExecutionsView:
        """Those of one incident, oldest first."""
        found = self._application().history.executions(incident_id)
        return ExecutionsView(executions=tuple(execution_seen(one) for one in found), cursor=None)

    def execution(self, execution_id: Id) -> ExecutionView:
        """One execution with its steps."""
        return execution_seen(self._application().executions.get(execution_id))

    def cancel(self, execution_id: Id, request: Request) -> ExecutionView:
        """Ends it before it acts."""
        application, person = self._application(), caller_of(request.resolved_event.raw_event).name
        return execution_seen(application.approvals.cancel(execution_id, person, application.now()))

    def policies(self) -> PoliciesView:
        """How far the agent may go by itself, by service, action and environment."""
        return PoliciesView(
            policies=tuple(policy_seen(one) for one in self._application().autonomy_policies.all())
        )

    def keep_policy(self, body: Annotated[PolicyBody, Body()], request: Request) -> PolicyView:
        """Says how far the agent may go by itself, and gives back autonomy that a failure took away."""
        application, person = self._application(), caller_of(request.resolved_event.raw_event).name
        policy = Policy(
            key=PolicyKey(body.service, body.action, body.environment),
            ceiling=body.ceiling,
            min_confidence=body.min_confidence,
            min_outcomes=body.min_outcomes,
            updated_by=person,
            updated_at=application.now(),
        )
        return policy_seen(application.autonomy_policies.keep(policy))
