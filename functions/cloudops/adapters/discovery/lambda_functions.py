"""AWS Lambda: every function, with its tags from the Resource Groups Tagging API."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from cloudops.adapters.aws.client import Page, paginate
from cloudops.adapters.discovery.tags import resource, tags_of
from cloudops.catalog.declaration import Platform, Target
from cloudops.catalog.discovered import DiscoveredResource, DiscoverySnapshot
from cloudops.core.time import EpochMillis

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient


class LambdaFunctions:
    """One call for the tags of a hundred functions; asking each function would be a call each."""

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
        """Raises CloudOpsError where the listing is not whole."""
        tags = self._tags()
        listed = paginate(
            "list Lambda functions",
            self._client.list_functions,
            {},
            token="Marker",  # noqa: S106 the name of a parameter
            following="NextMarker",
        )
        found = (self._sighting(one, tags) for page in listed for one in page.get("Functions", ()))
        return DiscoverySnapshot(
            source=self.name,
            at=now,
            account=self._account,
            region=self._region,
            lists=(Platform.LAMBDA,),
            resources=tuple(one for one in found if one is not None),
        )

    def _tags(self) -> dict[str, dict[str, str]]:
        request = {"ResourceTypeFilters": ["lambda:function"], "ResourcesPerPage": 100}
        listed = paginate(
            "list tags of Lambda functions",
            self._tagging.get_resources,
            request,
            token="PaginationToken",  # noqa: S106 the name of a parameter
        )
        return {
            one["ResourceARN"]: tags_of(one.get("Tags", ()))
            for page in listed
            for one in page.get("ResourceTagMappingList", ())
        }

    def _sighting(self, function: Page, tags: Mapping[str, Mapping[str, str]]) -> DiscoveredResource | None:
        name = function["FunctionName"]
        target = Target(platform=Platform.LAMBDA, name=name, account=self._account, region=self._region)
        return resource(target, {"FunctionName": name}, tags.get(function.get("FunctionArn", ""), {}))
