"""Lambda authorizer of /api/*: says whose token a request carries; the API decides what that allows."""

from typing import Any

from cloudops.api.http_event import Event, header_of
from cloudops.bootstrap.authorizer import identify
from cloudops.identity.access import AccessReason
from cloudops.identity.authentication import Authenticate
from cloudops.observability import logger


def respond(event: Event, who: Authenticate) -> dict[str, object]:
    """The simple response of HTTP APIs. A caller who is not known passes without a role, so that the
    API answers 401 in its own words: no route that needs a role serves a caller without one."""
    identified = who.identify(header_of(event, "authorization"))
    if identified.reason is AccessReason.UNVERIFIABLE:
        logger.error("token records or the issuer's keys cannot be read")
    caller = identified.caller
    context = {"reason": identified.reason.value}
    if caller is not None:
        context |= {"name": caller.name, "role": caller.role.value, "kind": caller.kind.value}
    return {"isAuthorized": True, "context": context}


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> dict[str, object]:
    """`context` is Lambda's (Any: Powertools' decorator reads it, we do not)."""
    return respond(event, identify())
