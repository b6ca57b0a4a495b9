"""Lambda function behind POST /slack/*: verifies Slack's signature, queues the request, and answers at
once."""

from typing import Any, Final

from cloudops.api.http_event import Event, body_of, header_of, method_of, path_of
from cloudops.api.http_response import SECURITY_HEADERS, Answer, answer, problem
from cloudops.api.route import Access, Route, RouteIndex
from cloudops.bootstrap.clock import now
from cloudops.bootstrap.slack_webhook import challenge_of, chat_receiver
from cloudops.chatops.receiver import ChatReceiver, SlackEndpoint
from cloudops.core.errors import CloudOpsError
from cloudops.core.time import EpochMillis
from cloudops.observability import logger

_ENDPOINTS: Final = {
    Route("POST", f"/slack/{endpoint}", Access.SIGNED): endpoint for endpoint in SlackEndpoint
}
SLACK_ROUTES: Final = tuple(_ENDPOINTS)
_INDEX: Final = RouteIndex(SLACK_ROUTES)
_EMPTY: Final[Answer] = {
    "statusCode": 200,
    "headers": SECURITY_HEADERS,
    "body": "",
    "isBase64Encoded": False,
}
"""Slack closes a dialog at an empty answer. The worker shows the result later."""


def respond(event: Event, receiver: ChatReceiver, at: EpochMillis) -> Answer:
    """Returns 200 once the request is queued, the challenge of Slack's URL verification, or a problem."""
    path = path_of(event)
    try:
        route, _ = _INDEX.find(method_of(event), path)
        body, timestamp = body_of(event), header_of(event, "x-slack-request-timestamp")
        signature = header_of(event, "x-slack-signature")
        receiver.check(body, timestamp, signature, at)
        if _ENDPOINTS[route] is SlackEndpoint.EVENTS and (challenge := challenge_of(body)):
            return answer(200, {"challenge": challenge})
        receiver.enqueue(_ENDPOINTS[route], body, timestamp, signature)
    except CloudOpsError as error:
        logger.warning("request refused", path=path, code=error.code, reason=error.message)
        return problem(error)
    return _EMPTY


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> Answer:
    """Answers one request of Slack. `context` is Lambda's (Any: only Powertools reads it)."""
    return respond(event, chat_receiver(), now())
