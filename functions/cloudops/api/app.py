"""The HTTP API: authorizes a request, has Powertools validate and route it, and records what it did."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from cloudops.api.application import ApplicationFactory
from cloudops.api.audit_recording import record_audit_entry
from cloudops.api.audit_words import AuditContext, Audited, audit_context
from cloudops.api.authorization import authorize
from cloudops.api.context import CONTEXT, RequestContext
from cloudops.api.endpoints import ENDPOINTS
from cloudops.api.etag import conditional
from cloudops.api.http_event import Event, method_of, path_of
from cloudops.api.http_response import Answer, problem, problem_body, problem_headers
from cloudops.api.request_body import parse_body, with_text_body
from cloudops.api.route import Access, RouteIndex
from cloudops.core.errors import BadInput, CloudOpsError, NotFound
from cloudops.observability import logger


class Api:
    """Handles one HTTP event: `api(event, context)` returns the response for API Gateway."""

    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application
        self._index = RouteIndex(ENDPOINTS)
        self._resolver = resolver()

    def __call__(self, event: Event, context: Any) -> Answer:
        """Authorizes before it reads the body. `context` is Lambda's (Any: the resolver passes it on)."""
        try:
            endpoint, parameters = self._index.find(method_of(event), path_of(event))
            authorize(endpoint, event)
            request = with_text_body(event)
        except CloudOpsError as error:
            _log(error)
            return problem(error)
        request_context = RequestContext(self._application, event)
        self._resolver.context[CONTEXT] = request_context
        answer = self._resolver.resolve(request, context)
        if isinstance(endpoint.audit, Audited) and answer["statusCode"] < 300:
            _record(endpoint.audit, request_context, audit_context(parameters, request, answer))
        return conditional(event, answer)


def resolver() -> APIGatewayHttpResolver:
    """Returns Powertools' resolver with every endpoint; it also renders the OpenAPI document."""
    app = APIGatewayHttpResolver(
        enable_validation=True,
        json_body_deserializer=parse_body,
        response_validation_error_http_code=500,
    )
    for endpoint in ENDPOINTS:
        is_open = endpoint.access is Access.OPEN
        app.route(
            endpoint.path.replace("{", "<").replace("}", ">"),
            method=endpoint.method,
            summary=endpoint.summary,
            description=endpoint.description or None,
            operation_id=endpoint.operation,
            status_code=endpoint.status,
            compress=endpoint.compress,
            security=[] if is_open else [{"bearer": []}],
            openapi_extensions={} if is_open else {"x-role": endpoint.access.value},
        )(endpoint.handler)
    app.not_found(lambda _: _refused(NotFound("not found")))
    app.exception_handler(CloudOpsError)(_refused)
    app.exception_handler(RequestValidationError)(lambda error: _refused(_bad_input(error)))
    app.exception_handler(Exception)(_failed)
    return app


def _record(audit: Audited, request_context: RequestContext, context: AuditContext) -> None:
    record_audit_entry(
        request_context.application.audit_trail,
        request_context.caller,
        audit.action,
        audit.target(context),
        request_context.now,
        reason=audit.reason(context),
        result=audit.result(context),
    )


def _refused(error: CloudOpsError) -> Response[dict[str, dict[str, str]]]:
    _log(error)
    return _response(error)


def _failed(error: Exception) -> Response[dict[str, dict[str, str]]]:
    """Logs an unexpected error with its traceback; the caller learns only that the request failed."""
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
    """Returns the first violation with its path: `alerts[0].title` in a body, `limit` in a query."""
    first = error.errors()[0]
    _, *path = first["loc"]
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    reason = first["msg"].removeprefix("Value error, ")
    return BadInput(f"{field or 'body'}: {reason}", field=field or "body")
