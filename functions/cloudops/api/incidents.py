"""Endpoints of incidents: list and get them, ingest alerts, acknowledge, resolve and reopen."""

from types import SimpleNamespace
from typing import Annotated, Final

import msgspec
from aws_lambda_powertools.event_handler.openapi.params import Body
from msgspec import structs

from cloudops.alerts.alert import Severity
from cloudops.api.audit_words import Audited, NotAudited, in_body, in_path
from cloudops.api.context import Context
from cloudops.api.endpoint import Endpoint, command, everything, query
from cloudops.api.incident_schemas import (
    IncidentDetailView,
    IncidentPageView,
    IncidentView,
    OverviewView,
    SimilarIncidentsView,
    SimilarIncidentView,
)
from cloudops.api.ingest_schemas import IngestResultView
from cloudops.api.restrictions import incident_in_path
from cloudops.api.schemas import NO_ALERTS, NO_REASON, Cursor, Id, IngestBody, Limit, TransitionBody, Word
from cloudops.core.errors import Conflict, NotFound, TooLarge, Unprocessable
from cloudops.core.ids import IncidentId
from cloudops.identity.access import Role
from cloudops.incidents.incident import IncidentStatus
from cloudops.incidents.lifecycle import Verb
from cloudops.incidents.store import IncidentQuery
from cloudops.observability.business_metrics import count

_TRANSITION_ERRORS: Final = (NotFound, Conflict)


@query("/api/incidents", Role.VIEWER, compress=True)
def list_incidents(
    context: Context,
    *,
    status: IncidentStatus | None = None,
    severity: Severity | None = None,
    service: Word = "",
    environment: Word = "",
    text: Word = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> IncidentPageView:
    """List incidents.

    Newest opened first. `text` is searched in titles and services.
    """
    wanted = IncidentQuery(
        status=status,
        severity=severity,
        service=service,
        environment=environment,
        text=text,
        limit=limit,
        cursor=cursor,
    )
    return IncidentPageView.model_validate(context.application.incidents.page(wanted))


@query("/api/incidents/{incident_id}", Role.VIEWER, errors=(NotFound,), compress=True)
def get_incident(
    context: Context, incident_id: Id, limit: Limit = 100, cursor: Cursor = None
) -> IncidentDetailView:
    """Get an incident.

    With its feedback, its timeline and a page of its alerts, newest first.
    """
    detail = context.application.incidents.detail(IncidentId(incident_id), cursor, limit)
    children = structs.asdict(detail)
    incident = structs.asdict(children.pop("incident"))
    return IncidentDetailView.model_validate(SimpleNamespace(**incident, **children))


@query("/api/overview", Role.VIEWER)
def get_overview(context: Context) -> OverviewView:
    """Get the overview.

    How many incidents are live, and how many incidents the alerts of the last day became.
    """
    return OverviewView.model_validate(context.application.overview.summarize(context.now))


@query("/api/incidents/{incident_id}/similar", Role.VIEWER, errors=(NotFound,))
def list_similar_incidents(context: Context, incident_id: Id) -> SimilarIncidentsView:
    """List similar incidents.

    Up to five earlier incidents of the same service and symptom, and what helped then.
    """
    similar = context.application.history.similar(IncidentId(incident_id))
    return SimilarIncidentsView(
        incidents=tuple(SimilarIncidentView.model_validate(incident) for incident in similar)
    )


@command(
    "POST",
    "/api/incidents/ingest",
    Role.OPERATOR,
    audit=NotAudited("alerts are stored with their incident, and there are thousands of them"),
    restriction=everything,
    status=201,
    errors=(Conflict, Unprocessable, TooLarge),
)
def ingest_alerts(context: Context, body: Annotated[IngestBody, Body()] = NO_ALERTS) -> IngestResultView:
    """Ingest alerts.

    Answers when the alerts are stored. Sending the same alerts again changes nothing.
    """
    payloads = [msgspec.json.encode(alert) for alert in body.alerts or ()]
    submitted = context.application.submission.submit(payloads, context.now)
    count(submitted.report)
    return IngestResultView.model_validate(submitted)


@command(
    "POST",
    "/api/incidents/{incident_id}/acknowledge",
    Role.OPERATOR,
    audit=Audited("acknowledge", in_path("incident_id"), reason=in_body("reason")),
    restriction=incident_in_path,
    errors=_TRANSITION_ERRORS,
)
def acknowledge_incident(
    context: Context, incident_id: Id, body: Annotated[TransitionBody, Body()] = NO_REASON
) -> IncidentView:
    """Acknowledge an incident.

    The caller works on it, or gives the reason why no action is needed.
    """
    return _transition(Verb.ACKNOWLEDGE, context, incident_id, body)


@command(
    "POST",
    "/api/incidents/{incident_id}/resolve",
    Role.OPERATOR,
    audit=Audited("resolve", in_path("incident_id"), reason=in_body("reason")),
    restriction=incident_in_path,
    errors=_TRANSITION_ERRORS,
)
def resolve_incident(
    context: Context, incident_id: Id, body: Annotated[TransitionBody, Body()] = NO_REASON
) -> IncidentView:
    """Resolve an incident.

    Also where alerts are still firing.
    """
    return _transition(Verb.RESOLVE, context, incident_id, body)


@command(
    "POST",
    "/api/incidents/{incident_id}/reopen",
    Role.OPERATOR,
    audit=Audited("reopen", in_path("incident_id"), reason=in_body("reason")),
    restriction=incident_in_path,
    errors=_TRANSITION_ERRORS,
)
def reopen_incident(
    context: Context, incident_id: Id, body: Annotated[TransitionBody, Body()] = NO_REASON
) -> IncidentView:
    """Reopen an incident.

    For an incident that was resolved too early.
    """
    return _transition(Verb.REOPEN, context, incident_id, body)


def _transition(verb: Verb, context: Context, incident_id: str, body: TransitionBody) -> IncidentView:
    moved = context.application.lifecycle.move(
        verb, IncidentId(incident_id), context.caller, context.now, body.reason.strip()
    )
    return IncidentView.model_validate(moved)


ENDPOINTS: tuple[Endpoint, ...] = (
    list_incidents,
    get_incident,
    get_overview,
    list_similar_incidents,
    ingest_alerts,
    acknowledge_incident,
    resolve_incident,
    reopen_incident,
)
