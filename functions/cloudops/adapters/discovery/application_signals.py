"""Discovers instrumented services on EKS, and dependencies, in CloudWatch Application Signals."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from cloudops.adapters.aws.client import Page, paginate
from cloudops.adapters.discovery.tags import discovered_resource
from cloudops.adapters.discovery.trace_nodes import node_name
from cloudops.catalog.declaration import Platform, Target
from cloudops.catalog.discovered import DiscoveredResource, DiscoverySnapshot, ServiceDependency
from cloudops.core.time import HOUR, SECOND, EpochMillis

if TYPE_CHECKING:
    from mypy_boto3_application_signals import CloudWatchApplicationSignalsClient


INSTRUMENTED: Final = "Service"
"""The type of an instrumented service; the other types are dependencies of such a service."""


class ApplicationSignals:
    """Discovery source; the only AWS listing of workloads inside an EKS cluster."""

    name: ClassVar = "application-signals"
    permissions: ClassVar = (
        "application-signals:ListServices",
        "application-signals:ListServiceDependencies",
    )

    def __init__(self, client: "CloudWatchApplicationSignalsClient", account: str, region: str) -> None:
        self._client = client
        self._account = account
        self._region = region

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        """Returns the snapshot. Raises CloudOpsError if any page cannot be read."""
        span = {
            "StartTime": datetime.fromtimestamp((now - HOUR) / SECOND, UTC),
            "EndTime": datetime.fromtimestamp(now / SECOND, UTC),
        }
        pages = paginate("list services of Application Signals", self._client.list_services, span)
        services = [item for page in pages for item in page.get("ServiceSummaries", ())]
        discovered = (self._discovered(item) for item in services)
        return DiscoverySnapshot(
            source=self.name,
            at=now,
            account=self._account,
            region=self._region,
            resources=tuple(item for item in discovered if item is not None),
            calls=tuple(dict.fromkeys(self._calls(services, span))),
        )

    def _calls(self, services: Iterable[Page], span: Mapping[str, datetime]) -> Iterator[ServiceDependency]:
        for service in services:
            attributes = service.get("KeyAttributes", {})
            caller = _name(attributes)
            if not caller or attributes.get("Type") != INSTRUMENTED:
                continue
            pages = paginate(
                f"list dependencies of {caller}",
                self._client.list_service_dependencies,
                {**span, "KeyAttributes": attributes},
            )
            for page in pages:
                for dependency in page.get("ServiceDependencies", ()):
                    callee = _name(dependency.get("DependencyKeyAttributes", {}))
                    if callee and callee != caller:
                        yield ServiceDependency(caller, callee)

    def _discovered(self, service: Page) -> DiscoveredResource | None:
        """Returns a workload on EKS; None for other services, which the listing of their platform covers."""
        attributes = {key: value for part in service.get("AttributeMaps", ()) for key, value in part.items()}
        cluster, workload = attributes.get("EKS.Cluster", ""), attributes.get("K8s.Workload", "")
        if not cluster or not workload:
            return None
        namespace = attributes.get("K8s.Namespace", "default")
        target = Target(
            platform=Platform.EKS,
            name=workload,
            account=self._account,
            region=self._region,
            cluster=cluster,
            namespace=namespace,
        )
        names = {"service": service.get("KeyAttributes", {}).get("Name", ""), "kubeclustername": cluster}
        environment = {"namespace": namespace}
        return discovered_resource(target, {**names, **environment}, {})


def _name(attributes: Mapping[str, str]) -> str:
    kind = attributes.get("ResourceType") or attributes.get("Type", "")
    return node_name(kind, attributes.get("Identifier") or attributes.get("Name", ""))
