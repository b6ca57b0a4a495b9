"""Schemas that several endpoints share: parameters, request bodies and the base of responses."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import (
    AliasGenerator,
    AliasPath,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from cloudops.core.time import SECOND, EpochMillis

MAX_POSTED_ALERTS = 1_000
MAX_COMMENT = 2_000
MAX_TRANSITION_REASON = 500
MAX_WORD = 200

Word = Annotated[str, Query(max_length=MAX_WORD)]
Limit = Annotated[int, Query(ge=1, le=100, description="How many to return at most.")]
Cursor = Annotated[str | None, Query(max_length=4_000, description="The `cursor` of the previous page.")]
Id = Annotated[str, Path(min_length=1, max_length=MAX_WORD)]


def iso_text(value: object) -> object:
    """Accepts ISO 8601 text with an offset; a number has neither a unit nor a zone."""
    if value is not None and not isinstance(value, str):
        raise ValueError("must be a time such as 2026-01-31T09:30:00Z")
    return value


def _truth(value: object) -> object:
    if type(value) is not bool and value is not None:
        raise ValueError("must be true or false")
    return value


def _whole_number(value: object) -> object:
    """Refuses JSON's `true` and `1.0`, which equal 1 in Python."""
    if type(value) is not int:
        raise ValueError("must be the number 1 or -1")
    return value


def epoch_millis(moment: datetime) -> EpochMillis:
    return round(moment.timestamp() * SECOND)


class _Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class RequestBody(BaseModel):
    """A body that may have no other field than those declared."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class IngestBody(_Body):
    """Alerts in any supported format: generic, CloudWatch (EventBridge, SNS), Datadog, Alertmanager."""

    model_config = ConfigDict(extra="forbid")

    alerts: Annotated[
        list[JsonValue] | None,
        Field(
            min_length=1,
            max_length=MAX_POSTED_ALERTS,
            description="One payload each. Without any, sources are polled; mock adapters make samples.",
            examples=[[{"title": "checkout error rate above 5%", "service": "checkout", "severity": "high"}]],
        ),
    ] = None


NO_ALERTS: Final = IngestBody()


class TransitionBody(_Body):
    """The reason, for the timeline and the audit trail."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(max_length=MAX_TRANSITION_REASON, examples=["planned load test"])] = ""


NO_REASON: Final = TransitionBody()


class FeedbackBody(_Body):
    """A vote on a suggestion: it helped or would help (1), or it did not or would not (-1)."""

    suggestion_id: Annotated[str, Field(min_length=1, max_length=MAX_WORD)]
    value: Annotated[Literal[1, -1], BeforeValidator(_whole_number)]
    comment: Annotated[str | None, Field(max_length=MAX_COMMENT)] = None


class OutcomeBody(_Body):
    """The outcome of an action that a person performed by hand. Whether the alerts resolved is read from the
    incident where possible; `cleared` is the person's own statement for where it is not."""

    performed_at: Annotated[
        AwareDatetime | None,
        BeforeValidator(iso_text),
        Field(description="When it was performed; the default is now."),
    ] = None
    cleared: Annotated[bool | None, BeforeValidator(_truth)] = None


NO_OUTCOME: Final = OutcomeBody()


class View(BaseModel):
    """A response. A field is read from the record's attribute of the same name, or from the path that `at`
    names."""

    model_config = ConfigDict(
        alias_generator=AliasGenerator(serialization_alias=to_camel),
        from_attributes=True,
        frozen=True,
    )


def at(*path: str) -> Any:
    """Reads a field from this path of the record (Any, like pydantic's Field: it stands for a value)."""
    return Field(validation_alias=AliasPath(*path))


def iso(instant: EpochMillis) -> str:
    """Such as 2026-01-31T09:30:00.000Z."""
    moment = datetime.fromtimestamp(instant / SECOND, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Timestamp = Annotated[
    EpochMillis,
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-01-31T09:30:00.000Z"]}),
]
