"""Which service of the inventory an alert or a change is about, where its own words are not the last one."""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from cloudops.alerts.alert import Alert
from cloudops.alerts.environments import without_environment
from cloudops.catalog.declaration import Platform, Target
from cloudops.catalog.inventory import Service, ServiceInventory

_KIND_OF: Final = {
    Platform.LAMBDA: "function",
    Platform.ASG: "asg",
    Platform.EKS: "deployment",
    Platform.ECS: "ecsservice",
}
"""Platform -> the kind of resource under which an alert names such a target."""
_PLACE: Final = ("account", "region", "environment")
_ECS_LABELS: Final = ("ServiceName", "ecs_service", "servicename")


class ServiceMatcher:
    """Names and places alerts by the inventory: by alias, by the target that they name, by where it runs."""

    def __init__(self, inventory: ServiceInventory) -> None:
        self._estate = inventory
        self._by_resource: dict[str, set[str]] = {}
        self._by_derived_name: dict[str, set[str]] = {}
        self._by_stack: dict[str, set[str]] = {}
        for name, service in inventory.services.items():
            for placed in service.targets:
                target = placed.target
                self._by_resource.setdefault(f"{_KIND_OF[target.platform]}:{target.name}", set()).add(name)
                derived = without_environment(target.name.lower())
                self._by_derived_name.setdefault(derived, set()).add(name)
            for stack in service.stacks:
                self._by_stack.setdefault(stack, set()).add(name)

    def recognised(self, alert: Alert) -> Alert:
        """The alert under the catalog's name for its service, with the account, region and environment that
        every declared target of the service shares, where the alert does not tell its own."""
        name, reason = self._named(alert)
        if not name:
            return alert
        if name != alert.service:
            alert = replace(alert, service=name, service_reason=reason)
        service = self._estate.services.get(name)
        return alert if service is None else _situated(alert, service)

    def service_of_stack(self, stack: str) -> str:
        """The one service whose targets a CloudFormation stack made, or ""."""
        return _only(self._by_stack.get(stack, ()))

    def service_of(self, resources: Iterable[str], derived: str) -> str:
        """The one service that has a target among these "kind:name" resources or of this derived name."""
        there = {name for one in resources for name in self._by_resource.get(one, ())}
        return _only(there) or _only(self._by_derived_name.get(derived, ()))

    def _named(self, alert: Alert) -> tuple[str, str]:
        canonical = self._estate.canonical(alert.service)
        if canonical != alert.service.lower():
            return canonical, f"{alert.service_reason}; alias of {canonical}"
        if canonical in self._estate.services:
            return canonical, alert.service_reason
        resources = [
            *alert.resources,
            *(f"ecsservice:{alert.labels[key]}" for key in _ECS_LABELS if key in alert.labels),
        ]
        found = self.service_of(resources, canonical)
        return (found, "target of the catalog") if found else (alert.service, alert.service_reason)


def _situated(alert: Alert, service: Service) -> Alert:
    targets = [placed.target for placed in service.targets if placed.declared]
    fitting = [target for target in targets if _fits(alert, target)]
    if not fitting:
        return alert
    found = {
        key: _only({getattr(one, key) for one in fitting}) for key in ("account", "region", "environment")
    }
    missing = {key: value for key, value in found.items() if value and not getattr(alert, key)}
    if "environment" in missing:
        missing["environment_reason"] = "target of the catalog"
    return replace(alert, **missing) if missing else alert


def _fits(alert: Alert, target: Target) -> bool:
    told = ((getattr(alert, key), getattr(target, key)) for key in _PLACE)
    return all(not said or said == known for said, known in told)


def _only(names: Iterable[str]) -> str:
    """The one of them, or "" where there is none or a choice."""
    there = set(names)
    return there.pop() if len(there) == 1 else ""
