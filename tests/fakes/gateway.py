"""Events as API Gateway (HTTP API, payload 2.0) sends them to a function, and its response as a reply."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode


@dataclass
class LambdaContext:
    function_name: str = "cloudops"
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:111122223333:function:cloudops"
    aws_request_id: str = "8f507cfc-xmpl-4697-b07a-ac58fc914c95"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def request(
    method: str,
    path: str,
    *,
    body: str | bytes | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    identity: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Returns an event; a body of bytes is base64, as API Gateway encodes binary bodies."""
    raw_query = urlencode(query or {})
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": raw_query,
        "headers": {
            "accept": "*/*",
            "content-length": str(len(body or "")),
            "host": "abcdef1234.execute-api.eu-central-1.amazonaws.com",
            "user-agent": "curl/8.5.0",
            "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
            "x-forwarded-for": "192.0.2.44",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
            **({"content-type": "application/json"} if body is not None else {}),
            **(headers or {}),
        },
        "requestContext": {
            "accountId": "111122223333",
            "apiId": "abcdef1234",
            "domainName": "abcdef1234.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "abcdef1234",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.44",
                "userAgent": "curl/8.5.0",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1767225600000,
        },
        "isBase64Encoded": isinstance(body, bytes),
    }
    if query:
        event["queryStringParameters"] = dict(query)
    if identity is not None:
        event["requestContext"]["authorizer"] = {"lambda": dict(identity)}
    if body is not None:
        event["body"] = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    return event


@dataclass
class Reply:
    """The response as a caller receives it; `json` is None without a body."""

    status: int
    headers: dict[str, str]
    text: str
    json: Any = field(init=False)

    def __post_init__(self) -> None:
        self.json = json.loads(self.text) if self.text else None

    @property
    def error(self) -> dict[str, str]:
        """The error object; asserts the shape of errors."""
        assert set(self.json) == {"error"}
        assert set(self.json["error"]) in ({"code", "message"}, {"code", "message", "field"})
        inside: dict[str, str] = self.json["error"]
        return inside


def reply(answer: Mapping[str, Any]) -> Reply:
    """Returns the response of a function as a caller receives it."""
    assert not answer.get("isBase64Encoded")
    headers = {name.lower(): value for name, value in answer.get("headers", {}).items()}
    return Reply(answer["statusCode"], headers, answer.get("body") or "")


Respond = Callable[[Any, Any], Mapping[str, Any]]


class Client:
    """Calls a function as API Gateway does for a caller with a role; None is a caller without a token."""

    def __init__(
        self, respond: Callable[[Any, Any], Mapping[str, Any]], role: str | None = "operator"
    ) -> None:
        self._respond = respond
        self.identity = (
            {"reason": "known", "name": "jane", "subject": "token:tok_jane", "grants": role}
            if role
            else {"reason": "absent"}
        )

    def __call__(self, method: str, path: str, body: object = None, **more: Any) -> Reply:
        """Sends a request; a body that is neither text nor bytes is encoded as JSON."""
        raw = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
        event = request(method, path, body=raw, identity=self.identity, **more)
        return reply(self._respond(event, LambdaContext()))
