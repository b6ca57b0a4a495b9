"""Which role each route of the API needs, and whether a caller has it: the one place that decides."""

import re
from collections.abc import Mapping
from typing import Final

from cloudops.api.http_event import Event, method_of, path_of
from cloudops.core.errors import Forbidden, MethodNotAllowed, NotFound, Unauthenticated, Unavailable
from cloudops.identity.access import AccessReason, Caller, CallerKind, Role

OPEN: Final = None
_ROLES: Final = frozenset(Role)

ACCESS: Final[Mapping[tuple[str, str], Role | None]] = {
    ("GET", "/health"): OPEN,
    ("GET", "/api/sign-in"): OPEN,
    ("GET", "/api/me"): Role.VIEWER,
    ("GET", "/api/audit"): Role.VIEWER,
    ("GET", "/api/automation"): Role.VIEWER,
    ("PUT", "/api/automation"): Role.ADMIN,
    ("GET", "/api/incidents"): Role.VIEWER,
    ("GET", "/api/incidents/{incident_id}"): Role.VIEWER,
    ("GET", "/api/overview"): Role.VIEWER,
    ("GET", "/api/incidents/{incident_id}/similar"): Role.VIEWER,
    ("GET", "/api/incidents/{incident_id}/executions"): Role.VIEWER,
    ("POST", "/api/incidents/ingest"): Role.OPERATOR,
    ("POST", "/api/incidents/{incident_id}/acknowledge"): Role.OPERATOR,
    ("POST", "/api/incidents/{incident_id}/resolve"): Role.OPERATOR,
    ("POST", "/api/incidents/{incident_id}/reopen"): Role.OPERATOR,
    ("POST", "/api/feedback"): Role.OPERATOR,
    ("POST", "/api/suggestions/{suggestion_id}/outcome"): Role.OPERATOR,
    ("GET", "/api/suggestions/{suggestion_id}/plan"): Role.VIEWER,
    ("POST", "/api/suggestions/{suggestion_id}/approve"): Role.OPERATOR,
    ("POST", "/api/suggestions/{suggestion_id}/reject"): Role.OPERATOR,
    ("POST", "/api/suggestions/{suggestion_id}/execute"): Role.OPERATOR,
    ("GET", "/api/executions"): Role.VIEWER,
    ("GET", "/api/executions/{execution_id}"): Role.VIEWER,
    ("POST", "/api/executions/{execution_id}/cancel"): Role.OPERATOR,
    ("GET", "/api/policies"): Role.VIEWER,
    ("PUT", "/api/policies"): Role.ADMIN,
    ("GET", "/api/confidence"): Role.VIEWER,
    ("POST", "/api/confidence/recompute"): Role.OPERATOR,
    ("GET", "/api/silences"): Role.VIEWER,
    ("POST", "/api/silences"): Role.OPERATOR,
    ("DELETE", "/api/silences/{silence_id}"): Role.OPERATOR,
    ("GET", "/api/services"): Role.VIEWER,
    ("GET", "/api/services/{name}"): Role.VIEWER,
    ("GET", "/api/topology"): Role.VIEWER,
    ("GET", "/api/catalog"): Role.VIEWER,
    ("PUT", "/api/catalog"): Role.ADMIN,
    ("GET", "/api/changes"): Role.VIEWER,
    ("POST", "/api/changes"): Role.OPERATOR,
    ("GET", "/api/sources"): Role.VIEWER,
    ("POST", "/api/sources/{name}/sync"): Role.OPERATOR,
    ("GET", "/api/quarantine"): Role.VIEWER,
    ("POST", "/api/quarantine/{item_id}/replay"): Role.OPERATOR,
    ("DELETE", "/api/quarantine/{item_id}"): Role.OPERATOR,
}
"""A route that is not here cannot be registered, and so is not served."""

_REFUSALS: Final = {
    AccessReason.UNKNOWN: "the bearer token is not known",
    AccessReason.MALFORMED: "the bearer token is malformed",
    AccessReason.WRONG_KEY: "the bearer token is not signed by the issuer",
    AccessReason.WRONG_ISSUER: "the bearer token is of another issuer",
    AccessReason.WRONG_AUDIENCE: "the bearer token is meant for another application",
    AccessReason.WRONG_USE: "the bearer token is no access token",
    AccessReason.EXPIRED: "the bearer token has expired",
    AccessReason.NOT_YET_VALID: "the bearer token is not valid yet",
    AccessReason.NAMELESS: "the bearer token does not say whose it is",
}

_PATTERNS: Final = {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for _, path in ACCESS}


def route_of(event: Event) -> tuple[str, str]:
    """The key in ACCESS that a request asks for; a path without a parameter goes before one with."""
    method, path = method_of(event), path_of(event)
    found = min(
        (known for known, pattern in _PATTERNS.items() if pattern.fullmatch(path)),
        key=lambda known: known.count("{"),
        default=None,
    )
    if found is None:
        raise NotFound(f"{path}: not found")
    if (method, found) not in ACCESS:
        allowed = ", ".join(sorted(verb for verb, known in ACCESS if known == found))
        raise MethodNotAllowed(f"{path} takes {allowed}, not {method}", allowed=allowed)
    return method, found


def caller_of(event: Event) -> Caller:
    """Who the authorizer says is calling. Unauthenticated where it does not, Unavailable where it could
    not find out, Forbidden where somebody signed in who has no role: to sign in again would not help."""
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


def authorize(event: Event) -> None:
    """NotFound, MethodNotAllowed, Unauthenticated or Forbidden, unless the caller may use the route."""
    method, path = route_of(event)
    needed = ACCESS[method, path]
    if needed is OPEN:
        return
    caller = caller_of(event)
    if caller.role.rank < needed.rank:
        raise Forbidden(f"{method} {path} needs the role {needed}; {caller.name} has the role {caller.role}")
