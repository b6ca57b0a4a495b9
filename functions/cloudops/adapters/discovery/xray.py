"""Discovers dependencies in the AWS X-Ray traces of the last hour."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from cloudops.adapters.aws.client import Page, paginate
from cloudops.adapters.discovery.trace_nodes import node_name
from cloudops.catalog.discovered import DiscoverySnapshot, ServiceDependency
from cloudops.core.time import HOUR, SECOND, EpochMillis

if TYPE_CHECKING:
    from mypy_boto3_xray import XRayClient


class XRayGraph:
    """Discovery source: the service graph of one account and region."""

    name: ClassVar = "xray"
    permissions: ClassVar = ("xray:GetServiceGraph",)

    def __init__(self, client: "XRayClient", account: str, region: str) -> None:
        self._client = client
        self._account = account
        self._region = region

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        """Returns the snapshot. Raises CloudOpsError if any page cannot be read."""
        request = {"StartTime": _moment(now - HOUR), "EndTime": _moment(now)}
        pages = paginate("read the X-Ray service graph", self._client.get_service_graph, request)
        nodes = {
            node["ReferenceId"]: node
            for page in pages
            for node in page.get("Services", ())
            if "ReferenceId" in node
        }
        return DiscoverySnapshot(
            source=self.name,
            at=now,
            account=self._account,
            region=self._region,
            calls=tuple(dict.fromkeys(_calls(nodes))),
        )


def _calls(nodes: dict[int, Page]) -> Iterator[ServiceDependency]:
    names = {reference: _name(node) for reference, node in nodes.items()}
    for reference, node in nodes.items():
        for edge in node.get("Edges", ()):
            caller, callee = names[reference], names.get(edge.get("ReferenceId"), "")
            if caller and callee and caller != callee:
                yield ServiceDependency(caller, callee)


def _name(node: Page) -> str:
    return node_name(node.get("Type", ""), node.get("Name", ""))


def _moment(at: EpochMillis) -> datetime:
    return datetime.fromtimestamp(at / SECOND, UTC)
