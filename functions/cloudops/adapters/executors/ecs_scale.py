"""Adds tasks to an ECS service, and raises the minimum of its auto scaling with them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.executors.common import CHANGED_BY_OTHERS, UNDONE, UNTOUCHED, next_count
from cloudops.adapters.executors.ecs_service import (
    DESCRIBE,
    UPDATE,
    Clients,
    bounds_of,
    describe,
    look_at,
    observed,
    set_least,
    with_facts,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Permissions, RollbackOutcome, RollbackResult, RolloutStatus
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient


ScalingClients: TypeAlias = "Callable[[Target], ApplicationAutoScalingClient]"
"""The client for a target's account and region."""

SCALABLE = ("application-autoscaling:*:{account}:scalable-target/*",)


_LEAST_IS_BACK: Final = RollbackResult(
    undoing=RollbackOutcome.CHANGED_BY_OTHERS,
    reason="its minimum is what it was; its auto scaling or somebody else changed the count since",
)


class EcsScale:
    """Auto scaling takes a service back to what its metrics ask for, so where the service has it, its minimum
    goes up first, and stays until somebody lowers it. Without that the tasks would go as they came."""

    permissions: ClassVar[Permissions] = {
        **DESCRIBE,
        **UPDATE,
        "application-autoscaling:DescribeScalableTargets": ("*",),
        "application-autoscaling:RegisterScalableTarget": SCALABLE,
    }

    def __init__(self, clients: Clients, scaling: ScalingClients) -> None:
        self._clients = clients
        self._scaling = scaling

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        service = describe(self._clients(target), target)
        bounds = bounds_of(self._scaling(target), target)
        seen = observed(service, now, service["desiredCount"], bounds)
        return seen if bounds is None else with_facts(seen, least=bounds.least, most=bounds.most)

    def plan(self, target: Target, observed: TargetState, limits: Limits) -> PlannedChange | PlanRejected:
        before, most = observed.desired or 0, observed.facts.get("most")
        after = next_count(before, limits)
        if isinstance(after, PlanRejected):
            return after
        calls, least = [], observed.facts.get("least")
        if isinstance(most, int):
            after = min(after, most)
            if after <= before:
                return PlanRejected(reason=f"{most} is the maximum of its auto scaling")
        counts: tuple[Facts, Facts] = ({"desiredCount": before}, {"desiredCount": after})
        if isinstance(least, int) and least < after:
            counts = (
                {"desiredCount": before, "minCapacity": least},
                {"desiredCount": after, "minCapacity": after},
            )
            resource = f"service/{target.cluster}/{target.name}"
            parameters: Facts = {"ResourceId": resource, "MinCapacity": after}
            calls.append(
                Call(operation="application-autoscaling:RegisterScalableTarget", parameters=parameters)
            )
        update: Facts = {"cluster": target.cluster, "service": target.name, "desiredCount": after}
        calls.append(Call(operation="ecs:UpdateService", parameters=update))
        return PlannedChange(
            summary=f"from {before} to {after} tasks",
            calls=tuple(calls),
            before=counts[0],
            after=counts[1],
            disturbs=0,
            count_before=before,
            count_after=after,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        client, target, draft = self._clients(plan.target), plan.target, plan.draft
        service = describe(client, target)
        if service.get("taskDefinition", "") != snapshot.facts["taskDefinition"]:
            raise Conflict(f"{target}: somebody else deployed another version")
        if not self._set_least(target, draft.before, draft.after):
            raise Conflict(f"{target}: somebody else changed its auto scaling")
        if not self._set_count(target, service["desiredCount"], draft.before, draft.after):
            raise Conflict(f"{target}: somebody else scaled it")

    def look(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        service = describe(self._clients(plan.target), plan.target)
        return look_at(service, observed(service, now, service["desiredCount"]))

    def undo(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        target, before, after = plan.target, plan.draft.before, plan.draft.after
        count = describe(self._clients(target), target)["desiredCount"]
        bounds = bounds_of(self._scaling(target), target) if "minCapacity" in before else None
        if count == before["desiredCount"] and (bounds is None or bounds.least == before["minCapacity"]):
            return UNTOUCHED
        if not self._set_least(target, after, before):
            return CHANGED_BY_OTHERS
        if self._set_count(target, count, after, before):
            return UNDONE
        return CHANGED_BY_OTHERS if bounds is None else _LEAST_IS_BACK

    def _set_least(self, target: Target, now: Facts, then: Facts) -> bool:
        """Whether the minimum is as wanted: not where it was neither."""
        least = then.get("minCapacity")
        if not isinstance(least, int):
            return True
        client = self._scaling(target)
        bounds = bounds_of(client, target)
        if bounds is None or bounds.least not in (now["minCapacity"], least):
            return False
        if bounds.least != least:
            set_least(client, target, least)
        return True

    def _set_count(self, target: Target, count: int, now: Facts, then: Facts) -> bool:
        """Whether the service wants as many tasks as it should: not where it wanted neither."""
        wanted = then["desiredCount"]
        if count == wanted:
            return True
        if count != now["desiredCount"] or not isinstance(wanted, int):
            return False
        with translate_aws_errors(f"scale {target}"):
            self._clients(target).update_service(
                cluster=target.cluster, service=target.name, desiredCount=wanted
            )
        return True
