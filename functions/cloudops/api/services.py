"""How services, what runs them, who calls whom and the catalog look to callers."""

from typing import Annotated, Any

import msgspec
from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.request import Request
from pydantic import BeforeValidator, JsonValue

from cloudops.api.application import ApplicationFactory
from cloudops.api.authorization import caller_of
from cloudops.api.changes import ChangeView
from cloudops.api.incident_schemas import IncidentView
from cloudops.api.schemas import Id, Timestamp, View, at
from cloudops.catalog.declaration import Platform
from cloudops.catalog.service import CatalogOrigin, InventorySnapshot


def plain(record: object) -> dict[str, JsonValue]:
    """A record as the catalog writes it."""
    found: dict[str, JsonValue] = msgspec.json.decode(msgspec.json.encode(record), type=dict)
    return found


Plain = Annotated[dict[str, JsonValue], BeforeValidator(plain)]


class SeenView(View):
    """By which source it was seen, where, and from when to when."""

    source: str
    account: str
    region: str
    first_at: Timestamp
    last_at: Timestamp


class CatalogTargetView(View):
    """Something that runs a service: declared, seen, or both; `limits` is what remediation may do to it."""

    platform: Platform = at("target", "platform")
    name: str = at("target", "name")
    account: str = at("target", "account")
    region: str = at("target", "region")
    environment: str = at("target", "environment")
    cluster: str = at("target", "cluster")
    namespace: str = at("target", "namespace")
    limits: Plain
    declared: bool
    seen: tuple[SeenView, ...]


class ConflictView(View):
    """What was found contradicts what is declared; what is declared stands."""

    field: str
    declared: str
    found: str
    source: str


class ServiceView(View):
    """One service, whoever told of it; `tier` 1 matters most."""

    name: str = at("service", "name")
    declared: bool = at("service", "declared")
    owner: str = at("service", "owner")
    tier: int | None = at("service", "tier")
    runbook: str = at("service", "runbook")
    aliases: tuple[str, ...] = at("service", "aliases")
    targets: tuple[CatalogTargetView, ...] = at("service", "targets")
    stacks: tuple[str, ...] = at("service", "stacks")
    conflicts: tuple[ConflictView, ...] = at("service", "conflicts")


class ListedServiceView(ServiceView):
    """`liveIncidents` counts those that are open or acknowledged and touch it."""

    live_incidents: int


class ServicesView(View):
    """By name."""

    services: tuple[ListedServiceView, ...]


class DependencyView(View):
    """One service calls another: somebody declared it, sources saw it, or both."""

    caller: str
    callee: str
    declared: bool
    seen: tuple[SeenView, ...]


class ServiceDetailView(ServiceView):
    """With its neighbours in the graph, its live incidents and its changes of the last day."""

    calls: tuple[DependencyView, ...]
    called_by: tuple[DependencyView, ...]
    incidents: tuple[IncidentView, ...]
    changes: tuple[ChangeView, ...]


class NodeView(View):
    name: str = at("service", "name")
    declared: bool = at("service", "declared")
    owner: str = at("service", "owner")
    tier: int | None = at("service", "tier")
    live_incidents: int


class TopologyView(View):
    """Every service that is known or takes part in a call, and every call."""

    services: tuple[NodeView, ...]
    dependencies: tuple[DependencyView, ...]


class NamedConflictView(ConflictView):
    service: str


class CatalogView(View):
    """What is declared, and by whom: `person` and `at` are empty where it came with the deployment."""

    services: Plain
    origin: CatalogOrigin
    person: str
    at: Timestamp | None
    conflicts: tuple[NamedConflictView, ...]


def catalog_view(view: InventorySnapshot) -> CatalogView:
    kept = view.kept if view.origin is CatalogOrigin.PERSON else None
    conflicts = (
        {"service": name, **msgspec.structs.asdict(conflict)} for name, conflict in view.inventory.conflicts
    )
    shown: dict[str, Any] = {
        "services": view.catalog.services,
        "origin": view.origin,
        "person": kept.person if kept else "",
        "at": kept.at if kept else None,
        "conflicts": tuple(conflicts),
    }
    return CatalogView.model_validate(shown)


class EstateRoutes:
    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application

    def services(self) -> ServicesView:
        """All that are declared or were found, with what runs them and where both disagree."""
        return ServicesView.model_validate({"services": self._application().services.services()})

    def service(self, name: Id) -> ServiceDetailView:
        """One by its name or an alias: neighbours, live incidents, changes of the last day."""
        application = self._application()
        return ServiceDetailView.model_validate(application.services.service(name, application.now()))

    def topology(self) -> TopologyView:
        """Who calls whom, and who says so."""
        return TopologyView.model_validate(self._application().services.graph())

    def catalog(self) -> CatalogView:
        """What is declared, by whom, and what contradicts it."""
        return catalog_view(self._application().catalog.show())

    def put_catalog(self, body: Annotated[dict[str, JsonValue], Body()], request: Request) -> CatalogView:
        """Declares all services anew: `defaults` and `services`, as in docs/catalog.md."""
        application, person = self._application(), caller_of(request.resolved_event.raw_event).name
        return catalog_view(application.catalog.put(body, person, application.now()))
