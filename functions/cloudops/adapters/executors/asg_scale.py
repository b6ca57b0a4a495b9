"""Scales an Auto Scaling group out, within its maximum size and the limits of the catalog."""

from typing import Any, ClassVar

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.executors.asg_group import (
    DESCRIBE_GROUPS,
    GROUP_ARNS,
    Clients,
    describe_group,
    healthy_instances,
    instance_facts,
    instance_limits,
    launch_template,
    suspended_processes,
)
from cloudops.adapters.executors.common import (
    CHANGED_BY_OTHERS,
    ROLLED_BACK,
    SHOWN_WITHIN,
    UNTOUCHED,
    next_count,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import (
    Permissions,
    Progress,
    RollbackResult,
    RolloutLimits,
    RolloutStatus,
)
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState
from cloudops.remediation.versions import VersionHistory


class AsgScale:
    """Executor that raises the desired capacity.

    It does not wait for the cooldown of the group's scaling policies. Those may remove the instances when the
    load is gone.
    """

    permissions: ClassVar[Permissions] = {**DESCRIBE_GROUPS, "autoscaling:SetDesiredCapacity": GROUP_ARNS}

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        return _observed(describe_group(self._clients(target), target), now)

    def plan(
        self, target: Target, observed: TargetState, limits: Limits, history: VersionHistory
    ) -> PlannedChange | PlanRejected:
        before, maximum = observed.desired or 0, observed.facts["maximum"]
        if observed.facts["launches"] is False:
            return PlanRejected(reason="the launch of instances is suspended in the group")
        after = next_count(before, limits)
        if isinstance(after, PlanRejected):
            return after
        after = min(after, maximum) if isinstance(maximum, int) else after
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
            raise Conflict(f"{plan.target}: its desired capacity was changed after the plan")

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        """Reads the group. It is superseded if it has another capacity than that of the plan, set by a
        scaling policy or a person, or another launch template, since that may be what helped."""
        state = _observed(describe_group(self._clients(plan.target), plan.target), now)
        before, after = plan.draft.count_before, plan.draft.count_after
        progress = Progress.SETTLED if state.settled else Progress.MOVING
        reason = f"{state.healthy} of {state.desired} instances are healthy and in service"
        if state.facts["template"] != snapshot.facts["template"]:
            progress, reason = Progress.SUPERSEDED, f"the launch template is {state.facts['template']} now"
        elif state.desired == before and now - snapshot.at < SHOWN_WITHIN:
            progress, reason = Progress.MOVING, "EC2 Auto Scaling does not show the change yet"
        elif state.desired != after:
            progress = Progress.SUPERSEDED
            reason = f"the desired capacity is {state.desired}, not {after} as after the action"
        return RolloutStatus(
            progress=progress,
            reason=reason,
            observed=state,
            progress_mark=f"{state.desired}/{state.healthy}",
        )

    def rollout_limits(self, plan: Plan, snapshot: TargetState) -> RolloutLimits:
        return instance_limits(snapshot, batches=1)

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        group = describe_group(self._clients(plan.target), plan.target)
        if group["DesiredCapacity"] == plan.draft.count_before:
            return UNTOUCHED
        rolled_back = self._set(plan.target, plan.draft.count_after, plan.draft.count_before)
        return ROLLED_BACK if rolled_back else CHANGED_BY_OTHERS

    def _set(self, target: Target, current: int | None, requested: int | None) -> bool:
        """Sets the desired capacity from `current` to `requested`.

        Returns:
            Whether it is `requested` now. False, without a change, if it was neither.
        """
        client = self._clients(target)
        desired = describe_group(client, target)["DesiredCapacity"]
        if desired == requested:
            return True
        if desired != current or requested is None:
            return False
        with translate_aws_errors(f"scale {target}"):
            client.set_desired_capacity(
                AutoScalingGroupName=target.name, DesiredCapacity=requested, HonorCooldown=False
            )
        return True


def _observed(group: Any, now: EpochMillis) -> TargetState:
    desired, in_service = group["DesiredCapacity"], healthy_instances(group)
    return TargetState(
        at=now,
        mark=stable_id(str(desired), str(group["MaxSize"]), launch_template(group)),
        desired=desired,
        healthy=in_service,
        settled=in_service >= desired,
        facts={
            "desiredCapacity": desired,
            "maximum": group["MaxSize"],
            "launches": "Launch" not in suspended_processes(group),
            "template": launch_template(group),
            **instance_facts(group),
        },
    )
