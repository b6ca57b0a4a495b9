"""What people send and see of silences."""

from datetime import datetime
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from aws_lambda_powertools.event_handler.request import Request
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)
from pydantic.alias_generators import to_camel

from cloudops.api.application import ApplicationFactory
from cloudops.api.authorization import caller_of
from cloudops.api.schemas import MAX_COMMENT, MAX_WORD, Id, Timestamp, View, iso_text
from cloudops.core.errors import BadInput
from cloudops.core.time import DAY, SECOND, EpochMillis
from cloudops.silences.matching import MAX_MATCHERS, MAX_VALUE
from cloudops.silences.silence import Matcher, Operator, Silence, SilenceKind

YEAR_SECONDS = 366 * DAY // SECOND


Time = Annotated[AwareDatetime, BeforeValidator(iso_text)]
Seconds = Annotated[int, Field(strict=True, ge=1, le=YEAR_SECONDS)]


class _Sent(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class MatcherBody(_Sent):
    """`field` is one of account, environment, region, service, source, title, metric, namespace, severity,
    fingerprint, or label.NAME; a pattern must match the whole value."""

    field: Annotated[str, Field(min_length=1, max_length=MAX_WORD, examples=["service"])]
    operator: Operator = Operator.EQUAL
    value: Annotated[str, Field(max_length=MAX_VALUE, examples=["checkout"])]


class SilenceBody(_Sent):
    """Alerts that meet every matcher are muted from `startsAt`, or now, until `endsAt` or for
    `durationSeconds`, and again each `repeatsEverySeconds` where that is given."""

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
    """`state`: it holds now, it will, or it is over. `repeatsEverySeconds` is 0 where it does not repeat."""

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


def instant(moment: datetime) -> EpochMillis:
    return round(moment.timestamp() * SECOND)


def seen(silence: Silence, now: EpochMillis) -> SilenceView:
    return SilenceView(
        id=silence.id,
        kind=silence.kind,
        state="ended" if silence.is_over(now) else "active" if silence.is_active(now) else "pending",
        matchers=tuple(MatcherView.model_validate(one) for one in silence.matchers),
        starts_at=silence.starts_at,
        ends_at=silence.ends_at,
        repeats_every_seconds=silence.repeats_every // SECOND,
        comment=silence.comment,
        author=silence.author,
        created_at=silence.created_at,
    )


class SilenceRoutes:
    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application

    def page(
        self, ended: Annotated[bool, Query(description="Also those that are over.")] = False
    ) -> SilencesView:
        """Those that hold or will, newest first."""
        application = self._application()
        now = application.now()
        found = application.silences.page(now, ended=ended)
        return SilencesView(silences=tuple(seen(one, now) for one in found))

    def add(self, body: Annotated[SilenceBody, Body()], request: Request) -> SilenceView:
        """Mutes the alerts that meet every matcher, as the holder of the token; they are kept and counted."""
        application, person = self._application(), caller_of(request.resolved_event.raw_event).name
        now = application.now()
        starts_at = now if body.starts_at is None else instant(body.starts_at)
        draft = Silence(
            id="",
            matchers=tuple(Matcher(one.field, one.operator, one.value) for one in body.matchers),
            starts_at=starts_at,
            ends_at=_end(body, starts_at),
            comment=body.comment.strip(),
            author=person,
            created_at=now,
            kind=body.kind,
            repeats_every=(body.repeats_every_seconds or 0) * SECOND,
        )
        return seen(application.silences.add(draft), now)

    def end(self, silence_id: Id) -> SilenceView:
        """Ends it now."""
        application = self._application()
        now = application.now()
        return seen(application.silences.end(silence_id, now), now)


def _end(body: SilenceBody, starts_at: EpochMillis) -> EpochMillis:
    match body.ends_at, body.duration_seconds:
        case None, None:
            raise BadInput("say when it ends: endsAt or durationSeconds", field="endsAt")
        case None, int() as seconds:
            return starts_at + seconds * SECOND
        case datetime() as moment, None:
            return instant(moment)
        case _:
            raise BadInput("say endsAt or durationSeconds, not both", field="durationSeconds")
