"""Discovers Amazon ECS services of all clusters, with their tags."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Final

from cloudops.adapters.aws.client import Page, paginate, translate_aws_errors
from cloudops.adapters.discovery.tags import discovered_resource, tags_of
from cloudops.catalog.declaration import Platform, Target
from cloudops.catalog.discovered import DiscoveredResource, DiscoverySnapshot
from cloudops.core.errors import Unavailable
from cloudops.core.time import EpochMillis

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient


MAX_SERVICES_PER_CALL: Final = 10
"""The limit of DescribeServices."""
_TOKEN: Final = "nextToken"  # noqa: S105 the name of a parameter


class EcsServices:
    """Discovery source: ECS services of one account and region."""

    name: ClassVar = "ecs"
    permissions: ClassVar = ("ecs:ListClusters", "ecs:ListServices", "ecs:DescribeServices")

    def __init__(self, client: "ECSClient", account: str, region: str) -> None:
        self._client = client
        self._account = account
        self._region = region

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        """Returns the snapshot.

        Raises:
            CloudOpsError: Any page cannot be read. A partial listing would mean that the rest is gone.
        """
        discovered = (
            self._discovered(service) for cluster in self._clusters() for service in self._services(cluster)
        )
        return DiscoverySnapshot(
            source=self.name,
            at=now,
            account=self._account,
            region=self._region,
            lists=(Platform.ECS,),
            resources=tuple(item for item in discovered if item is not None),
        )

    def _clusters(self) -> Iterator[str]:
        for page in paginate("list ECS clusters", self._client.list_clusters, {}, token=_TOKEN):
            yield from page.get("clusterArns", ())

    def _services(self, cluster: str) -> Iterator[Page]:
        operation, request = f"list services of {cluster}", {"cluster": cluster}
        pages = paginate(operation, self._client.list_services, request, token=_TOKEN)
        arns = [arn for page in pages for arn in page.get("serviceArns", ())]
        for start in range(0, len(arns), MAX_SERVICES_PER_CALL):
            batch = arns[start : start + MAX_SERVICES_PER_CALL]
            with translate_aws_errors(f"describe services of {cluster}"):
                response: Page = self._client.describe_services(
                    cluster=cluster, services=batch, include=["TAGS"]
                )
            failed = [item for item in response.get("failures", ()) if item.get("reason") != "MISSING"]
            if failed:
                raise Unavailable(f"describe services of {cluster}: {failed[0].get('reason')}")
            yield from response.get("services", ())

    def _discovered(self, service: Page) -> DiscoveredResource | None:
        if service.get("status") == "INACTIVE":
            return None
        name, cluster = service["serviceName"], service.get("clusterArn", "").rpartition("/")[2]
        target = Target(
            platform=Platform.ECS, name=name, account=self._account, region=self._region, cluster=cluster
        )
        tags = tags_of(service.get("tags", ()), "key", "value")
        return discovered_resource(target, {"ServiceName": name, "ClusterName": cluster}, tags)
