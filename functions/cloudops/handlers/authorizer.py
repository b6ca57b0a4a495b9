"""Lambda authorizer of /api/*: identifies the caller by the token; the API decides what they may do."""

from typing import Any

from cloudops.api.http_event import Event, header_of
from cloudops.bootstrap.authorizer import authenticator
from cloudops.identity.access import AccessReason
from cloudops.identity.authentication import Authenticate
from cloudops.observability import logger


def respond(event: Event, who: Authenticate) -> dict[str, object]:
    """Returns the simple response of HTTP APIs. An unknown caller passes without a role, so that the API
    answers 401 in the shape of its errors: an endpoint with a role serves no caller without one."""
    identified = who.identify(header_of(event, "authorization"))
    if identified.reason is AccessReason.UNVERIFIABLE:
        logger.error("token not verified: token records or the issuer's keys were unreadable")
    caller = identified.caller
    context = {"reason": identified.reason.value}
    if caller is not None:
        context |= {
            "name": caller.name,
            "subject": caller.subject,
            "grants": "\n".join(map(str, caller.grants)),
            "kind": caller.kind.value,
        }
        if caller.email:
            context["email"] = caller.email
    return {"isAuthorized": True, "context": context}


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> dict[str, object]:
    """Authorizes one request. `context` is Lambda's (Any: only Powertools reads it)."""
    return respond(event, authenticator())
