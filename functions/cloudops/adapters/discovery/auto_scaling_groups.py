"""EC2 Auto Scaling: every group that runs a service itself, with its tags."""

from typing import TYPE_CHECKING, ClassVar, Final

from cloudops.adapters.aws.client import Page, paginate
from cloudops.adapters.discovery.tags import resource, tags_of
from cloudops.catalog.declaration import Platform, Target
from cloudops.catalog.discovered import DiscoveredResource, DiscoverySnapshot
from cloudops.core.time import EpochMillis

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient


NODES: Final = frozenset({"eks:cluster-name", "AmazonECSManaged", "karpenter.sh/nodepool"})
"""Tags of groups that are the machines under other services, and no service."""


class AutoScalingGroups:
    name: ClassVar = "asg"
    permissions: ClassVar = ("autoscaling:DescribeAutoScalingGroups",)

    def __init__(self, client: "AutoScalingClient", account: str, region: str) -> None:
        self._client = client
        self._account = account
        self._region = region

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        """Raises CloudOpsError where the listing is not whole."""
        listed = paginate(
            "list Auto Scaling groups", self._client.describe_auto_scaling_groups, {"MaxRecords": 100}
        )
        found = (self._sighting(group) for page in listed for group in page.get("AutoScalingGroups", ()))
        return DiscoverySnapshot(
            source=self.name,
            at=now,
            account=self._account,
            region=self._region,
            lists=(Platform.ASG,),
            resources=tuple(one for one in found if one is not None),
        )

    def _sighting(self, group: Page) -> DiscoveredResource | None:
        tags = tags_of(group.get("Tags", ()))
        if NODES & tags.keys() or any(key.startswith("kubernetes.io/cluster/") for key in tags):
            return None
        name = group["AutoScalingGroupName"]
        target = Target(platform=Platform.ASG, name=name, account=self._account, region=self._region)
        return resource(target, {"AutoScalingGroupName": name}, tags)
