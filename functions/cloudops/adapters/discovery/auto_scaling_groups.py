"""Discovers EC2 Auto Scaling groups that run a service, with their tags."""

from typing import TYPE_CHECKING, ClassVar, Final

from cloudops.adapters.aws.client import Page, paginate
from cloudops.adapters.discovery.tags import discovered_resource, tags_of
from cloudops.catalog.declaration import Platform, Target
from cloudops.catalog.discovered import DiscoveredResource, DiscoverySnapshot
from cloudops.core.time import EpochMillis

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient


NODE_GROUP_TAGS: Final = frozenset({"eks:cluster-name", "AmazonECSManaged", "karpenter.sh/nodepool"})
"""Tags of groups that are the nodes of a cluster, not a service."""


class AutoScalingGroups:
    """Discovery source: Auto Scaling groups of one account and region."""

    name: ClassVar = "asg"
    permissions: ClassVar = ("autoscaling:DescribeAutoScalingGroups",)

    def __init__(self, client: "AutoScalingClient", account: str, region: str) -> None:
        self._client = client
        self._account = account
        self._region = region

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        """Returns the snapshot. Raises CloudOpsError if any page cannot be read."""
        pages = paginate(
            "list Auto Scaling groups", self._client.describe_auto_scaling_groups, {"MaxRecords": 100}
        )
        discovered = (
            self._discovered(group) for page in pages for group in page.get("AutoScalingGroups", ())
        )
        return DiscoverySnapshot(
            source=self.name,
            at=now,
            account=self._account,
            region=self._region,
            lists=(Platform.ASG,),
            resources=tuple(item for item in discovered if item is not None),
        )

    def _discovered(self, group: Page) -> DiscoveredResource | None:
        tags = tags_of(group.get("Tags", ()))
        if NODE_GROUP_TAGS & tags.keys() or any(key.startswith("kubernetes.io/cluster/") for key in tags):
            return None
        name = group["AutoScalingGroupName"]
        target = Target(platform=Platform.ASG, name=name, account=self._account, region=self._region)
        return discovered_resource(target, {"AutoScalingGroupName": name}, tags)
