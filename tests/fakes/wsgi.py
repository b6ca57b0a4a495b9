"""The gateway and a function as one WSGI application, for tools that speak HTTP."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.gateway import LambdaContext, Respond, reply, request

Authorizer = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Returns the request context of an event."""


def application(authorizer: Authorizer, respond: Respond) -> Callable[..., Iterable[bytes]]:
    """Calls the authorizer and then `respond`, as the gateway does."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {
            name[5:].lower().replace("_", "-"): value
            for name, value in environ.items()
            if name.startswith("HTTP_") and name != "HTTP_ACCEPT_ENCODING"
        }
        headers["content-type"] = environ.get("CONTENT_TYPE", "")
        event = request(
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
            body=body or None,
            headers=headers,
            query=dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)),
        )
        event["requestContext"]["authorizer"] = {"lambda": authorizer(event)}
        answer = reply(respond(event, LambdaContext()))
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        start_response(status, list(answer.headers.items()))
        return [answer.text.encode()]

    return serve
