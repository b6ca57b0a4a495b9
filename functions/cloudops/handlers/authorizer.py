"""Lambda authorizer of /api/*: says whose token a request carries; the API decides what that allows."""

from typing import Any

from cloudops.domain.access import AccessReason
from cloudops.flows.tokens import TokenBook
from cloudops.handlers.requests import Event, header_of
from cloudops.observability import logger
from cloudops.wiring.authorizer import token_book


def respond(event: Event, book: TokenBook) -> dict[str, object]:
    """The simple response of HTTP APIs. A caller who is not known passes without a role, so that the
    API answers 401 in its own words: no route that needs a role serves a caller without one."""
    identified = book.identify(header_of(event, "authorization"))
    if identified.reason is AccessReason.UNVERIFIABLE:
        logger.error("token records cannot be read")
    caller = identified.caller
    context = {"reason": identified.reason.value}
    if caller is not None:
        context |= {"name": caller.name, "role": caller.role.value}
    return {"isAuthorized": True, "context": context}


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> dict[str, object]:
    """`context` is Lambda's (Any: Powertools' decorator reads it, we do not)."""
    return respond(event, token_book())
