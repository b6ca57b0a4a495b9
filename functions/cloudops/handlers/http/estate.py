"""Routes of the estate: its services, the graph of their calls, and the catalogue."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.request import Request
from pydantic import JsonValue

from cloudops.flows.services import ServicesOf
from cloudops.handlers.http.access import caller_of
from cloudops.handlers.http.bodies import Id
from cloudops.handlers.http.estate_views import (
    CatalogueView,
    ServiceDetailView,
    ServicesView,
    TopologyView,
    catalogue_view,
)


class EstateRoutes:
    def __init__(self, services: ServicesOf) -> None:
        self._services = services

    def services(self) -> ServicesView:
        """All that are declared or were found, with what runs them and where both disagree."""
        return ServicesView.model_validate({"services": self._services().estate.services()})

    def service(self, name: Id) -> ServiceDetailView:
        """One by its name or an alias: neighbours, live incidents, changes of the last day."""
        services = self._services()
        return ServiceDetailView.model_validate(services.estate.service(name, services.now()))

    def topology(self) -> TopologyView:
        """Who calls whom, and who says so."""
        return TopologyView.model_validate(self._services().estate.graph())

    def catalogue(self) -> CatalogueView:
        """What is declared, by whom, and what contradicts it."""
        return catalogue_view(self._services().catalogue.show())

    def put_catalogue(self, body: Annotated[dict[str, JsonValue], Body()], request: Request) -> CatalogueView:
        """Declares all services anew: `defaults` and `services`, as in docs/catalogue.md."""
        services, person = self._services(), caller_of(request.resolved_event.raw_event).name
        return catalogue_view(services.catalogue.put(body, person, services.now()))
