"""The API: Powertools routes and validates, between the check of who may call and the shape of errors."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from cloudops.api.application import ApplicationFactory
from cloudops.api.audited_routes import record
from cloudops.api.authorization import ACCESS, OPEN, authorize
from cloudops.api.etag import conditional
from cloudops.api.http_event import Event, method_of
from cloudops.api.http_response import Answer, problem, problem_body, problem_headers
from cloudops.api.request_body import parse_body, with_text_body
from cloudops.api.routes import route_table
from cloudops.core.errors import BadInput, CloudOpsError, NotFound
from cloudops.observability import logger


class Api:
    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application
        self._resolver = resolver(application)

    def __call__(self, event: Event, context: Any) -> Answer:
        """Who may call comes first and is decided before a word of the body is read. `context` is
        Lambda's (Any: the resolver only passes it on)."""
        try:
            authorize(event)
            request = with_text_body(event)
        except CloudOpsError as error:
            _log(error)
            return problem(error)
        answer = self._resolver.resolve(request, context)
        if method_of(event) != "GET" and answer["statusCode"] < 300:
            application = self._application()
            record(application.audit_trail, request, answer, application.now())
        return conditional(event, answer)


def resolver(application: ApplicationFactory) -> APIGatewayHttpResolver:
    """Serves the routes of ACCESS and no other."""
    app = APIGatewayHttpResolver(
        enable_validation=True,
        json_body_deserializer=parse_body,
        response_validation_error_http_code=500,
    )
    routes = route_table(application)
    for (method, path), role in ACCESS.items():
        route = routes[method, path]
        app.route(
            path.replace("{", "<").replace("}", ">"),
            method=method,
            summary=(route.endpoint.__doc__ or route.operation).strip().splitlines()[0],
            operation_id=route.operation,
            status_code=route.status,
            compress=route.compress,
            security=[] if role is OPEN else [{"bearer": []}],
            openapi_extensions={} if role is OPEN else {"x-role": role.value},
        )(route.endpoint)
    app.not_found(lambda _: _refused(NotFound("not found")))
    app.exception_handler(CloudOpsError)(_refused)
    app.exception_handler(RequestValidationError)(lambda error: _refused(_bad_input(error)))
    app.exception_handler(Exception)(_failed)
    return app


def _refused(error: CloudOpsError) -> Response[dict[str, dict[str, str]]]:
    _log(error)
    return _response(error)


def _failed(error: Exception) -> Response[dict[str, dict[str, str]]]:
    """What nobody expected: the log has it in full, the caller nothing of it."""
    logger.error("request failed", exc_info=error)
    return _response(CloudOpsError("unexpected"))


def _response(error: CloudOpsError) -> Response[dict[str, dict[str, str]]]:
    return Response(
        status_code=error.status,
        content_type="application/json",
        headers=problem_headers(error),
        body=problem_body(error),
    )


def _log(error: CloudOpsError) -> None:
    if error.status >= 500:
        logger.error(error.message, code=error.code, exc_info=error)
    else:
        logger.info("request refused", code=error.code, status=error.status, field=error.field)


def _bad_input(error: RequestValidationError) -> BadInput:
    """The first of what is wrong, and the path to it: `alerts[0].title` in a body, `limit` in a query."""
    first = error.errors()[0]
    _, *path = first["loc"]
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    reason = first["msg"].removeprefix("Value error, ")
    return BadInput(f"{field or 'body'}: {reason}", field=field or "body")
