"""Lambda function behind POST /webhooks/*: stores the body on the event bus, then answers."""

from typing import Any, Final

from cloudops.api.http_event import Event, body_of, header_of, method_of, path_of
from cloudops.api.http_response import Answer, answer, problem
from cloudops.api.route import Access, Route, RouteIndex
from cloudops.bootstrap.webhook import webhook_receiver
from cloudops.core.errors import CloudOpsError
from cloudops.identity.access import bearer
from cloudops.ingestion.webhook import ReceiveWebhook, Webhook
from cloudops.observability import logger

_WEBHOOKS: Final = {
    Route("POST", "/webhooks/datadog", Access.SECRET): Webhook.DATADOG,
    Route("POST", "/webhooks/alertmanager", Access.SECRET): Webhook.ALERTMANAGER,
}
WEBHOOK_ROUTES: Final = tuple(_WEBHOOKS)
_INDEX: Final = RouteIndex(WEBHOOK_ROUTES)
_SECRET_HEADER: Final = "x-cloudops-secret"  # noqa: S105 the name of a header


def respond(event: Event, receiver: ReceiveWebhook) -> Answer:
    """Returns 202 once the body is stored, or a problem, such as 401 for a wrong secret."""
    path = path_of(event)
    try:
        route, _ = _INDEX.find(method_of(event), path)
        presented = header_of(event, _SECRET_HEADER) or bearer(header_of(event, "authorization"))
        receiver.receive(_WEBHOOKS[route], presented, body_of(event).decode("utf-8", "replace"))
    except CloudOpsError as error:
        logger.warning("webhook refused", path=path, code=error.code, reason=error.message)
        return problem(error)
    return answer(202, {"ok": True})


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> Answer:
    """Answers one webhook. `context` is Lambda's (Any: only Powertools reads it)."""
    return respond(event, webhook_receiver())
