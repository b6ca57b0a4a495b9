"""Lambda function behind the queue of Slack requests: executes each, records it in the audit trail, and
replies."""

import json
from typing import Any

from cloudops.api.audit_recording import record_audit_entry
from cloudops.api.http_event import Event
from cloudops.audit.trail import AuditTrail
from cloudops.bootstrap.automation import audit_trail
from cloudops.bootstrap.slack_worker import chat_dispatcher, read_request
from cloudops.chatops.actions import ActionResult
from cloudops.chatops.dispatcher import ChatDispatcher
from cloudops.core.time import EpochMillis
from cloudops.identity.access import Caller
from cloudops.observability import logger


def respond(event: Event, dispatcher: ChatDispatcher, trail: AuditTrail) -> None:
    """Dispatches each request of the batch.

    Raises Unavailable if a retry may help: the queue then delivers the request again.
    """

    def record(caller: Caller, done: ActionResult, at: EpochMillis) -> None:
        record_audit_entry(
            trail, caller, done.action, done.target, at, reason=done.reason, result=done.result
        )

    for message in event["Records"]:
        queued = json.loads(message["body"])
        request = read_request(queued["way"], queued["body"])
        if request is None:
            continue
        outcome = dispatcher.dispatch(
            request, queued["signature"], message["messageId"], record, int(queued["at"])
        )
        logger.info("Slack request handled", outcome=outcome, user=request.user.id, request=queued["at"])


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> None:
    """Handles one batch of requests. `context` is Lambda's (Any: only Powertools reads it)."""
    respond(event, chat_dispatcher(), audit_trail())
