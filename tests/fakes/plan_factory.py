"""A plan, and executions in their first states."""

from msgspec.structs import replace

from cloudops.catalog.declaration import Platform, Target
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.remediation.execution import (
    ActionEffect,
    Execution,
    ExecutionOrigin,
    ExecutionStatus,
    approved,
    new_execution,
)
from cloudops.remediation.plan import Call, Plan, PlannedChange
from cloudops.remediation.versions import VersionHistory
from tests.fakes.incident_factory import NOON
from tests.fakes.people import signed_in

TARGET = Target(
    platform=Platform.ECS,
    name="checkout",
    account="111122223333",
    region="eu-west-1",
    environment="prod",
    cluster="shop",
)

NO_HISTORY = VersionHistory(abandoned={}, good={})
"""No execution has left a version."""

PLAN = Plan(
    suggestion_id=SuggestionId("inc_1.scale_service"),
    incident_id=IncidentId("inc_1"),
    action=Action.SCALE_SERVICE,
    service="checkout",
    target=TARGET,
    draft=PlannedChange(
        summary="2 more tasks",
        calls=(Call(operation="ecs:UpdateService", parameters={"desiredCount": 4}),),
        before={"desiredCount": 2},
        after={"desiredCount": 4},
        disturbs=0,
        count_before=2,
        count_after=4,
    ),
    observed_mark="m1",
)


def asked(plan: Plan = PLAN, required_approvals: int = 1, person: str = "Ada", now: int = NOON) -> Execution:
    """Returns an execution that waits for approvals."""
    return new_execution(plan, ExecutionOrigin.APPROVED, person, required_approvals, now)


def ready(plan: Plan = PLAN, person: str = "Ada", now: int = NOON) -> Execution:
    """Returns an execution with the one approval that it needs."""
    return approved(asked(plan, 1, person, now), signed_in(person), now)


def in_status(execution: Execution, status: ExecutionStatus, at: int = NOON) -> Execution:
    """Returns the execution in a status, with the evidence that this status requires."""
    effect = _EFFECTS.get(status)
    acted_at = execution.acted_at if effect is None else at
    alerts = ("a1",) if effect is ActionEffect.HELPED else execution.alerts_before
    return replace(execution, status=status, effect=effect, acted_at=acted_at, alerts_before=alerts)


_EFFECTS = {
    ExecutionStatus.SUCCEEDED: ActionEffect.HELPED,
    ExecutionStatus.FAILED: ActionEffect.NO_BETTER,
    ExecutionStatus.INCONCLUSIVE: ActionEffect.RESOLVED_BY_PERSON,
    ExecutionStatus.SUPERSEDED: ActionEffect.SUPERSEDED,
}
