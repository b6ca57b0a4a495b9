"""Lambda behind POST /slack/*: checks that Slack sent it, stores it in the queue, and answers at once."""

from typing import Any, Final

from cloudops.api.http_event import Event, body_of, header_of, method_of, path_of
from cloudops.api.http_response import Answer, answer, problem
from cloudops.bootstrap.clock import now
from cloudops.bootstrap.slack_webhook import challenge_of, door
from cloudops.chatops.receiver import ChatReceiver, SlackEndpoint
from cloudops.core.errors import CloudOpsError, MethodNotAllowed, NotFound
from cloudops.core.time import EpochMillis
from cloudops.observability import logger

_WAYS: Final = {f"/slack/{way}": way for way in SlackEndpoint}
_NOTHING: Final[Answer] = {"statusCode": 200, "headers": {}, "body": "", "isBase64Encoded": False}
"""Slack closes a dialog and shows nothing, as it shall."""


def respond(event: Event, take: ChatReceiver, at: EpochMillis) -> Answer:
    path = path_of(event)
    try:
        way = _WAYS.get(path)
        if way is None:
            raise NotFound(f"{path}: not found")
        if method_of(event) != "POST":
            raise MethodNotAllowed(f"{path} takes POST only", allowed="POST")
        body, timestamp = body_of(event), header_of(event, "x-slack-request-timestamp")
        signature = header_of(event, "x-slack-signature")
        take.check(body, timestamp, signature, at)
        if way is SlackEndpoint.EVENTS and (challenge := challenge_of(body)):
            return answer(200, {"challenge": challenge})
        take.take(way, body, timestamp, signature)
    except CloudOpsError as error:
        logger.warning("request refused", path=path, code=error.code, reason=error.message)
        return problem(error)
    return _NOTHING


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> Answer:
    """`context` is Lambda's (Any: Powertools' decorator reads it, we do not)."""
    return respond(event, door(), now())
