"""What pipelines send of changes, and what people see of them."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from aws_lambda_powertools.event_handler.request import Request
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from cloudops.alerts.environments import canonical_environment
from cloudops.api.application import ApplicationFactory
from cloudops.api.authorization import caller_of
from cloudops.api.schemas import MAX_WORD, Limit, Timestamp, View, Word, at, iso_text
from cloudops.api.silences import instant
from cloudops.changes.change import Change, ChangeKind, ChangeState
from cloudops.changes.suspects import courses
from cloudops.core.ids import stable_id
from cloudops.core.time import HOUR

Told = Annotated[str, Field(max_length=MAX_WORD)]


class ChangeBody(BaseModel):
    """One state of a change. All its states have one `id`; without one, source, service, version, title and
    time make it."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    service: Annotated[str, Field(min_length=1, max_length=MAX_WORD, examples=["checkout"])]
    title: Annotated[str, Field(min_length=1, max_length=MAX_WORD, examples=["Deploy checkout v42"])]
    kind: ChangeKind = ChangeKind.DEPLOYMENT
    state: ChangeState = ChangeState.SUCCEEDED
    id: Told = ""
    at: Annotated[
        AwareDatetime | None,
        BeforeValidator(iso_text),
        Field(description="When this state began; now, where it is not given."),
    ] = None
    source: Annotated[str, Field(max_length=MAX_WORD, examples=["github-actions"])] = "api"
    version: Told = ""
    actor: Annotated[str, Field(max_length=MAX_WORD, description="Else the holder of the token.")] = ""
    url: Annotated[str, Field(max_length=2_000, pattern=r"^(https?://\S+)?$")] = ""
    detail: Told = ""
    account: Annotated[str, Field(pattern=r"^(\d{12})?$")] = ""
    environment: Told = ""
    region: Told = ""


class ChangeNoteView(View):
    """A change before an incident. `weight`, 0 to 1, says how telling it is by time and by the graph."""

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
    """A change from its first known state to its last; `endedAt` is null while it is under way."""

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


class ChangeRoutes:
    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application

    def page(self, *, service: Word = "", hours: Hours = 24, limit: Limit = 100) -> ChangesView:
        """Deployments, stacks, configurations and alarms that changed lately, newest first."""
        application = self._application()
        found = application.changes.since(application.now() - hours * HOUR, service.lower())
        return ChangesView.model_validate({"changes": found[:limit]})

    def tell(self, body: Annotated[ChangeBody, Body()], request: Request) -> ChangeView:
        """For pipelines: a deployment began, ended, failed or was rolled back. Telling it again changes
        nothing."""
        application, person = self._application(), caller_of(request.resolved_event.raw_event).name
        at = application.now() if body.at is None else instant(body.at)
        told = body.model_dump(exclude={"id", "at", "environment", "actor", "source"})
        source = body.source or "api"
        made = stable_id(source, body.service, body.version, body.title, str(at))
        change = Change(
            **told,
            id=stable_id(source, body.id) if body.id else made,
            source=source,
            at=at,
            environment=canonical_environment(body.environment),
            actor=body.actor or person,
        )
        (course,) = courses([application.changes.tell(change)])
        return ChangeView.model_validate(course)
