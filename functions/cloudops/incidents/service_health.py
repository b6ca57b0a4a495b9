"""Reads the health of services: their dependencies, live incidents and recent changes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from cloudops.catalog.inventory import Dependency, Service, ServiceInventory
from cloudops.catalog.service import CachedInventory
from cloudops.changes.change import ChangeSpan
from cloudops.changes.service import ChangeService
from cloudops.core.errors import NotFound
from cloudops.core.time import DAY, EpochMillis
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.store import IncidentQuery, IncidentStore

SHOWN_CHANGES: Final = DAY
SHOWN_INCIDENTS: Final = 20
HEALTH_PAGE_SIZE: Final = 200
MAX_HEALTH_PAGES: Final = 25
"""Pages read of each live status: 5,000 incidents. Beyond them the counts are lower bounds, so that a service
without a counted incident may have one."""
LIVE_STATUSES: Final = (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """A service and the number of live incidents that affect it."""

    service: Service
    live_incidents: int


@dataclass(frozen=True, slots=True)
class Graph:
    """The topology: known services, services that only dependencies name, and all dependencies."""

    services: tuple[ServiceHealth, ...]
    dependencies: tuple[Dependency, ...]


@dataclass(frozen=True, slots=True)
class ServiceDetail:
    """A service with its dependencies, live incidents and the changes of the last day."""

    service: Service
    calls: tuple[Dependency, ...]
    called_by: tuple[Dependency, ...]
    incidents: tuple[Incident, ...]
    changes: tuple[ChangeSpan, ...]


class ServiceQueries:
    """Reads services with their health."""

    def __init__(self, reader: CachedInventory, incidents: IncidentStore, changes: ChangeService) -> None:
        self._reader = reader
        self._incidents = incidents
        self._changes = changes

    def services(self) -> tuple[ServiceHealth, ...]:
        """Returns the declared and discovered services by name."""
        return _listed(self._reader.current().inventory.services, self._live_by_service())

    def graph(self) -> Graph:
        """Returns the topology with the health of each service."""
        inventory = self._reader.current().inventory
        names = {name for one in inventory.dependencies for name in (one.caller, one.callee)}
        undeclared = {name: Service(name=name, declared=False) for name in names - inventory.services.keys()}
        known = dict(sorted({**inventory.services, **undeclared}.items()))
        return Graph(_listed(known, self._live_by_service()), inventory.dependencies)

    def service(self, name: str, now: EpochMillis) -> ServiceDetail:
        """Returns a service by name or alias.

        Raises:
            NotFound: No declaration, tag or trace names the service.
        """
        inventory = self._reader.current().inventory
        service = _known(inventory, name)
        return ServiceDetail(
            service,
            tuple(one for one in inventory.dependencies if one.caller == service.name),
            tuple(one for one in inventory.dependencies if one.callee == service.name),
            tuple(self._live(service.name)),
            self._changes.since(now - SHOWN_CHANGES, service.name),
        )

    def _live(self, service: str) -> Iterator[Incident]:
        for status in LIVE_STATUSES:
            query = IncidentQuery(status=status, service=service, limit=SHOWN_INCIDENTS)
            yield from self._incidents.browse(query).incidents

    def _live_by_service(self) -> Counter[str]:
        live = (one for status in LIVE_STATUSES for one in self._all_live(status))
        return Counter(name for one in live for name in one.services)

    def _all_live(self, status: IncidentStatus) -> Iterator[Incident]:
        query = IncidentQuery(status=status, limit=HEALTH_PAGE_SIZE)
        for _ in range(MAX_HEALTH_PAGES):
            page = self._incidents.browse(query)
            yield from page.incidents
            if page.cursor is None:
                return
            query = replace(query, cursor=page.cursor)


def _known(inventory: ServiceInventory, name: str) -> Service:
    canonical = inventory.canonical(name)
    if canonical in inventory.services:
        return inventory.services[canonical]
    if any(canonical in (one.caller, one.callee) for one in inventory.dependencies):
        return Service(name=canonical, declared=False)
    raise NotFound(f"service {name[:200]!r}: not found")


def _listed(services: Mapping[str, Service], live: Mapping[str, int]) -> tuple[ServiceHealth, ...]:
    return tuple(ServiceHealth(service, live.get(name, 0)) for name, service in services.items())
