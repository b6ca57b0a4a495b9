"""Routes of incidents: list them, look at one, send alerts, acknowledge, resolve, reopen."""

from types import SimpleNamespace
from typing import Annotated

import msgspec
from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.request import Request
from msgspec import structs

from cloudops.alerts.alert import Severity
from cloudops.api.application import ApplicationFactory
from cloudops.api.authorization import caller_of
from cloudops.api.incident_schemas import (
    IncidentDetailView,
    IncidentPageView,
    IncidentView,
    OverviewView,
    SimilarIncidentsView,
    SimilarView,
)
from cloudops.api.ingest_schemas import SubmittedView
from cloudops.api.schemas import NO_ALERTS, NO_REASON, Cursor, Id, IngestBody, Limit, MoveBody, Word
from cloudops.incidents.incident import IncidentStatus
from cloudops.incidents.lifecycle import Verb
from cloudops.incidents.store import IncidentQuery
from cloudops.observability.business_metrics import count


class IncidentRoutes:
    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application

    def page(
        self,
        *,
        status: IncidentStatus | None = None,
        severity: Severity | None = None,
        service: Word = "",
        environment: Word = "",
        text: Word = "",
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> IncidentPageView:
        """Newest opened first. `text` is found in titles and services."""
        query = IncidentQuery(
            status=status,
            severity=severity,
            service=service,
            environment=environment,
            text=text,
            limit=limit,
            cursor=cursor,
        )
        return IncidentPageView.model_validate(self._application().incidents.page(query))

    def detail(self, incident_id: Id, limit: Limit = 100, cursor: Cursor = None) -> IncidentDetailView:
        """With all its alerts, a page at a time and newest first, its feedback and its timeline."""
        detail = self._application().incidents.detail(incident_id, cursor, limit)
        children = structs.asdict(detail)
        incident = structs.asdict(children.pop("incident"))
        return IncidentDetailView.model_validate(SimpleNamespace(**incident, **children))

    def overview(self) -> OverviewView:
        """How many incidents are live, and how few the alerts of the last day became."""
        application = self._application()
        return OverviewView.model_validate(application.overview(application.now()))

    def similar(self, incident_id: Id) -> SimilarIncidentsView:
        """Up to five earlier incidents of the same service and symptom, and what helped then."""
        found = self._application().history.similar(incident_id)
        return SimilarIncidentsView(incidents=tuple(SimilarView.model_validate(one) for one in found))

    def ingest(self, body: Annotated[IngestBody, Body()] = NO_ALERTS) -> SubmittedView:
        """Takes alerts in and answers when they are stored. Sending the same again changes nothing."""
        application = self._application()
        payloads = [msgspec.json.encode(alert) for alert in body.alerts or ()]
        submitted = application.submission(payloads, application.now())
        count(submitted.report)
        return SubmittedView.model_validate(submitted)

    def acknowledge(
        self, incident_id: Id, request: Request, body: Annotated[MoveBody, Body()] = NO_REASON
    ) -> IncidentView:
        """Someone takes it on, or says why nothing is to be done."""
        return self._move(Verb.ACKNOWLEDGE, incident_id, request, body)

    def resolve(
        self, incident_id: Id, request: Request, body: Annotated[MoveBody, Body()] = NO_REASON
    ) -> IncidentView:
        """Someone calls it over, whatever still fires."""
        return self._move(Verb.RESOLVE, incident_id, request, body)

    def reopen(
        self, incident_id: Id, request: Request, body: Annotated[MoveBody, Body()] = NO_REASON
    ) -> IncidentView:
        """Someone says that it is not over."""
        return self._move(Verb.REOPEN, incident_id, request, body)

    def _move(self, verb: Verb, incident_id: str, request: Request, body: MoveBody) -> IncidentView:
        application, person = self._application(), caller_of(request.resolved_event.raw_event).name
        moved = application.lifecycle.move(verb, incident_id, person, application.now(), body.reason.strip())
        return IncidentView.model_validate(moved)
