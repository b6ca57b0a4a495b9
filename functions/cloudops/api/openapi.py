"""The OpenAPI 3.1 document of the API, made from the declarations of its endpoints."""

import json
from typing import Any, Final

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from cloudops import __version__
from cloudops.api.app import resolver
from cloudops.api.endpoint import Endpoint
from cloudops.api.endpoints import ENDPOINTS
from cloudops.api.problems import ProblemView
from cloudops.api.route import Access
from cloudops.core.errors import BadInput, CloudOpsError, Forbidden, Unauthenticated, Unavailable

_TITLE: Final = "CloudOps Agent"
_DESCRIPTION: Final = (
    "Alerts in, incidents with suggestions out. Every operation with an x-role needs a bearer token; "
    "x-role is the least role that the token must have: viewer, operator or admin."
)
_BEARER: Final = "An access token of the issuer that GET /api/sign-in names, or of `cloudops token create`."
_SCHEMAS: Final = "#/components/schemas/"
_POWERTOOLS_OWN: Final = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
"""Schemas of the errors of Powertools, which app.py replaces."""

Document = dict[str, Any]
"""JSON (Any: as deep as OpenAPI is)."""


def openapi_text() -> str:
    """The document as it is committed."""
    return json.dumps(openapi(), indent=2, ensure_ascii=False) + "\n"


def openapi() -> Document:
    model = resolver().get_openapi_schema(
        title=_TITLE,
        version=__version__,
        description=_DESCRIPTION,
        security_schemes={"bearer": HTTPBearer(description=_BEARER)},
    )
    document: Document = json.loads(model.model_dump_json(by_alias=True, exclude_none=True))
    schemas = document["components"]["schemas"]
    for name in _POWERTOOLS_OWN:
        schemas.pop(name, None)
    schemas |= _problem_schemas()
    for endpoint in ENDPOINTS:
        operation = document["paths"][endpoint.path][endpoint.method.lower()]
        operation["responses"] = _answers(operation["responses"], endpoint.status, _errors(endpoint))
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def _errors(endpoint: Endpoint) -> list[type[CloudOpsError]]:
    if endpoint.access is Access.OPEN:
        return list(endpoint.errors)
    return [BadInput, Unauthenticated, Forbidden, *endpoint.errors, CloudOpsError, Unavailable]


def _answers(made: Document, status: int, errors: list[type[CloudOpsError]]) -> Document:
    """The success as Powertools describes it, and our errors in place of those of Powertools."""
    own = made[str(status)]
    if status == 204:
        own.pop("content", None)
    answers = {str(status): own}
    for error in sorted(errors, key=lambda error: error.status):
        content = {"application/json": {"schema": {"$ref": f"{_SCHEMAS}{ProblemView.__name__}"}}}
        answers[str(error.status)] = {"description": error.code.replace("_", " "), "content": content}
    return answers


def _problem_schemas() -> Document:
    schema = ProblemView.model_json_schema(mode="serialization", ref_template=_SCHEMAS + "{model}")
    return {**schema.pop("$defs"), ProblemView.__name__: schema}
