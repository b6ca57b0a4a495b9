"""What people send and see of silences."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)
from pydantic.alias_generators import to_camel

from cloudops.domain.alert import Instant
from cloudops.domain.muting import MAX_MATCHERS, MAX_VALUE
from cloudops.domain.silence import Operator, Silence, SilenceKind
from cloudops.handlers.http.bodies import MAX_COMMENT, MAX_WORD, iso_text
from cloudops.handlers.http.view import Timestamp, View

YEAR = 366 * 24 * 3600


Time = Annotated[AwareDatetime, BeforeValidator(iso_text)]
Seconds = Annotated[int, Field(strict=True, ge=1, le=YEAR)]


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


def instant(moment: datetime) -> Instant:
    return round(moment.timestamp() * 1000)


def seen(silence: Silence, now: Instant) -> SilenceView:
    return SilenceView(
        id=silence.id,
        kind=silence.kind,
        state="ended" if silence.is_over(now) else "active" if silence.is_active(now) else "pending",
        matchers=tuple(MatcherView.model_validate(one) for one in silence.matchers),
        starts_at=silence.starts_at,
        ends_at=silence.ends_at,
        repeats_every_seconds=silence.repeats_every // 1000,
        comment=silence.comment,
        author=silence.author,
        created_at=silence.created_at,
    )
