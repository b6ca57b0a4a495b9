"""Adds instances to an Auto Scaling group, within its own limits and the catalogue's."""

from typing import Any, ClassVar

from cloudops.adapters.aws.client import aws_errors
from cloudops.adapters.executors.asg_group import (
    DESCRIBE,
    ON_GROUPS,
    Clients,
    describe,
    healthy,
    suspended,
    template_of,
)
from cloudops.adapters.executors.common import MEDDLED, UNDONE, UNTOUCHED, stepped
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.ids import digest
from cloudops.core.time import Instant
from cloudops.remediation.executor import Look, Permissions, Progress, Undone
from cloudops.remediation.plan import Call, Draft, Facts, Observed, Plan, Refusal


class AsgScale:
    """Raises the desired capacity at once, without waiting for a cooldown of the group's own policies. These
    may take the instances away again once the load is gone."""

    permissions: ClassVar[Permissions] = {**DESCRIBE, "autoscaling:SetDesiredCapacity": ON_GROUPS}

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def observe(self, target: Target, now: Instant) -> Observed:
        return _observed(describe(self._clients(target), target), now)

    def plan(self, target: Target, observed: Observed, limits: Limits) -> Draft | Refusal:
        before, most = observed.desired or 0, observed.facts["maximum"]
        if observed.facts["launches"] is False:
            return Refusal(reason="somebody suspended the launch of instances")
        after = stepped(before, limits)
        if isinstance(after, Refusal):
            return after
        after = min(after, most) if isinstance(most, int) else after
        if after <= before:
            return Refusal(reason=f"{before} is the group's maximum size")
        parameters: Facts = {
            "AutoScalingGroupName": target.name,
            "DesiredCapacity": after,
            "HonorCooldown": False,
        }
        return Draft(
            summary=f"from {before} to {after} instances",
            calls=(Call(operation="autoscaling:SetDesiredCapacity", parameters=parameters),),
            before={"desiredCapacity": before},
            after={"desiredCapacity": after},
            disturbs=0,
            count_before=before,
            count_after=after,
        )

    def act(self, plan: Plan, snapshot: Observed, key: str) -> None:
        if not self._set(plan.target, plan.draft.count_before, plan.draft.count_after):
            raise Conflict(f"{plan.target}: somebody else changed it")

    def look(self, plan: Plan, snapshot: Observed, key: str, now: Instant) -> Look:
        seen = _observed(describe(self._clients(plan.target), plan.target), now)
        progress = Progress.SETTLED if seen.settled else Progress.MOVING
        return Look(
            progress=progress, reason=f"{seen.healthy} of {seen.desired} instances serve", observed=seen
        )

    def undo(self, plan: Plan, snapshot: Observed, key: str) -> Undone:
        group = describe(self._clients(plan.target), plan.target)
        if group["DesiredCapacity"] == plan.draft.count_before:
            return UNTOUCHED
        undone = self._set(plan.target, plan.draft.count_after, plan.draft.count_before)
        return UNDONE if undone else MEDDLED

    def _set(self, target: Target, now: int | None, then: int | None) -> bool:
        """Whether the group's desired capacity is as wanted: not where it was neither."""
        client = self._clients(target)
        desired = describe(client, target)["DesiredCapacity"]
        if desired == then:
            return True
        if desired != now or then is None:
            return False
        with aws_errors(f"scale {target}"):
            client.set_desired_capacity(
                AutoScalingGroupName=target.name, DesiredCapacity=then, HonorCooldown=False
            )
        return True


def _observed(group: Any, now: Instant) -> Observed:
    desired, serving = group["DesiredCapacity"], healthy(group)
    return Observed(
        at=now,
        mark=digest(str(desired), str(group["MaxSize"]), template_of(group)),
        desired=desired,
        healthy=serving,
        settled=serving >= desired,
        facts={
            "desiredCapacity": desired,
            "maximum": group["MaxSize"],
            "launches": "Launch" not in suspended(group),
        },
    )
