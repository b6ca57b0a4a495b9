"""Reads method, path, headers and body of an HTTP API event (payload format 2.0)."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, TypeAlias

from cloudops.core.errors import BadInput

Event: TypeAlias = Mapping[str, Any]
"""As API Gateway sends it (Any: a wire format, which the functions below narrow)."""


def method_of(event: Event) -> str:
    return str(event["requestContext"]["http"]["method"]).upper()


def path_of(event: Event) -> str:
    """Returns the path without the stage, with which it begins unless the stage is the default one."""
    path = str(event["rawPath"])
    stage = event["requestContext"].get("stage", "$default")
    return path if stage == "$default" else path.removeprefix(f"/{stage}")


def header_of(event: Event, name: str) -> str:
    """Returns the header, or "" if it is absent. `name` is in lower case, as API Gateway sends it."""
    headers = event.get("headers") or {}
    return str(headers.get(name, ""))


def body_of(event: Event) -> bytes:
    """Returns the bytes that the caller sent. Raises BadInput if the base64 is invalid."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput("the body is not valid base64", field="body") from error
