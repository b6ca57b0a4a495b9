"""Lambda behind the queue of what people asked in Slack: does it, writes it down, and answers them."""

import json
from typing import Any

from cloudops.domain.access import Caller
from cloudops.domain.alert import Instant
from cloudops.flows.audit_trail import AuditTrail
from cloudops.flows.chat_acts import Done
from cloudops.flows.chat_desk import ChatDesk
from cloudops.handlers.recording import write_down
from cloudops.handlers.requests import Event
from cloudops.observability import logger
from cloudops.wiring.automation import trail
from cloudops.wiring.operate import desk, read_asked


def respond(event: Event, serve: ChatDesk, trail: AuditTrail) -> None:
    """Raises where a retry helps: the queue brings the request again."""

    def record(caller: Caller, done: Done, at: Instant) -> None:
        write_down(trail, caller.name, done.action, done.target, at, reason=done.reason, result=done.result)

    for message in event["Records"]:
        said = json.loads(message["body"])
        asked = read_asked(said["way"], said["body"])
        if asked is None:
            continue
        outcome = serve(asked, said["signature"], message["messageId"], record, int(said["at"]))
        logger.info("asked in Slack", outcome=outcome, user=asked.asker.user, request=said["at"])


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> None:
    """`context` is Lambda's (Any: Powertools' decorator reads it, we do not)."""
    respond(event, desk(), trail())
