"""Restarts an Auto Scaling group: an instance refresh replaces its instances, with the same launch
template."""

from itertools import takewhile
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar, Final

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
    refreshes_of,
    suspended_processes,
)
from cloudops.adapters.executors.common import UNTOUCHED, irreversible
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

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient


REFRESH_MIN_HEALTHY_PERCENT: Final = 100
MAX_HEALTHY_PERCENT: Final = 110
"""Percent of the desired capacity: new instances are launched before old ones are terminated."""
IGNORE: Final = "Ignore"
"""Instances in standby or protected from scale-in are not replaced: by default a refresh waits an hour for
them."""
_REQUIRED_PROCESSES: Final = frozenset({"Launch", "Terminate"})
_FINAL: Final = {
    "Successful": Progress.SETTLED,
    "Failed": Progress.FAILED,
    "Cancelled": Progress.SUPERSEDED,
    "RollbackFailed": Progress.FAILED,
    "RollbackSuccessful": Progress.SUPERSEDED,
}
"""Final statuses of an instance refresh, as AWS spells them; in any other status it is in progress. A person
or an alarm cancels a refresh or rolls it back: some instances were replaced, and others not."""


class AsgRestart:
    """Executor that starts an instance refresh.

    StartInstanceRefresh has no idempotency key. An earlier attempt is recognized by a refresh that is newer
    than the latest one of the snapshot.
    """

    permissions: ClassVar[Permissions] = {
        **DESCRIBE_GROUPS,
        "autoscaling:DescribeInstanceRefreshes": ("*",),
        "autoscaling:StartInstanceRefresh": GROUP_ARNS,
    }

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        client = self._clients(target)
        latest: Any = next(iter(refreshes_of(client, target)), {})
        return _observed(describe_group(client, target), latest, now)

    def plan(
        self, target: Target, observed: TargetState, limits: Limits, history: VersionHistory
    ) -> PlannedChange | PlanRejected:
        if not observed.desired:
            return PlanRejected(reason="the desired capacity is 0, so there is no instance to replace")
        if observed.facts["refreshing"]:
            return PlanRejected(reason=f"instance refresh {observed.facts['refresh']} is already in progress")
        if observed.facts["suspended"]:
            return PlanRejected(reason=f"{observed.facts['suspended']} is suspended in the group")
        parameters: Facts = {
            "AutoScalingGroupName": target.name,
            "MinHealthyPercentage": REFRESH_MIN_HEALTHY_PERCENT,
            "MaxHealthyPercentage": MAX_HEALTHY_PERCENT,
            "ScaleInProtectedInstances": IGNORE,
            "StandbyInstances": IGNORE,
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
        if launch_template(describe_group(client, plan.target)) != snapshot.facts["template"]:
            raise Conflict(f"{plan.target}: its launch template was changed after the plan")
        if _newer_refreshes(client, plan.target, snapshot):
            return
        with translate_aws_errors(f"restart {plan.target}"):
            client.start_instance_refresh(
                AutoScalingGroupName=plan.target.name,
                Preferences={
                    "MinHealthyPercentage": REFRESH_MIN_HEALTHY_PERCENT,
                    "MaxHealthyPercentage": MAX_HEALTHY_PERCENT,
                    "ScaleInProtectedInstances": IGNORE,
                    "StandbyInstances": IGNORE,
                },
            )

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        """Reads the refresh that the action started. It is superseded if it was cancelled or rolled back, if
        another refresh followed, or if the group has another launch template."""
        client = self._clients(plan.target)
        newer = _newer_refreshes(client, plan.target, snapshot)
        ours: Any = newer[-1] if newer else {}
        latest: Any = newer[0] if newer else ours
        state = _observed(describe_group(client, plan.target), latest, now)
        status, percent = ours.get("Status", ""), ours.get("PercentageComplete") or 0
        cause = f": {ours['StatusReason']}" if ours.get("StatusReason") else ""
        progress = _FINAL.get(status, Progress.MOVING)
        reason = f"the instance refresh is {status or 'not listed yet'}, {percent}%{cause}"
        if state.facts["template"] != snapshot.facts["template"]:
            progress, reason = Progress.SUPERSEDED, f"the launch template is {state.facts['template']} now"
        elif ours is not latest:
            progress = Progress.SUPERSEDED
            reason = f"instance refresh {latest['InstanceRefreshId']} was started after that of the action"
        return RolloutStatus(
            progress=progress,
            reason=reason,
            observed=state,
            progress_mark=f"{ours.get('InstanceRefreshId', '')}/{status}/{percent}",
        )

    def rollout_limits(self, plan: Plan, snapshot: TargetState) -> RolloutLimits:
        """Returns the limits of the refresh, which replaces as many instances at once as it may launch beside
        the others, one at least."""
        desired = snapshot.desired or 0
        at_once = max(1, desired * (MAX_HEALTHY_PERCENT - REFRESH_MIN_HEALTHY_PERCENT) // 100)
        return instance_limits(snapshot, batches=ceil(desired / at_once))

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        newer = _newer_refreshes(self._clients(plan.target), plan.target, snapshot)
        if not newer:
            return UNTOUCHED
        if newer[0]["Status"] in _FINAL:
            return irreversible("replaced instances cannot be restored")
        # Another client may have started this refresh, so only a person may cancel it.
        return irreversible(f"instance refresh {newer[0]['InstanceRefreshId']} is still in progress")


def _newer_refreshes(client: "AutoScalingClient", target: Target, snapshot: TargetState) -> list[Any]:
    """Returns the refreshes that are newer than the latest one of the snapshot, the newest first (Any: the
    service model defines their shape). The action started the oldest of them: AWS accepts no second refresh
    while one is in progress."""
    last = snapshot.facts["refresh"]
    return list(takewhile(lambda one: one["InstanceRefreshId"] != last, refreshes_of(client, target)))


def _observed(group: Any, refresh: Any, now: EpochMillis) -> TargetState:
    desired, in_service = group["DesiredCapacity"], healthy_instances(group)
    name, status = refresh.get("InstanceRefreshId", ""), refresh.get("Status", "Successful")
    return TargetState(
        at=now,
        mark=stable_id(name, launch_template(group)),
        desired=desired,
        healthy=in_service,
        settled=in_service >= desired and status in _FINAL,
        facts={
            "refresh": name,
            "refreshing": status not in _FINAL,
            "template": launch_template(group),
            "suspended": ", ".join(sorted(suspended_processes(group) & _REQUIRED_PROCESSES)),
            **instance_facts(group),
        },
    )
