"""Discovers AWS Lambda functions, with their tags from the Resource Groups Tagging API."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from cloudops.adapters.aws.client import Page, paginate
from cloudops.adapters.discovery.tags import discovered_resource, tags_of
from cloudops.catalog.declaration import Platform, Target
from cloudops.catalog.discovered import DiscoveredResource, DiscoverySnapshot
from cloudops.core.time import EpochMillis

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient


class LambdaFunctions:
    """Discovery source: functions of one account and region.

    One call of the tagging API returns the tags of a hundred functions; Lambda's own API needs a call each.
    """

    name: ClassVar = "lambda"
    permissions: ClassVar = ("lambda:ListFunctions", "tag:GetResources")

    def __init__(
        self, client: "LambdaClient", tagging: "ResourceGroupsTaggingAPIClient", account: str, region: str
    ) -> None:
        self._client = client
        self._tagging = tagging
        self._account = account
        self._region = region

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        """Returns the snapshot. Raises CloudOpsError if any page cannot be read."""
        tags = self._tags()
        pages = paginate(
            "list Lambda functions",
            self._client.list_functions,
            {},
            token="Marker",  # noqa: S106 the name of a parameter
            next_field="NextMarker",
        )
        discovered = (self._discovered(item, tags) for page in pages for item in page.get("Functions", ()))
        return DiscoverySnapshot(
            source=self.name,
            at=now,
            account=self._account,
            region=self._region,
            lists=(Platform.LAMBDA,),
            resources=tuple(item for item in discovered if item is not None),
        )

    def _tags(self) -> dict[str, dict[str, str]]:
        request = {"ResourceTypeFilters": ["lambda:function"], "ResourcesPerPage": 100}
        pages = paginate(
            "list tags of Lambda functions",
            self._tagging.get_resources,
            request,
            token="PaginationToken",  # noqa: S106 the name of a parameter
        )
        return {
            item["ResourceARN"]: tags_of(item.get("Tags", ()))
            for page in pages
            for item in page.get("ResourceTagMappingList", ())
        }

    def _discovered(self, function: Page, tags: Mapping[str, Mapping[str, str]]) -> DiscoveredResource | None:
        name = function["FunctionName"]
        target = Target(platform=Platform.LAMBDA, name=name, account=self._account, region=self._region)
        return discovered_resource(
            target, {"FunctionName": name}, tags.get(function.get("FunctionArn", ""), {})
        )
