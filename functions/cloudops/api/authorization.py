"""Authorization: who the authorizer says is calling, and whether their role suffices for a route."""

from typing import Final

from cloudops.api.http_event import Event
from cloudops.api.route import Route
from cloudops.core.errors import Forbidden, Unauthenticated, Unavailable
from cloudops.identity.access import AccessReason, Caller, CallerKind, Role

_ROLES: Final = frozenset(Role)

_REFUSALS: Final = {
    AccessReason.UNKNOWN: "the bearer token is not known",
    AccessReason.MALFORMED: "the bearer token is malformed",
    AccessReason.WRONG_KEY: "the bearer token is not signed by the issuer",
    AccessReason.WRONG_ISSUER: "the bearer token is of another issuer",
    AccessReason.WRONG_AUDIENCE: "the bearer token is meant for another application",
    AccessReason.WRONG_USE: "the bearer token is no access token",
    AccessReason.EXPIRED: "the bearer token has expired",
    AccessReason.NOT_YET_VALID: "the bearer token is not valid yet",
    AccessReason.NAMELESS: "the bearer token has no name",
}


def caller_of(event: Event) -> Caller:
    """The caller that the authorizer names.

    Unauthenticated where it names none, Unavailable where it could not find out, Forbidden where a person
    signed in who has no role: to sign in again would not help.
    """
    authorizer = event["requestContext"].get("authorizer") or {}
    identity = authorizer.get("lambda") or {}
    role, name = identity.get("role"), identity.get("name")
    if isinstance(role, str) and role in _ROLES and name:
        person = identity.get("kind") == CallerKind.PERSON
        return Caller(str(name), Role(role), CallerKind.PERSON if person else CallerKind.MACHINE)
    match identity.get("reason"):
        case AccessReason.UNVERIFIABLE:
            raise Unavailable("the authorizer could not read the token records or the issuer's keys")
        case AccessReason.NO_ROLE:
            raise Forbidden("you are signed in without a role: ask an admin for viewer, operator or admin")
        case str() as reason if reason in _REFUSALS:
            raise Unauthenticated(_REFUSALS[AccessReason(reason)])
        case _:
            raise Unauthenticated("a bearer token is needed: Authorization: Bearer <token>")


def authorize(route: Route, event: Event) -> None:
    """Raises what `caller_of` raises, and Forbidden where the caller's role is below that of the route.

    A route without a role proves its caller itself, or is open.
    """
    if not isinstance(route.access, Role):
        return
    caller = caller_of(event)
    if caller.role.rank < route.access.rank:
        raise Forbidden(
            f"{route.method} {route.path} needs the role {route.access}; "
            f"{caller.name} has the role {caller.role}"
        )
