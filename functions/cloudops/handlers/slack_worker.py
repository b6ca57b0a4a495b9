"""Lambda behind the queue of what people asked in Slack: does it, writes it down, and answers them."""

import json
from typing import Any

from cloudops.api.audit_recording import record_audit_entry
from cloudops.api.http_event import Event
from cloudops.audit.trail import AuditTrail
from cloudops.bootstrap.automation import audit_trail
from cloudops.bootstrap.slack_worker import chat_dispatcher, read_asked
from cloudops.chatops.actions import Done
from cloudops.chatops.dispatcher import ChatDispatcher
from cloudops.core.time import EpochMillis
from cloudops.identity.access import Caller
from cloudops.observability import logger


def respond(event: Event, serve: ChatDispatcher, trail: AuditTrail) -> None:
    """Raises where a retry helps: the queue brings the request again."""

    def record(caller: Caller, done: Done, at: EpochMillis) -> None:
        record_audit_entry(
            trail, caller.name, done.action, done.target, at, reason=done.reason, result=done.result
        )

    for message in event["Records"]:
        said = json.loads(message["body"])
        asked = read_asked(said["way"], said["body"])
        if asked is None:
            continue
        outcome = serve.dispatch(asked, said["signature"], message["messageId"], record, int(said["at"]))
        logger.info("asked in Slack", outcome=outcome, user=asked.asker.user, request=said["at"])


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> None:
    """`context` is Lambda's (Any: Powertools' decorator reads it, we do not)."""
    respond(event, chat_dispatcher(), audit_trail())
