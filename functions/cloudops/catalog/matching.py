"""Matches alerts and changes to services of the inventory: by alias, by target, by derived name."""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from cloudops.alerts.alert import Alert
from cloudops.alerts.environments import without_environment
from cloudops.catalog.declaration import Platform, Target
from cloudops.catalog.inventory import Service, ServiceInventory

FROM_CATALOG: Final = "target of the catalog"
"""The reason of a service, an account or an environment that the alert does not name itself."""

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
    """Finds the service and place of an alert from the inventory."""

    def __init__(self, inventory: ServiceInventory) -> None:
        self._inventory = inventory
        self._by_resource: dict[str, set[str]] = {}
        self._by_derived_name: dict[str, set[str]] = {}
        self._by_stack: dict[str, set[str]] = {}
        for name, service in inventory.services.items():
            for resolved in service.targets:
                target = resolved.target
                self._by_resource.setdefault(f"{_KIND_OF[target.platform]}:{target.name}", set()).add(name)
                derived = without_environment(target.name.lower())
                self._by_derived_name.setdefault(derived, set()).add(name)
            for stack in service.stacks:
                self._by_stack.setdefault(stack, set()).add(name)

    def match_alert(self, alert: Alert) -> Alert:
        """Returns the alert under the catalog's name of its service.

        An account, region or environment that the alert lacks is filled in if all declared targets of the
        service that fit the alert share it.
        """
        name, reason = self._named(alert)
        if not name:
            return alert
        if name != alert.service:
            alert = replace(alert, service=name, service_reason=reason)
        service = self._inventory.services.get(name)
        return alert if service is None else _with_place(alert, service)

    def service_of_stack(self, stack: str) -> str:
        """Returns the only service whose targets belong to this CloudFormation stack, or ""."""
        return _only(self._by_stack.get(stack, ()))

    def service_of(self, resources: Iterable[str], derived: str) -> str:
        """Returns the only service with a target among these "kind:name" resources or of this derived
        name, or ""."""
        there = {name for one in resources for name in self._by_resource.get(one, ())}
        return _only(there) or _only(self._by_derived_name.get(derived, ()))

    def _named(self, alert: Alert) -> tuple[str, str]:
        canonical = self._inventory.canonical(alert.service)
        if canonical != alert.service.lower():
            return canonical, f"{alert.service_reason}; alias of {canonical}"
        if canonical in self._inventory.services:
            return canonical, alert.service_reason
        resources = [
            *alert.resources,
            *(f"ecsservice:{alert.labels[key]}" for key in _ECS_LABELS if key in alert.labels),
        ]
        found = self.service_of(resources, canonical)
        return (found, FROM_CATALOG) if found else (alert.service, alert.service_reason)


def _with_place(alert: Alert, service: Service) -> Alert:
    targets = [resolved.target for resolved in service.targets if resolved.declared]
    fitting = [target for target in targets if _fits(alert, target)]
    if not fitting:
        return alert
    found = {
        key: _only({getattr(one, key) for one in fitting}) for key in ("account", "region", "environment")
    }
    missing = {key: value for key, value in found.items() if value and not getattr(alert, key)}
    reasons = {f"{key}_reason": FROM_CATALOG for key in ("account", "environment") if key in missing}
    missing.update(reasons)
    return replace(alert, **missing) if missing else alert


def _fits(alert: Alert, target: Target) -> bool:
    pairs = ((getattr(alert, key), getattr(target, key)) for key in _PLACE)
    return all(not its or its == known for its, known in pairs)


def _only(names: Iterable[str]) -> str:
    """Returns the only name, or "" if there is none or more than one."""
    there = set(names)
    return there.pop() if len(there) == 1 else ""
