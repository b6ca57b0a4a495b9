"""Scales an ECS service out, and raises the minimum of its auto scaling first."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from msgspec.structs import replace

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.executors.common import (
    CHANGED_BY_OTHERS,
    ROLLED_BACK,
    SHOWN_WITHIN,
    UNTOUCHED,
    next_count,
)
from cloudops.adapters.executors.ecs_service import (
    DESCRIBE_SERVICES,
    UPDATE_SERVICE,
    Clients,
    bounds_of,
    deployment_limits,
    describe_service,
    not_shown_yet,
    other_version,
    primary_of,
    rollout_of,
    service_state,
    set_minimum,
    superseded_by,
    with_facts,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import (
    Permissions,
    Progress,
    RollbackOutcome,
    RollbackResult,
    RolloutLimits,
    RolloutStatus,
)
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState
from cloudops.remediation.versions import VersionHistory

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient


ScalingClients: TypeAlias = "Callable[[Target], ApplicationAutoScalingClient]"
"""Returns the client for a target's account and region."""

SCALABLE_TARGET_ARNS: Final = ("application-autoscaling:*:{account}:scalable-target/*",)


_MINIMUM_RESTORED: Final = RollbackResult(
    undoing=RollbackOutcome.CHANGED_BY_OTHERS,
    reason="the minimum is restored; auto scaling or others changed the count since the action",
)


class EcsScale:
    """Executor that raises the desired count.

    Auto scaling would remove the new tasks, because its metrics do not require them. If the service has auto
    scaling, its minimum is raised first, and stays until a person lowers it.
    """

    permissions: ClassVar[Permissions] = {
        **DESCRIBE_SERVICES,
        **UPDATE_SERVICE,
        "application-autoscaling:DescribeScalableTargets": ("*",),
        "application-autoscaling:RegisterScalableTarget": SCALABLE_TARGET_ARNS,
    }

    def __init__(self, clients: Clients, scaling: ScalingClients) -> None:
        self._clients = clients
        self._scaling = scaling

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        service = describe_service(self._clients(target), target)
        bounds = bounds_of(self._scaling(target), target)
        state = service_state(service, now, service["desiredCount"], bounds)
        state = with_facts(state, blocked=_blocker(service))
        return state if bounds is None else with_facts(state, least=bounds.minimum, most=bounds.maximum)

    def plan(
        self, target: Target, observed: TargetState, limits: Limits, history: VersionHistory
    ) -> PlannedChange | PlanRejected:
        if blocked := observed.facts["blocked"]:
            return PlanRejected(reason=str(blocked))
        before, maximum = observed.desired or 0, observed.facts.get("most")
        after = next_count(before, limits)
        if isinstance(after, PlanRejected):
            return after
        calls, minimum = [], observed.facts.get("least")
        if isinstance(maximum, int):
            after = min(after, maximum)
            if after <= before:
                return PlanRejected(reason=f"{maximum} is the maximum of its auto scaling")
        counts: tuple[Facts, Facts] = ({"desiredCount": before}, {"desiredCount": after})
        if isinstance(minimum, int) and minimum < after:
            counts = (
                {"desiredCount": before, "minCapacity": minimum},
                {"desiredCount": after, "minCapacity": after},
            )
            resource = f"service/{target.cluster}/{target.name}"
            parameters: Facts = {"ResourceId": resource, "MinCapacity": after}
            calls.append(
                Call(operation="application-autoscaling:RegisterScalableTarget", parameters=parameters)
            )
        minimum_stays = ", by the minimum of its auto scaling, which stays" if calls else ""
        update: Facts = {"cluster": target.cluster, "service": target.name, "desiredCount": after}
        calls.append(Call(operation="ecs:UpdateService", parameters=update))
        return PlannedChange(
            summary=f"from {before} to {after} tasks{minimum_stays}",
            calls=tuple(calls),
            before=counts[0],
            after=counts[1],
            disturbs=0,
            count_before=before,
            count_after=after,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        client, target, draft = self._clients(plan.target), plan.target, plan.draft
        service = describe_service(client, target)
        if service.get("taskDefinition", "") != snapshot.facts["taskDefinition"]:
            raise Conflict(f"{target}: another version was deployed after the plan")
        if not self._set_minimum(target, draft.before, draft.after):
            raise Conflict(f"{target}: its auto scaling was changed after the plan")
        if not self._set_count(target, service["desiredCount"], draft.before, draft.after):
            raise Conflict(f"{target}: it was scaled after the plan")

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        """Reads the progress. It is superseded if the count, or the minimum of auto scaling, is not that of
        the plan, or if another version was deployed, since that may be what helped."""
        service = describe_service(self._clients(plan.target), plan.target)
        state = service_state(service, now, service["desiredCount"])
        wanted = snapshot.facts["taskDefinition"]
        if service.get("taskDefinition", "") != wanted:
            return superseded_by(service, state, other_version(service, wanted))
        if "minCapacity" in plan.draft.after:
            return self._under_auto_scaling(plan, service, state)
        count, before, after = service["desiredCount"], plan.draft.count_before, plan.draft.count_after
        if count == after:
            return rollout_of(service, state)
        if count == before and now - snapshot.at < SHOWN_WITHIN:
            return not_shown_yet(service, state)
        return superseded_by(service, state, f"{count} tasks are requested, not {after}")

    def _under_auto_scaling(self, plan: Plan, service: Any, state: TargetState) -> RolloutStatus:
        """Returns the status where the plan raised the minimum of auto scaling, which may add more tasks."""
        bounds, wanted = bounds_of(self._scaling(plan.target), plan.target), plan.draft.after["minCapacity"]
        if bounds is None:
            return superseded_by(service, state, "its auto scaling was removed after the action")
        if bounds.minimum != wanted:
            what_runs = f"the minimum of auto scaling is {bounds.minimum}, not {wanted}"
            return superseded_by(service, state, what_runs)
        status = rollout_of(service, state)
        if status.progress is Progress.SETTLED and service["desiredCount"] < (plan.draft.count_after or 0):
            waiting = f"auto scaling still requests {service['desiredCount']} tasks"
            return replace(status, progress=Progress.MOVING, reason=waiting)
        return status

    def rollout_limits(self, plan: Plan, snapshot: TargetState) -> RolloutLimits:
        return deployment_limits(plan, snapshot)

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        target, before, after = plan.target, plan.draft.before, plan.draft.after
        count = describe_service(self._clients(target), target)["desiredCount"]
        bounds = bounds_of(self._scaling(target), target) if "minCapacity" in before else None
        if count == before["desiredCount"] and (bounds is None or bounds.minimum == before["minCapacity"]):
            return UNTOUCHED
        if not self._set_minimum(target, after, before):
            return CHANGED_BY_OTHERS
        if self._set_count(target, count, after, before):
            return ROLLED_BACK
        return CHANGED_BY_OTHERS if bounds is None else _MINIMUM_RESTORED

    def _set_minimum(self, target: Target, current: Facts, requested: Facts) -> bool:
        """Sets the minimum of auto scaling, if the change contains one.

        Returns:
            Whether it is `requested` now. False, without a change, if it was neither.
        """
        minimum = requested.get("minCapacity")
        if not isinstance(minimum, int):
            return True
        client = self._scaling(target)
        bounds = bounds_of(client, target)
        if bounds is None or bounds.minimum not in (current["minCapacity"], minimum):
            return False
        if bounds.minimum != minimum:
            set_minimum(client, target, minimum)
        return True

    def _set_count(self, target: Target, count: int, current: Facts, requested: Facts) -> bool:
        """Sets the desired count; `count` is the one just read.

        Returns:
            Whether it is `requested` now. False, without a change, if it was neither.
        """
        desired = requested["desiredCount"]
        if count == desired:
            return True
        if count != current["desiredCount"] or not isinstance(desired, int):
            return False
        with translate_aws_errors(f"scale {target}"):
            self._clients(target).update_service(
                cluster=target.cluster, service=target.name, desiredCount=desired
            )
        return True


def _blocker(service: Any) -> str:
    """Returns why ECS would start no more tasks (Any: the service model defines the shape of a service), or
    ""."""
    if service.get("schedulingStrategy") == "DAEMON":
        return "the service is a daemon: it runs one task on each instance"
    if primary_of(service).get("rolloutState") == "FAILED":
        return "its deployment has failed, and ECS starts no tasks of a failed deployment: roll back first"
    return ""
