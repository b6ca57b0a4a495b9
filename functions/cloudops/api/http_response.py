"""Builds responses for API Gateway (HTTP API, payload format 2.0), with one format for all errors."""

import json
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from cloudops.core.errors import CloudOpsError, MethodNotAllowed, Unauthenticated

Answer: TypeAlias = dict[str, Any]
"""As API Gateway expects it (Any: a wire format)."""

SECURITY_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
"""The headers of every answer. OWASP's REST Security Cheat Sheet lists them for an API that returns no
HTML. The
refusals of API Gateway itself, such as 401 without a token, lack them: an HTTP API cannot change those."""

_JSON: Final = {"content-type": "application/json", "cache-control": "no-store"}

_TRY_AGAIN: Final = "A system that this depends on did not answer. Try again in a moment."
_OURS: Final = "Something went wrong on our side."


def answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> Answer:
    return {
        "statusCode": status,
        "headers": {**SECURITY_HEADERS, **_JSON, **(headers or {})},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def problem_body(error: CloudOpsError) -> dict[str, dict[str, str]]:
    """Returns `{"error": {"code", "message", "field"?}}`. From 500 on, the message reveals no internals."""
    if error.status >= 500:
        message = _TRY_AGAIN if error.retryable else _OURS
        return {"error": {"code": error.code, "message": message}}
    problem = {"code": error.code, "message": error.message}
    if error.field:
        problem["field"] = error.field
    return {"error": problem}


def problem_headers(error: CloudOpsError) -> dict[str, str]:
    """Returns the headers that HTTP requires with a status, such as WWW-Authenticate and Allow."""
    match error:
        case Unauthenticated():
            return {"www-authenticate": "Bearer"}
        case MethodNotAllowed():
            return {"allow": error.allowed}
        case _:
            return {"retry-after": "1"} if error.status == 503 else {}


def problem(error: CloudOpsError) -> Answer:
    return answer(error.status, problem_body(error), problem_headers(error))
