"""Endpoints of sign-in: where people sign in, and who the caller is."""

from collections.abc import Iterable
from functools import partial
from typing import Annotated

from pydantic import BeforeValidator

from cloudops.api.context import Context, RequestContext
from cloudops.api.endpoint import Endpoint, query
from cloudops.api.route import Access
from cloudops.api.schemas import View
from cloudops.core.errors import CloudOpsError
from cloudops.identity.access import CallerKind, Role
from cloudops.observability import logger


class SignInView(View):
    """The OpenID Connect issuer, and the public client that a browser uses there (docs/sign-in.md)."""

    issuer: str
    client_id: str
    scopes: tuple[str, ...]


def _texts(grants: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(str, grants))


class CallerView(View):
    """`subject` is the identity: issuer and `sub` of a person, or the id of an API token. `role` is the
    highest of the `grants`, which may be narrowed: `operator:team=payments:env=prod:account=111122223333`."""

    name: str
    subject: str
    role: Role
    grants: Annotated[tuple[str, ...], BeforeValidator(_texts)]
    kind: CallerKind


@query("/api/sign-in", Access.OPEN)
def sign_in(context: Context) -> SignInView:
    """Get the sign-in settings.

    Open, because a browser needs them before its user has signed in. All of them are public.
    """
    return SignInView.model_validate(context.application.sign_in)


@query("/api/me", Role.VIEWER)
def who_am_i(context: Context) -> CallerView:
    """Get the caller.

    Name and subject are recorded with what the caller does; the role decides what the caller may do. A
    browser calls it after each sign-in, so it also remembers that the person has signed in.
    """
    caller = context.caller
    if caller.kind is CallerKind.PERSON:
        _remember(context)
    return CallerView.model_validate(caller)


def _remember(context: RequestContext) -> None:
    """Remembers the sign-in. A failure delays only the links that need it, so the caller is answered."""
    try:
        context.application.people.remember(context.caller, partial(_verified_email, context), context.now)
    except CloudOpsError as error:
        logger.warning("sign-in not remembered", exc_info=error)


def _verified_email(context: RequestContext) -> str | None:
    """Returns the address in the token, else that of the issuer's UserInfo endpoint; None if unreadable."""
    if context.caller.email:
        return context.caller.email
    try:
        return context.application.verified_email(context.bearer, context.caller.subject)
    except CloudOpsError as error:
        logger.warning("email address of a sign-in not read", exc_info=error)
        return None


ENDPOINTS: tuple[Endpoint, ...] = (sign_in, who_am_i)
