"""Replaces the instances of an Auto Scaling group by new ones of the same launch template."""

from typing import TYPE_CHECKING, Any, ClassVar, Final

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.executors.asg_group import (
    DESCRIBE,
    ON_GROUPS,
    Clients,
    describe,
    healthy,
    latest_refresh,
    suspended,
    template_of,
)
from cloudops.adapters.executors.common import UNTOUCHED, irreversible
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Permissions, Progress, RollbackResult, RolloutStatus
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient


MIN_HEALTHY: Final = 100
MAX_HEALTHY: Final = 110
"""Percent of the desired capacity: new instances are launched before old ones are terminated."""
SET_ASIDE: Final = "Ignore"
"""What becomes of instances in standby or protected from scale-in: by default a refresh would wait an hour
for them."""
_NEEDED: Final = frozenset({"Launch", "Terminate"})
_OVER: Final = {
    "Successful": Progress.SETTLED,
    "Failed": Progress.FAILED,
    "Canceled": Progress.FAILED,
    "RollbackFailed": Progress.FAILED,
    "RollbackSuccessful": Progress.FAILED,
}
"""Statuses of an instance refresh that is at its end; in all others it is on its way."""


class AsgRestart:
    """By an instance refresh. Auto Scaling takes no name of ours, so an act that was begun before is known by
    a refresh that is newer than the snapshot's latest."""

    permissions: ClassVar[Permissions] = {
        **DESCRIBE,
        "autoscaling:DescribeInstanceRefreshes": ("*",),
        "autoscaling:StartInstanceRefresh": ON_GROUPS,
    }

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        client = self._clients(target)
        return _observed(describe(client, target), latest_refresh(client, target), now)

    def plan(self, target: Target, observed: TargetState, limits: Limits) -> PlannedChange | PlanRejected:
        if not observed.desired:
            return PlanRejected(reason="no instance is wanted, so there is none to replace")
        if observed.facts["refreshing"]:
            return PlanRejected(reason=f"instance refresh {observed.facts['refresh']} is under way already")
        if observed.facts["suspended"]:
            return PlanRejected(reason=f"somebody suspended {observed.facts['suspended']}")
        parameters: Facts = {
            "AutoScalingGroupName": target.name,
            "MinHealthyPercentage": MIN_HEALTHY,
            "MaxHealthyPercentage": MAX_HEALTHY,
            "ScaleInProtectedInstances": SET_ASIDE,
            "StandbyInstances": SET_ASIDE,
        }
        return PlannedChange(
            summary=f"replace {observed.desired} instances by new ones of {observed.facts['template']}",
            calls=(Call(operation="autoscaling:StartInstanceRefresh", parameters=parameters),),
            before={"refresh": observed.facts["refresh"]},
            after={"refresh": "a new one", "template": observed.facts["template"]},
            disturbs=0,
            reversible=False,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        client = self._clients(plan.target)
        if template_of(describe(client, plan.target)) != snapshot.facts["template"]:
            raise Conflict(f"{plan.target}: somebody else changed its launch template")
        if _begun(client, plan.target, snapshot):
            return
        with translate_aws_errors(f"restart {plan.target}"):
            client.start_instance_refresh(
                AutoScalingGroupName=plan.target.name,
                Preferences={
                    "MinHealthyPercentage": MIN_HEALTHY,
                    "MaxHealthyPercentage": MAX_HEALTHY,
                    "ScaleInProtectedInstances": SET_ASIDE,
                    "StandbyInstances": SET_ASIDE,
                },
            )

    def look(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        client = self._clients(plan.target)
        refresh = latest_refresh(client, plan.target)
        status = refresh.get("Status", "")
        done = refresh.get("PercentageComplete") or 0
        why = f": {refresh['StatusReason']}" if refresh.get("StatusReason") else ""
        return RolloutStatus(
            progress=_OVER.get(status, Progress.MOVING),
            reason=f"the instance refresh is {status or 'not there'}, {done}%{why}",
            observed=_observed(describe(client, plan.target), refresh, now),
        )

    def undo(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        refresh = _begun(self._clients(plan.target), plan.target, snapshot)
        if not refresh:
            return UNTOUCHED
        if refresh["Status"] in _OVER:
            return irreversible("what was replaced stays replaced")
        # It may be somebody else's by now, so that nobody stops it but a person.
        return irreversible(f"instance refresh {refresh['InstanceRefreshId']} is under way still")


def _begun(client: "AutoScalingClient", target: Target, snapshot: TargetState) -> Any:
    """The refresh that is newer than the snapshot's latest, {} where there is none (Any, as AWS tells it)."""
    refresh = latest_refresh(client, target)
    return refresh if refresh.get("InstanceRefreshId", "") != snapshot.facts["refresh"] else {}


def _observed(group: Any, refresh: Any, now: EpochMillis) -> TargetState:
    desired, serving = group["DesiredCapacity"], healthy(group)
    name, status = refresh.get("InstanceRefreshId", ""), refresh.get("Status", "Successful")
    return TargetState(
        at=now,
        mark=stable_id(name, template_of(group)),
        desired=desired,
        healthy=serving,
        settled=serving >= desired and status in _OVER,
        facts={
            "refresh": name,
            "refreshing": status not in _OVER,
            "template": template_of(group),
            "suspended": ", ".join(sorted(suspended(group) & _NEEDED)),
        },
    )
