"""The OpenAPI 3.1 document of the API, made from its routes, their signatures and who may call them."""

import json
from typing import Any, Final

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from cloudops import __version__
from cloudops.api.app import resolver
from cloudops.api.application import Application
from cloudops.api.authorization import ACCESS, OPEN
from cloudops.api.problems import ProblemView
from cloudops.api.routes import route_table
from cloudops.core.errors import BadInput, CloudOpsError, Forbidden, Unauthenticated, Unavailable

_TITLE: Final = "CloudOps Agent"
_DESCRIPTION: Final = (
    "Alerts in, incidents with suggestions out. Every route with an x-role needs a bearer token; "
    "x-role names the least role that it must have: viewer, operator or admin."
)
_BEARER: Final = "An access token of the issuer that GET /api/sign-in names, or of `cloudops token create`."
_SCHEMAS: Final = "#/components/schemas/"
_POWERTOOLS_OWN: Final = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
"""Shapes that Powertools would answer with if app.py did not map its errors to ours."""

Document = dict[str, Any]
"""JSON (Any: as deep as OpenAPI is)."""


def openapi_text() -> str:
    """The document as it is committed."""
    return json.dumps(openapi(), indent=2, ensure_ascii=False) + "\n"


def openapi() -> Document:
    app = resolver(_nothing_behind)
    model = app.get_openapi_schema(
        title=_TITLE,
        version=__version__,
        description=_DESCRIPTION,
        security_schemes={
            "bearer": HTTPBearer(description="An access token of the issuer, or of `cloudops token create`.")
        },
    )
    document: Document = json.loads(model.model_dump_json(by_alias=True, exclude_none=True))
    schemas = document["components"]["schemas"]
    for name in _POWERTOOLS_OWN:
        schemas.pop(name, None)
    schemas |= _problem_schemas()
    for key, route in route_table(_nothing_behind).items():
        method, path = key
        operation = document["paths"][path][method.lower()]
        operation["responses"] = _answers(operation["responses"], route.status, _errors(key, route.errors))
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def _nothing_behind() -> Application:
    raise CloudOpsError("the document describes the routes and calls none")


def _errors(key: tuple[str, str], own: tuple[type[CloudOpsError], ...]) -> list[type[CloudOpsError]]:
    if ACCESS[key] is OPEN:
        return list(own)
    return [BadInput, Unauthenticated, Forbidden, *own, CloudOpsError, Unavailable]


def _answers(made: Document, status: int, errors: list[type[CloudOpsError]]) -> Document:
    """The route's own answer, which Powertools made, and our errors in place of Powertools'."""
    own = made[str(status)]
    if status == 204:
        own.pop("content", None)
    answers = {str(status): own}
    for error in sorted(errors, key=lambda one: one.status):
        content = {"application/json": {"schema": {"$ref": f"{_SCHEMAS}{ProblemView.__name__}"}}}
        answers[str(error.status)] = {"description": error.code.replace("_", " "), "content": content}
    return answers


def _problem_schemas() -> Document:
    schema = ProblemView.model_json_schema(mode="serialization", ref_template=_SCHEMAS + "{model}")
    return {**schema.pop("$defs"), ProblemView.__name__: schema}
