"""Endpoints of silences: list them, create one, end one."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import AwareDatetime, BeforeValidator, Field

from cloudops.api.audit_words import Audited, in_answer, in_body, in_path
from cloudops.api.context import Context, RequestContext
from cloudops.api.endpoint import Endpoint, Parameters, command, query
from cloudops.api.restrictions import silence_in_path
from cloudops.api.schemas import (
    MAX_COMMENT,
    MAX_WORD,
    Id,
    RequestBody,
    Timestamp,
    View,
    epoch_millis,
    iso_text,
)
from cloudops.core.errors import BadInput, Conflict, NotFound
from cloudops.core.time import DAY, SECOND, EpochMillis
from cloudops.identity.access import Role
from cloudops.remediation.permissions import Resource
from cloudops.silences.matching import MAX_MATCHER_VALUE, MAX_MATCHERS
from cloudops.silences.silence import Matcher, Operator, Silence, SilenceKind

YEAR_SECONDS = 366 * DAY // SECOND


Time = Annotated[AwareDatetime, BeforeValidator(iso_text)]
Seconds = Annotated[int, Field(strict=True, ge=1, le=YEAR_SECONDS)]


class MatcherBody(RequestBody):
    """`field` is one of account, environment, region, service, source, title, metric, namespace, severity,
    fingerprint, or label.NAME; a pattern must match the whole value."""

    field: Annotated[str, Field(min_length=1, max_length=MAX_WORD, examples=["service"])]
    operator: Operator = Operator.EQUAL
    value: Annotated[str, Field(max_length=MAX_MATCHER_VALUE, examples=["checkout"])]


class SilenceBody(RequestBody):
    """Alerts that match every matcher are muted from `startsAt`, or now, until `endsAt` or for
    `durationSeconds`; with `repeatsEverySeconds`, again in every such period."""

    matchers: Annotated[list[MatcherBody], Field(min_length=1, max_length=MAX_MATCHERS)]
    comment: Annotated[str, Field(min_length=1, max_length=MAX_COMMENT, examples=["moving the database"])]
    starts_at: Time | None = None
    ends_at: Time | None = None
    duration_seconds: Seconds | None = None
    kind: SilenceKind = SilenceKind.SILENCE
    repeats_every_seconds: Seconds | None = None


class MatcherView(View):
    field: str
    operator: Operator
    value: str


class SilenceView(View):
    """`repeatsEverySeconds` is 0 where the silence does not repeat."""

    id: str
    kind: SilenceKind
    state: Literal["active", "pending", "ended"]
    matchers: tuple[MatcherView, ...]
    starts_at: Timestamp
    ends_at: Timestamp
    repeats_every_seconds: int
    comment: str
    author: str
    created_at: Timestamp


class SilencesView(View):
    silences: tuple[SilenceView, ...]


def _silence_view(silence: Silence, now: EpochMillis) -> SilenceView:
    return SilenceView(
        id=silence.id,
        kind=silence.kind,
        state="ended" if silence.is_over(now) else "active" if silence.is_active(now) else "pending",
        matchers=tuple(MatcherView.model_validate(matcher) for matcher in silence.matchers),
        starts_at=silence.starts_at,
        ends_at=silence.ends_at,
        repeats_every_seconds=silence.repeats_every // SECOND,
        comment=silence.comment,
        author=silence.author,
        created_at=silence.created_at,
    )


@query("/api/silences", Role.VIEWER)
def list_silences(
    context: Context, ended: Annotated[bool, Query(description="Include ended silences.")] = False
) -> SilencesView:
    """List silences.

    Active and pending ones, newest first.
    """
    silences = context.application.silences.page(context.now, ended=ended)
    return SilencesView(silences=tuple(_silence_view(silence, context.now) for silence in silences))


def _matchers(body: SilenceBody) -> tuple[Matcher, ...]:
    return tuple(Matcher(one.field, one.operator, one.value) for one in body.matchers)


def _matched(context: RequestContext, parameters: Parameters) -> Collection[Resource]:
    return context.application.permissions.matched(_matchers(parameters["body"]))


@command(
    "POST",
    "/api/silences",
    Role.OPERATOR,
    audit=Audited("silence", in_answer("id"), reason=in_body("comment")),
    restriction=_matched,
    status=201,
    errors=(Conflict,),
)
def add_silence(context: Context, body: Annotated[SilenceBody, Body()]) -> SilenceView:
    """Create a silence.

    Mutes the alerts that match every matcher; they are still stored and counted.
    """
    starts_at = context.now if body.starts_at is None else epoch_millis(body.starts_at)
    draft = Silence(
        id="",
        matchers=_matchers(body),
        starts_at=starts_at,
        ends_at=_end(body, starts_at),
        comment=body.comment.strip(),
        author=context.person,
        created_at=context.now,
        kind=body.kind,
        repeats_every=(body.repeats_every_seconds or 0) * SECOND,
    )
    return _silence_view(context.application.silences.add(draft), context.now)


@command(
    "DELETE",
    "/api/silences/{silence_id}",
    Role.OPERATOR,
    audit=Audited("end silence", in_path("silence_id")),
    restriction=silence_in_path,
    errors=(NotFound, Conflict),
)
def end_silence(context: Context, silence_id: Id) -> SilenceView:
    """End a silence.

    It ends now.
    """
    return _silence_view(context.application.silences.end(silence_id, context.now), context.now)


def _end(body: SilenceBody, starts_at: EpochMillis) -> EpochMillis:
    match body.ends_at, body.duration_seconds:
        case None, None:
            raise BadInput("endsAt or durationSeconds is required", field="endsAt")
        case None, int() as seconds:
            return starts_at + seconds * SECOND
        case datetime() as moment, None:
            return epoch_millis(moment)
        case _:
            raise BadInput("give endsAt or durationSeconds, not both", field="durationSeconds")


ENDPOINTS: tuple[Endpoint, ...] = (list_silences, add_silence, end_silence)
