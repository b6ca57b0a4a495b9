"""Endpoints of changes: list them, and record one from a pipeline."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import AwareDatetime, BeforeValidator, Field

from cloudops.alerts.environments import canonical_environment
from cloudops.api.audit_words import NotAudited
from cloudops.api.context import Context
from cloudops.api.endpoint import Endpoint, command, query
from cloudops.api.restrictions import change_in_body
from cloudops.api.schemas import (
    MAX_WORD,
    Limit,
    RequestBody,
    Timestamp,
    View,
    Word,
    at,
    epoch_millis,
    iso_text,
)
from cloudops.changes.change import Change, ChangeKind, ChangeState
from cloudops.changes.suspects import change_spans
from cloudops.core.errors import TooLarge
from cloudops.core.ids import stable_id
from cloudops.core.time import HOUR
from cloudops.identity.access import Role

Text = Annotated[str, Field(max_length=MAX_WORD)]


class ChangeBody(RequestBody):
    """One state of a change. All states of a change have one `id`; without one, it is made from source,
    service, version, title and time."""

    service: Annotated[str, Field(min_length=1, max_length=MAX_WORD, examples=["checkout"])]
    title: Annotated[str, Field(min_length=1, max_length=MAX_WORD, examples=["Deploy checkout v42"])]
    kind: ChangeKind = ChangeKind.DEPLOYMENT
    state: ChangeState = ChangeState.SUCCEEDED
    id: Text = ""
    at: Annotated[
        AwareDatetime | None,
        BeforeValidator(iso_text),
        Field(description="When this state began; the default is now."),
    ] = None
    source: Annotated[str, Field(max_length=MAX_WORD, examples=["github-actions"])] = "api"
    version: Text = ""
    actor: Annotated[
        str, Field(max_length=MAX_WORD, description="The default is the holder of the token.")
    ] = ""
    url: Annotated[str, Field(max_length=2_000, pattern=r"^(https?://\S+)?$")] = ""
    detail: Text = ""
    account: Annotated[str, Field(pattern=r"^(\d{12})?$")] = ""
    environment: Text = ""
    region: Text = ""


class RelatedChangeView(View):
    """A change before an incident. `weight`, 0 to 1, says how close it is in time and in the topology."""

    id: str
    kind: ChangeKind
    state: ChangeState
    service: str
    title: str
    version: str
    actor: str
    url: str
    detail: str
    started_at: Timestamp
    ended_at: Timestamp | None
    reason: str
    weight: float


class ChangeView(View):
    """A change from its first known state to its last; `endedAt` is null while it is in progress."""

    id: str = at("change", "id")
    source: str = at("change", "source")
    kind: ChangeKind = at("change", "kind")
    state: ChangeState = at("change", "state")
    service: str = at("change", "service")
    title: str = at("change", "title")
    version: str = at("change", "version")
    actor: str = at("change", "actor")
    url: str = at("change", "url")
    detail: str = at("change", "detail")
    account: str = at("change", "account")
    environment: str = at("change", "environment")
    region: str = at("change", "region")
    resources: tuple[str, ...] = at("change", "resources")
    started_at: Timestamp
    ended_at: Timestamp | None


class ChangesView(View):
    """Newest first."""

    changes: tuple[ChangeView, ...]


Hours = Annotated[int, Query(ge=1, le=720, description="How far to look back.")]


@query("/api/changes", Role.VIEWER, compress=True)
def list_changes(
    context: Context, *, service: Word = "", hours: Hours = 24, limit: Limit = 100
) -> ChangesView:
    """List changes.

    Recent deployments, stack updates, configuration changes and scaling events, newest first.
    """
    changes = context.application.changes.since(context.now - hours * HOUR, service.lower())
    return ChangesView.model_validate({"changes": changes[:limit]})


@command(
    "POST",
    "/api/changes",
    Role.OPERATOR,
    audit=NotAudited("a change is stored with its actor, and pipelines report many"),
    restriction=change_in_body,
    status=201,
    errors=(TooLarge,),
)
def record_change(context: Context, body: Annotated[ChangeBody, Body()]) -> ChangeView:
    """Record a change.

    For pipelines: a deployment started, ended, failed or was rolled back. Recording the same state again
    changes nothing.
    """
    at = context.now if body.at is None else epoch_millis(body.at)
    reported = body.model_dump(exclude={"id", "at", "environment", "actor", "source"})
    source = body.source or "api"
    made = stable_id(source, body.service, body.version, body.title, str(at))
    change = Change(
        **reported,
        id=stable_id(source, body.id) if body.id else made,
        source=source,
        at=at,
        environment=canonical_environment(body.environment),
        actor=body.actor or context.person,
    )
    (span,) = change_spans([context.application.changes.record(change)])
    return ChangeView.model_validate(span)


ENDPOINTS: tuple[Endpoint, ...] = (list_changes, record_change)
