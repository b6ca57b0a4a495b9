"""CloudWatch Application Signals: instrumented services, where they run on EKS, and what each calls."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from cloudops.adapters.aws.client import Page, paginate
from cloudops.adapters.discovery.tags import resource
from cloudops.adapters.discovery.trace_nodes import node_name
from cloudops.catalog.declaration import Platform, Target
from cloudops.catalog.discovered import DiscoveredResource, DiscoverySnapshot, ServiceDependency
from cloudops.core.time import HOUR, SECOND, EpochMillis

if TYPE_CHECKING:
    from mypy_boto3_application_signals import CloudWatchApplicationSignalsClient


OURS: Final = "Service"
"""The type of a service that is instrumented; the other types are what such a service calls."""


class ApplicationSignals:
    """The only AWS listing that knows the workloads inside an EKS cluster."""

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
        """Raises CloudOpsError where the listing is not whole."""
        span = {
            "StartTime": datetime.fromtimestamp((now - HOUR) / SECOND, UTC),
            "EndTime": datetime.fromtimestamp(now / SECOND, UTC),
        }
        listed = paginate("list services of Application Signals", self._client.list_services, span)
        services = [one for page in listed for one in page.get("ServiceSummaries", ())]
        found = (self._sighting(one) for one in services)
        return DiscoverySnapshot(
            source=self.name,
            at=now,
            account=self._account,
            region=self._region,
            resources=tuple(one for one in found if one is not None),
            calls=tuple(dict.fromkeys(self._calls(services, span))),
        )

    def _calls(self, services: Iterable[Page], span: Mapping[str, datetime]) -> Iterator[ServiceDependency]:
        for service in services:
            attributes = service.get("KeyAttributes", {})
            caller = _name(attributes)
            if not caller or attributes.get("Type") != OURS:
                continue
            listed = paginate(
                f"list dependencies of {caller}",
                self._client.list_service_dependencies,
                {**span, "KeyAttributes": attributes},
            )
            for page in listed:
                for dependency in page.get("ServiceDependencies", ()):
                    callee = _name(dependency.get("DependencyKeyAttributes", {}))
                    if callee and callee != caller:
                        yield ServiceDependency(caller, callee)

    def _sighting(self, service: Page) -> DiscoveredResource | None:
        """Of a workload on EKS; what runs elsewhere is found by the listing of its platform."""
        told = {key: value for part in service.get("AttributeMaps", ()) for key, value in part.items()}
        cluster, workload = told.get("EKS.Cluster", ""), told.get("K8s.Workload", "")
        if not cluster or not workload:
            return None
        namespace = told.get("K8s.Namespace", "default")
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
        return resource(target, {**names, **environment}, {})


def _name(attributes: Mapping[str, str]) -> str:
    kind = attributes.get("ResourceType") or attributes.get("Type", "")
    return node_name(kind, attributes.get("Identifier") or attributes.get("Name", ""))
