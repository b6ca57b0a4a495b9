"""Adds instances to an Auto Scaling group, within its own limits and the catalog's."""

from typing import Any, ClassVar

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.executors.asg_group import (
    DESCRIBE,
    ON_GROUPS,
    Clients,
    describe,
    healthy,
    suspended,
    template_of,
)
from cloudops.adapters.executors.common import CHANGED_BY_OTHERS, UNDONE, UNTOUCHED, next_count
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Permissions, Progress, RollbackResult, RolloutStatus
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState


class AsgScale:
    """Raises the desired capacity at once, without waiting for a cooldown of the group's own policies. These
    may take the instances away again once the load is gone."""

    permissions: ClassVar[Permissions] = {**DESCRIBE, "autoscaling:SetDesiredCapacity": ON_GROUPS}

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        return _observed(describe(self._clients(target), target), now)

    def plan(self, target: Target, observed: TargetState, limits: Limits) -> PlannedChange | PlanRejected:
        before, most = observed.desired or 0, observed.facts["maximum"]
        if observed.facts["launches"] is False:
            return PlanRejected(reason="somebody suspended the launch of instances")
        after = next_count(before, limits)
        if isinstance(after, PlanRejected):
            return after
        after = min(after, most) if isinstance(most, int) else after
        if after <= before:
            return PlanRejected(reason=f"{before} is the group's maximum size")
        parameters: Facts = {
            "AutoScalingGroupName": target.name,
            "DesiredCapacity": after,
            "HonorCooldown": False,
        }
        return PlannedChange(
            summary=f"from {before} to {after} instances",
            calls=(Call(operation="autoscaling:SetDesiredCapacity", parameters=parameters),),
            before={"desiredCapacity": before},
            after={"desiredCapacity": after},
            disturbs=0,
            count_before=before,
            count_after=after,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        if not self._set(plan.target, plan.draft.count_before, plan.draft.count_after):
            raise Conflict(f"{plan.target}: somebody else changed it")

    def look(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        seen = _observed(describe(self._clients(plan.target), plan.target), now)
        progress = Progress.SETTLED if seen.settled else Progress.MOVING
        return RolloutStatus(
            progress=progress, reason=f"{seen.healthy} of {seen.desired} instances serve", observed=seen
        )

    def undo(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        group = describe(self._clients(plan.target), plan.target)
        if group["DesiredCapacity"] == plan.draft.count_before:
            return UNTOUCHED
        undone = self._set(plan.target, plan.draft.count_after, plan.draft.count_before)
        return UNDONE if undone else CHANGED_BY_OTHERS

    def _set(self, target: Target, now: int | None, then: int | None) -> bool:
        """Whether the group's desired capacity is as wanted: not where it was neither."""
        client = self._clients(target)
        desired = describe(client, target)["DesiredCapacity"]
        if desired == then:
            return True
        if desired != now or then is None:
            return False
        with translate_aws_errors(f"scale {target}"):
            client.set_desired_capacity(
                AutoScalingGroupName=target.name, DesiredCapacity=then, HonorCooldown=False
            )
        return True


def _observed(group: Any, now: EpochMillis) -> TargetState:
    desired, serving = group["DesiredCapacity"], healthy(group)
    return TargetState(
        at=now,
        mark=stable_id(str(desired), str(group["MaxSize"]), template_of(group)),
        desired=desired,
        healthy=serving,
        settled=serving >= desired,
        facts={
            "desiredCapacity": desired,
            "maximum": group["MaxSize"],
            "launches": "Launch" not in suspended(group),
        },
    )
