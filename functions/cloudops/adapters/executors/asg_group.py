"""Reads an Auto Scaling group: its sizes, its healthy instances, its latest instance refresh."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.catalog.declaration import Target
from cloudops.core.errors import NotFound
from cloudops.remediation.executor import Permissions

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient


Clients: TypeAlias = "Callable[[Target], AutoScalingClient]"
"""The client for a target's account and region."""

ON_GROUPS: Final = ("autoscaling:*:{account}:autoScalingGroup:*:autoScalingGroupName/*",)
DESCRIBE: Final[Permissions] = {"autoscaling:DescribeAutoScalingGroups": ("*",)}


def describe(client: "AutoScalingClient", target: Target) -> Any:
    """The group as AWS describes it (Any: its shape is the service model's); NotFound names it."""
    with translate_aws_errors(f"describe {target}"):
        answer = client.describe_auto_scaling_groups(AutoScalingGroupNames=[target.name])
    for group in answer["AutoScalingGroups"]:
        if group.get("Status") != "Delete in progress":
            return group
    raise NotFound(f"{target}: no such Auto Scaling group")


def healthy(group: Any) -> int:
    """Instances in service and healthy."""
    return sum(
        one["LifecycleState"] == "InService" and one["HealthStatus"] == "Healthy"
        for one in group["Instances"]
    )


def template_of(group: Any) -> str:
    """What new instances are made of, as a person reads it."""
    mixed = group.get("MixedInstancesPolicy") or {}
    policy = (mixed.get("LaunchTemplate") or {}).get("LaunchTemplateSpecification") or {}
    template = group.get("LaunchTemplate") or policy
    if template:
        return f"{template.get('LaunchTemplateName', '')}:{template.get('Version', '')}"
    return str(group.get("LaunchConfigurationName", ""))


def suspended(group: Any) -> set[str]:
    """Processes that somebody suspended, such as Launch."""
    return {one["ProcessName"] for one in group.get("SuspendedProcesses") or ()}


def latest_refresh(client: "AutoScalingClient", target: Target) -> Any:
    """The latest instance refresh, {} where there was none (Any, as above)."""
    with translate_aws_errors(f"list the instance refreshes of {target}"):
        answer = client.describe_instance_refreshes(AutoScalingGroupName=target.name, MaxRecords=1)
    return next(iter(answer["InstanceRefreshes"]), {})
