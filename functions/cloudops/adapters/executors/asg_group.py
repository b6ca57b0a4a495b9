"""Reads an EC2 Auto Scaling group: sizes, healthy instances, launch template, latest instance refresh."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.catalog.declaration import Target
from cloudops.core.errors import NotFound
from cloudops.remediation.executor import Permissions

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


def latest_refresh(client: "AutoScalingClient", target: Target) -> Any:
    """Reads the latest instance refresh, {} if there was none (Any, as above)."""
    with translate_aws_errors(f"list the instance refreshes of {target}"):
        response = client.describe_instance_refreshes(AutoScalingGroupName=target.name, MaxRecords=1)
    return next(iter(response["InstanceRefreshes"]), {})
