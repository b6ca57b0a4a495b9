"""Amazon ECS: every service of every cluster, with its tags."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Final

from cloudops.adapters.aws.client import Page, paginate, translate_aws_errors
from cloudops.adapters.discovery.tags import resource, tags_of
from cloudops.catalog.declaration import Platform, Target
from cloudops.catalog.discovered import DiscoveredResource, DiscoverySnapshot
from cloudops.core.errors import Unavailable
from cloudops.core.time import EpochMillis

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient


AT_ONCE: Final = 10
"""Services that DescribeServices takes in one call."""
_TOKEN: Final = "nextToken"  # noqa: S105 the name of a parameter


class EcsServices:
    name: ClassVar = "ecs"
    permissions: ClassVar = ("ecs:ListClusters", "ecs:ListServices", "ecs:DescribeServices")

    def __init__(self, client: "ECSClient", account: str, region: str) -> None:
        self._client = client
        self._account = account
        self._region = region

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        """Raises CloudOpsError where the listing is not whole: half of one would say the rest is gone."""
        found = (
            self._sighting(service) for cluster in self._clusters() for service in self._services(cluster)
        )
        return DiscoverySnapshot(
            source=self.name,
            at=now,
            account=self._account,
            region=self._region,
            lists=(Platform.ECS,),
            resources=tuple(one for one in found if one is not None),
        )

    def _clusters(self) -> Iterator[str]:
        for page in paginate("list ECS clusters", self._client.list_clusters, {}, token=_TOKEN):
            yield from page.get("clusterArns", ())

    def _services(self, cluster: str) -> Iterator[Page]:
        doing, request = f"list services of {cluster}", {"cluster": cluster}
        listed = paginate(doing, self._client.list_services, request, token=_TOKEN)
        arns = [arn for page in listed for arn in page.get("serviceArns", ())]
        for start in range(0, len(arns), AT_ONCE):
            some = arns[start : start + AT_ONCE]
            with translate_aws_errors(f"describe services of {cluster}"):
                answer: Page = self._client.describe_services(
                    cluster=cluster, services=some, include=["TAGS"]
                )
            failed = [one for one in answer.get("failures", ()) if one.get("reason") != "MISSING"]
            if failed:
                raise Unavailable(f"describe services of {cluster}: {failed[0].get('reason')}")
            yield from answer.get("services", ())

    def _sighting(self, service: Page) -> DiscoveredResource | None:
        if service.get("status") == "INACTIVE":
            return None
        name, cluster = service["serviceName"], service.get("clusterArn", "").rpartition("/")[2]
        target = Target(
            platform=Platform.ECS, name=name, account=self._account, region=self._region, cluster=cluster
        )
        tags = tags_of(service.get("tags", ()), "key", "value")
        return resource(target, {"ServiceName": name, "ClusterName": cluster}, tags)
