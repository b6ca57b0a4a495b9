"""Answers what people ask of the inventory: its services, who calls whom, and what happens to each."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

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
COUNTED_INCIDENTS: Final = 200
"""Of each live status: where more are open at once, the counts say no less than enough."""
LIVE: Final = (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """A service and how many live incidents touch it."""

    service: Service
    live_incidents: int


@dataclass(frozen=True, slots=True)
class Graph:
    """Every service that is known or that takes part in a call, and every call."""

    services: tuple[ServiceHealth, ...]
    dependencies: tuple[Dependency, ...]


@dataclass(frozen=True, slots=True)
class ServiceDetail:
    """A service with what is around it and what happens to it; `incidents` are live, `changes` of a day."""

    service: Service
    calls: tuple[Dependency, ...]
    called_by: tuple[Dependency, ...]
    incidents: tuple[Incident, ...]
    changes: tuple[ChangeSpan, ...]


class ServiceQueries:
    def __init__(self, reader: CachedInventory, incidents: IncidentStore, changes: ChangeService) -> None:
        self._reader = reader
        self._incidents = incidents
        self._changes = changes

    def services(self) -> tuple[ServiceHealth, ...]:
        """By name, those that somebody declared or that were found running."""
        return _listed(self._reader.current().inventory.services, self._live_by_service())

    def graph(self) -> Graph:
        inventory = self._reader.current().inventory
        ends = {name for one in inventory.dependencies for name in (one.caller, one.callee)}
        strangers = {name: Service(name=name, declared=False) for name in ends - inventory.services.keys()}
        known = dict(sorted({**inventory.services, **strangers}.items()))
        return Graph(_listed(known, self._live_by_service()), inventory.dependencies)

    def service(self, name: str, now: EpochMillis) -> ServiceDetail:
        """By name or alias; NotFound where neither people, tags nor traces know it."""
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
        for status in LIVE:
            query = IncidentQuery(status=status, service=service, limit=SHOWN_INCIDENTS)
            yield from self._incidents.browse(query).incidents

    def _live_by_service(self) -> Counter[str]:
        pages = (
            self._incidents.browse(IncidentQuery(status=status, limit=COUNTED_INCIDENTS)) for status in LIVE
        )
        return Counter(name for page in pages for one in page.incidents for name in one.services)


def _known(inventory: ServiceInventory, name: str) -> Service:
    canonical = inventory.canonical(name)
    if canonical in inventory.services:
        return inventory.services[canonical]
    if any(canonical in (one.caller, one.callee) for one in inventory.dependencies):
        return Service(name=canonical, declared=False)
    raise NotFound(f"service {name[:200]!r}: not found")


def _listed(services: Mapping[str, Service], live: Mapping[str, int]) -> tuple[ServiceHealth, ...]:
    return tuple(ServiceHealth(service, live.get(name, 0)) for name, service in services.items())
