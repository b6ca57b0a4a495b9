"""Authorization: reads the caller from the authorizer's answer, and compares their role with the route's."""

from typing import Final

from cloudops.api.http_event import Event
from cloudops.api.route import Route
from cloudops.core.errors import Forbidden, Unauthenticated, Unavailable
from cloudops.identity.access import AccessReason, Caller, CallerKind, Role, require_role
from cloudops.identity.grants import parse_grant

_REFUSALS: Final = {
    AccessReason.UNKNOWN: "the bearer token is unknown",
    AccessReason.MALFORMED: "the bearer token is malformed",
    AccessReason.WRONG_KEY: "the bearer token is not signed by the issuer",
    AccessReason.WRONG_ISSUER: "the bearer token has another issuer",
    AccessReason.WRONG_AUDIENCE: "the bearer token is meant for another application",
    AccessReason.WRONG_USE: "the bearer token is not an access token",
    AccessReason.EXPIRED: "the bearer token has expired",
    AccessReason.NOT_YET_VALID: "the bearer token is not valid yet",
    AccessReason.NAMELESS: "the bearer token has no name",
    AccessReason.NO_SUBJECT: "the bearer token has no subject",
}


def caller_of(event: Event) -> Caller:
    """Returns the caller that the authorizer names.

    Raises:
        Unauthenticated: It names no caller, because the bearer token is absent or invalid.
        Forbidden: A person is signed in without a role; signing in again does not help.
        Unavailable: It could not read the token records or the issuer's keys.
    """
    authorizer = event["requestContext"].get("authorizer") or {}
    identity = authorizer.get("lambda") or {}
    name, subject, grants = (identity.get(field) for field in ("name", "subject", "grants"))
    known = tuple(filter(None, map(parse_grant, grants.split("\n")))) if isinstance(grants, str) else ()
    if known and name and subject:
        person = identity.get("kind") == CallerKind.PERSON
        kind = CallerKind.PERSON if person else CallerKind.MACHINE
        return Caller(str(name), known, str(subject), kind, str(identity.get("email") or ""))
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
    """Checks the caller's role. A route without a role is open, or authenticates its caller itself.

    Raises:
        Forbidden: The caller's role is below that of the route. Other errors as `caller_of`.
    """
    if not isinstance(route.access, Role):
        return
    require_role(caller_of(event), route.access, f"{route.method} {route.path}")
