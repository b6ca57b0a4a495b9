"""Canonical names of services and environments: aliases resolved, unknown names recognized.

Settings that name a service or an environment are keyed by these names: change freezes, autonomy policies and
notification routes.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from cloudops.alerts.environments import ENVIRONMENTS, canonical_environment
from cloudops.catalog.inventory import ServiceInventory
from cloudops.core.errors import BadInput


class CatalogNames:
    """The names that an inventory knows: its services with their aliases, the usual environments, and those
    of its targets."""

    def __init__(self, inventory: ServiceInventory) -> None:
        self._inventory = inventory
        targets = (one.target for service in inventory.services.values() for one in service.targets)
        declared = {canonical_environment(target.environment) for target in targets}
        self._environments = (ENVIRONMENTS | declared) - {""}

    def service(self, name: str) -> str:
        """Returns the canonical name of a service, or the lower-case name if the service is not known."""
        return self._inventory.canonical(name.strip())

    def knows_service(self, name: str) -> bool:
        """Returns whether a service of this name, or with this alias, is declared or discovered."""
        return self.service(name) in self._inventory.services

    def knows_environment(self, name: str) -> bool:
        """Returns whether the environment is a usual one, or that of a target."""
        return canonical_environment(name) in self._environments

    def known_service(self, name: str, field: str) -> str:
        """Returns the canonical name of a service; raises BadInput with the nearest name if it is not
        known."""
        if self.knows_service(name):
            return self.service(name)
        aliases = (alias for one in self._inventory.services.values() for alias in one.aliases)
        raise _unknown("service", name, field, [*self._inventory.services, *aliases])

    def known_environment(self, name: str, field: str) -> str:
        """Returns the canonical name of an environment; raises BadInput with the nearest name if it is not
        known."""
        if self.knows_environment(name):
            return canonical_environment(name)
        raise _unknown("environment", name, field, self._environments)


def _unknown(kind: str, name: str, field: str, known: Iterable[str]) -> BadInput:
    nearest = get_close_matches(name.strip().lower(), sorted(known), n=1, cutoff=0)
    hint = f"; the nearest known name is {nearest[0]!r}" if nearest else ""
    return BadInput(f"{field}: no {kind} {name!r} is known{hint}", field=field)
