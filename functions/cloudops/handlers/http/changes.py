"""Routes of changes: list them, and tell of one that no event of AWS tells of."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from aws_lambda_powertools.event_handler.request import Request

from cloudops.domain.alert import digest
from cloudops.domain.changes import Change, courses
from cloudops.domain.environments import canonical_environment
from cloudops.domain.scope_state import HOUR
from cloudops.flows.services import ServicesOf
from cloudops.handlers.http.access import caller_of
from cloudops.handlers.http.bodies import Limit, Word
from cloudops.handlers.http.change_views import ChangeBody, ChangesView, ChangeView
from cloudops.handlers.http.silence_views import instant

Hours = Annotated[int, Query(ge=1, le=720, description="How far to look back.")]


class ChangeRoutes:
    def __init__(self, services: ServicesOf) -> None:
        self._services = services

    def page(self, *, service: Word = "", hours: Hours = 24, limit: Limit = 100) -> ChangesView:
        """Deployments, stacks, configurations and alarms that changed lately, newest first."""
        services = self._services()
        found = services.changes.since(services.now() - hours * HOUR, service.lower())
        return ChangesView.model_validate({"changes": found[:limit]})

    def tell(self, body: Annotated[ChangeBody, Body()], request: Request) -> ChangeView:
        """For pipelines: a deployment began, ended, failed or was rolled back. Telling it again changes
        nothing."""
        services, person = self._services(), caller_of(request.resolved_event.raw_event).name
        at = services.now() if body.at is None else instant(body.at)
        told = body.model_dump(exclude={"id", "at", "environment", "actor", "source"})
        source = body.source or "api"
        made = digest(source, body.service, body.version, body.title, str(at))
        change = Change(
            **told,
            id=digest(source, body.id) if body.id else made,
            source=source,
            at=at,
            environment=canonical_environment(body.environment),
            actor=body.actor or person,
        )
        (course,) = courses([services.changes.tell(change)])
        return ChangeView.model_validate(course)
