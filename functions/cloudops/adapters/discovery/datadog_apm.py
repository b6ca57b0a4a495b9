"""Datadog APM: which service calls which, environment by environment."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Protocol

from cloudops.alerts.environments import canonical_environment
from cloudops.catalog.discovered import DiscoverySnapshot, ServiceDependency
from cloudops.core.time import EpochMillis


class Dependencies(Protocol):
    def dependencies(self, environment: str) -> Mapping[str, Any]:
        """Service -> {"calls": [...]} (Any: as Datadog answers); raises CloudOpsError."""
        ...


class DatadogServices:
    """`environments` are the values of the tag env that are asked for: the API wants one at a time."""

    name: ClassVar = "datadog-services"

    def __init__(self, api: Dependencies, environments: Sequence[str]) -> None:
        self._api = api
        self._environments = environments

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        """Raises CloudOpsError where an environment cannot be read."""
        calls = (call for environment in self._environments for call in self._calls(environment))
        return DiscoverySnapshot(source=self.name, at=now, calls=tuple(dict.fromkeys(calls)))

    def _calls(self, environment: str) -> Iterator[ServiceDependency]:
        for caller, told in self._api.dependencies(environment).items():
            callees = told.get("calls") if isinstance(told, Mapping) else None
            for callee in callees if isinstance(callees, list) else ():
                if isinstance(callee, str) and callee and callee.lower() != caller.lower():
                    yield ServiceDependency(
                        caller.lower(), callee.lower(), canonical_environment(environment)
                    )
