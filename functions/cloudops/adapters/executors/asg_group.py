"""Reads an EC2 Auto Scaling group: sizes, healthy instances, launch template, latest instance refresh."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.catalog.declaration import Target
from cloudops.core.errors import NotFound
from cloudops.remediation.executor import Permissions, RolloutLimits, limits_by_batches
from cloudops.remediation.plan import Facts, TargetState

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient


Clients: TypeAlias = "Callable[[Target], AutoScalingClient]"
"""Returns the client for a target's account and region."""

GROUP_ARNS: Final = ("autoscaling:*:{account}:autoScalingGroup:*:autoScalingGroupName/*",)
DESCRIBE_GROUPS: Final[Permissions] = {"autoscaling:DescribeAutoScalingGroups": ("*",)}


def describe_group(client: "AutoScalingClient", target: Target) -> Any:
    """Reads the group as AWS returns it (Any: the service model defines its shape).

    Raises:
        NotFound: There is no such group, or it is being deleted.
    """
    with translate_aws_errors(f"describe {target}"):
        response = client.describe_auto_scaling_groups(AutoScalingGroupNames=[target.name])
    for group in response["AutoScalingGroups"]:
        if group.get("Status") != "Delete in progress":
            return group
    raise NotFound(f"{target}: no such Auto Scaling group")


def healthy_instances(group: Any) -> int:
    """Returns the number of instances that are in service and healthy."""
    return sum(
        one["LifecycleState"] == "InService" and one["HealthStatus"] == "Healthy"
        for one in group["Instances"]
    )


def launch_template(group: Any) -> str:
    """Returns the launch template of new instances as "name:version", or the name of the launch
    configuration."""
    mixed = group.get("MixedInstancesPolicy") or {}
    policy = (mixed.get("LaunchTemplate") or {}).get("LaunchTemplateSpecification") or {}
    template = group.get("LaunchTemplate") or policy
    if template:
        return f"{template.get('LaunchTemplateName', '')}:{template.get('Version', '')}"
    return str(group.get("LaunchConfigurationName", ""))


def suspended_processes(group: Any) -> set[str]:
    """Returns the names of suspended scaling processes, such as Launch."""
    return {one["ProcessName"] for one in group.get("SuspendedProcesses") or ()}


MAX_REFRESHES: Final = 100
"""Instance refreshes that one call returns, the newest first; AWS keeps those of the last six weeks."""


def refreshes_of(client: "AutoScalingClient", target: Target) -> list[Any]:
    """Reads the latest instance refreshes, the newest first (Any, as above)."""
    with translate_aws_errors(f"list the instance refreshes of {target}"):
        response = client.describe_instance_refreshes(
            AutoScalingGroupName=target.name, MaxRecords=MAX_REFRESHES
        )
    return list(response["InstanceRefreshes"])


LAUNCH_SECONDS: Final = 600
"""Seconds for an instance to be launched, started and configured, beside its warm-up. Three minutes are
usual; a large image or a script of ten minutes is not rare."""
DEREGISTRATION_SECONDS: Final = 300
"""The default deregistration delay of a target group, which a terminated instance waits for
(https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html)."""


def instance_facts(group: Any) -> Facts:
    """Returns the seconds that one instance takes to be replaced: its launch, its warm-up and the termination
    of its predecessor.

    The warm-up is the group's `DefaultInstanceWarmup`, else its health check grace period
    (https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-instance-refresh-default-values.html).
    """
    warm_up = group.get("DefaultInstanceWarmup")
    grace = group.get("HealthCheckGracePeriod", 0) if warm_up is None else warm_up
    balanced = group.get("TargetGroupARNs") or group.get("LoadBalancerNames") or ()
    return {"instanceSeconds": LAUNCH_SECONDS + grace + (DEREGISTRATION_SECONDS if balanced else 0)}


def instance_limits(snapshot: TargetState, *, batches: int) -> RolloutLimits:
    """Returns the limits for instances that are launched or replaced in batches."""
    seconds = int(snapshot.facts["instanceSeconds"] or 0)
    return limits_by_batches(stall_seconds=seconds, batches=batches, batch_seconds=seconds)
