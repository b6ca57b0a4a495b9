"""Endpoints of the service catalog: services with their targets, the topology, and the declarations."""

from typing import Annotated, Any

import msgspec
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BeforeValidator, JsonValue

from cloudops.api.audit_words import AuditContext, Audited, fixed
from cloudops.api.changes import ChangeView
from cloudops.api.context import Context
from cloudops.api.endpoint import Endpoint, command, everything, query
from cloudops.api.incident_schemas import IncidentView
from cloudops.api.schemas import Id, Timestamp, View, at
from cloudops.catalog.declaration import Platform
from cloudops.catalog.service import CatalogOrigin, InventorySnapshot
from cloudops.core.errors import NotFound, TooLarge
from cloudops.identity.access import Role


def _as_declared(record: object) -> dict[str, JsonValue]:
    """The record in the format of a catalog file."""
    document: dict[str, JsonValue] = msgspec.json.decode(msgspec.json.encode(record), type=dict)
    return document


AsDeclared = Annotated[dict[str, JsonValue], BeforeValidator(_as_declared)]


class ProvenanceView(View):
    """Which source discovered it, where, and between which times."""

    source: str
    account: str
    region: str
    first_at: Timestamp
    last_at: Timestamp


class CatalogTargetView(View):
    """A resource that runs a service: declared, discovered, or both. `limits` bound what remediation may
    do to it."""

    platform: Platform = at("target", "platform")
    name: str = at("target", "name")
    account: str = at("target", "account")
    region: str = at("target", "region")
    environment: str = at("target", "environment")
    cluster: str = at("target", "cluster")
    namespace: str = at("target", "namespace")
    limits: AsDeclared
    declared: bool
    seen: tuple[ProvenanceView, ...]


class DeclarationConflictView(View):
    """A discovered value contradicts the declared one; the declared one applies."""

    field: str
    declared: str
    found: str
    source: str


class ServiceView(View):
    """A service, declared or discovered; `tier` 1 matters most."""

    name: str = at("service", "name")
    declared: bool = at("service", "declared")
    owner: str = at("service", "owner")
    tier: int | None = at("service", "tier")
    runbook: str = at("service", "runbook")
    aliases: tuple[str, ...] = at("service", "aliases")
    targets: tuple[CatalogTargetView, ...] = at("service", "targets")
    stacks: tuple[str, ...] = at("service", "stacks")
    conflicts: tuple[DeclarationConflictView, ...] = at("service", "conflicts")


class ServiceHealthView(ServiceView):
    """`liveIncidents` counts the open and acknowledged incidents that affect the service."""

    live_incidents: int


class ServicesView(View):
    """Sorted by name."""

    services: tuple[ServiceHealthView, ...]


class DependencyView(View):
    """One service calls another: declared, discovered, or both."""

    caller: str
    callee: str
    declared: bool
    seen: tuple[ProvenanceView, ...]


class ServiceDetailView(ServiceView):
    """A service with its dependencies, its callers, its live incidents and its changes of the last day."""

    calls: tuple[DependencyView, ...]
    called_by: tuple[DependencyView, ...]
    incidents: tuple[IncidentView, ...]
    changes: tuple[ChangeView, ...]


class TopologyServiceView(View):
    name: str = at("service", "name")
    declared: bool = at("service", "declared")
    owner: str = at("service", "owner")
    tier: int | None = at("service", "tier")
    live_incidents: int


class TopologyView(View):
    """All services and all dependencies between them."""

    services: tuple[TopologyServiceView, ...]
    dependencies: tuple[DependencyView, ...]


class ServiceConflictView(DeclarationConflictView):
    service: str


class CatalogView(View):
    """The declared catalog. `person` and `at` are empty where it came with the deployment."""

    services: AsDeclared
    origin: CatalogOrigin
    person: str
    at: Timestamp | None
    conflicts: tuple[ServiceConflictView, ...]


def _catalog_view(view: InventorySnapshot) -> CatalogView:
    stored = view.kept if view.origin is CatalogOrigin.PERSON else None
    conflicts = (
        {"service": name, **msgspec.structs.asdict(conflict)} for name, conflict in view.inventory.conflicts
    )
    shown: dict[str, Any] = {
        "services": view.catalog.services,
        "origin": view.origin,
        "person": stored.person if stored else "",
        "at": stored.at if stored else None,
        "conflicts": tuple(conflicts),
    }
    return CatalogView.model_validate(shown)


def _declared_services(context: AuditContext) -> str:
    return f"{len(context.answer['services'])} services"


@query("/api/services", Role.VIEWER, compress=True)
def list_services(context: Context) -> ServicesView:
    """List services.

    Declared and discovered services with their targets, and where declaration and discovery disagree.
    """
    return ServicesView.model_validate({"services": context.application.services.services()})


@query("/api/services/{name}", Role.VIEWER, errors=(NotFound,), compress=True)
def get_service(context: Context, name: Id) -> ServiceDetailView:
    """Get a service.

    By its name or an alias, with its dependencies, live incidents and changes of the last day.
    """
    return ServiceDetailView.model_validate(context.application.services.service(name, context.now))


@query("/api/topology", Role.VIEWER, compress=True)
def get_topology(context: Context) -> TopologyView:
    """Get the topology.

    Which service calls which, declared or discovered.
    """
    return TopologyView.model_validate(context.application.services.graph())


@query("/api/catalog", Role.VIEWER, compress=True)
def get_catalog(context: Context) -> CatalogView:
    """Get the service catalog.

    The declared services, where the declaration comes from, and what discovery contradicts.
    """
    return _catalog_view(context.application.catalog.show())


@command(
    "PUT",
    "/api/catalog",
    Role.ADMIN,
    audit=Audited("replace catalog", fixed("catalog"), result=_declared_services),
    restriction=everything,
    errors=(TooLarge,),
)
def put_catalog(context: Context, body: Annotated[dict[str, JsonValue], Body()]) -> CatalogView:
    """Replace the service catalog.

    Declares all services: `defaults` and `services` in the format of a catalog file.
    """
    return _catalog_view(context.application.catalog.put(body, context.person, context.now))


ENDPOINTS: tuple[Endpoint, ...] = (list_services, get_service, get_topology, get_catalog, put_catalog)
