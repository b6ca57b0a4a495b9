"""Discovers dependencies in Datadog APM, per environment."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Protocol

from cloudops.alerts.environments import canonical_environment
from cloudops.catalog.discovered import DiscoverySnapshot, ServiceDependency
from cloudops.core.time import EpochMillis


class DependencyReader(Protocol):
    """Port: reads service dependencies of Datadog."""

    def dependencies(self, environment: str) -> Mapping[str, Any]:
        """Returns service -> {"calls": [...]} (Any: Datadog's JSON). Raises CloudOpsError."""
        ...


class DatadogServices:
    """Discovery source. `environments` are the values of the tag `env`; the API takes one at a time."""

    name: ClassVar = "datadog-services"

    def __init__(self, api: DependencyReader, environments: Sequence[str]) -> None:
        self._api = api
        self._environments = environments

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        """Returns the snapshot. Raises CloudOpsError if any environment cannot be read."""
        calls = (call for environment in self._environments for call in self._calls(environment))
        return DiscoverySnapshot(source=self.name, at=now, calls=tuple(dict.fromkeys(calls)))

    def _calls(self, environment: str) -> Iterator[ServiceDependency]:
        for caller, service in self._api.dependencies(environment).items():
            callees = service.get("calls") if isinstance(service, Mapping) else None
            for callee in callees if isinstance(callees, list) else ():
                if isinstance(callee, str) and callee and callee.lower() != caller.lower():
                    yield ServiceDependency(
                        caller.lower(), callee.lower(), canonical_environment(environment)
                    )
