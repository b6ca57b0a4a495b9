"""What the API's answers have in common: camelCase, read off a domain record, times in ISO 8601 UTC."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AliasGenerator, AliasPath, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from cloudops.domain.alert import Instant


class View(BaseModel):
    """A field is read from the record's attribute of the same name, or from where `at` says."""

    model_config = ConfigDict(
        alias_generator=AliasGenerator(serialization_alias=to_camel),
        from_attributes=True,
        frozen=True,
    )


def at(*path: str) -> Any:
    """A field that is read at this path of the record (Any, like pydantic's Field: it stands for a value)."""
    return Field(validation_alias=AliasPath(*path))


def iso(instant: Instant) -> str:
    """Such as 2026-01-31T09:30:00.000Z."""
    moment = datetime.fromtimestamp(instant / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Timestamp = Annotated[
    Instant,
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-01-31T09:30:00.000Z"]}),
]
