"""What an HTTP API event (payload 2.0) says: its path, a header, its body."""

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
    """Without the name of the stage, which API Gateway puts first unless it is the default one."""
    path = str(event["rawPath"])
    stage = event["requestContext"].get("stage", "$default")
    return path if stage == "$default" else path.removeprefix(f"/{stage}")


def header_of(event: Event, name: str) -> str:
    """Empty where it is absent; `name` in lower case, as API Gateway sends them."""
    headers = event.get("headers") or {}
    return str(headers.get(name, ""))


def body_of(event: Event) -> bytes:
    """The bytes that the caller sent; BadInput where API Gateway's base64 is none."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput("the body is not valid base64", field="body") from error
