"""Who a JWT is about, by what its issuer signed: whether it is meant for us, holds now, and gives a role."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cloudops.identity.access import AccessReason, AuthenticationResult, Caller, CallerKind, Role

LEEWAY_SECONDS: Final = 60
"""Seconds that two clocks may differ by."""
MAX_NAME: Final = 128
"""Characters."""
ACCESS_TOKEN: Final = "access"  # noqa: S105 the value of a claim

_ROLES: Final = frozenset(Role)

Claims = Mapping[str, object]
"""The payload of a JWT whose signature holds."""


@dataclass(frozen=True, slots=True)
class ClaimPolicy:
    """What the claims must say. `roles_claim` is a claim's name or the path to it, such as
    `realm_access.roles`; `name_claim` must be one that people cannot change and that no two share."""

    issuer: str
    audience: str
    roles_claim: str = "cognito:groups"
    name_claim: str = "username"


def authenticate_claims(claims: Claims, policy: ClaimPolicy, now: float) -> AuthenticationResult:
    """The caller, or the first reason why there is none. `now` is in seconds since 1970.

    RFC 7519 for iss, aud, exp and nbf; RFC 9068 for client_id, which Cognito's access tokens have instead of
    an audience, and Cognito's own token_use.
    """
    if reason := _refusal(claims, policy) or _untimely(claims, now):
        return AuthenticationResult(reason)
    name = claims.get(policy.name_claim)
    if not isinstance(name, str) or not name.strip() or not name.isprintable() or len(name) > MAX_NAME:
        return AuthenticationResult(AccessReason.NAMELESS)
    role = max(_roles(_at(claims, policy.roles_claim)), key=lambda one: one.rank, default=None)
    if role is None:
        return AuthenticationResult(AccessReason.NO_ROLE)
    return AuthenticationResult(AccessReason.KNOWN, Caller(name.strip(), role, CallerKind.PERSON))


def _refusal(claims: Claims, policy: ClaimPolicy) -> AccessReason | None:
    """Why the token is not meant for us, whatever the time."""
    if claims.get("iss") != policy.issuer:
        return AccessReason.WRONG_ISSUER
    if policy.audience not in _audiences(claims):
        return AccessReason.WRONG_AUDIENCE
    if claims.get("token_use", ACCESS_TOKEN) != ACCESS_TOKEN:
        return AccessReason.WRONG_USE
    return None


def _untimely(claims: Claims, now: float) -> AccessReason | None:
    """Why the token does not hold now. One without an end is none that we take."""
    until = _seconds(claims.get("exp"))
    since = [_seconds(claims[name]) for name in ("nbf", "iat") if name in claims]
    if until is None or None in since:
        return AccessReason.MALFORMED
    if now >= until + LEEWAY_SECONDS:
        return AccessReason.EXPIRED
    if any(moment is not None and now < moment - LEEWAY_SECONDS for moment in since):
        return AccessReason.NOT_YET_VALID
    return None


def _audiences(claims: Claims) -> list[object]:
    match claims.get("aud"):
        case None:
            return [claims.get("client_id")]
        case list() as several:
            return several
        case one:
            return [one]


def _seconds(value: object) -> float | None:
    """A NumericDate; JSON's true, NaN and infinity are none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        return None
    return float(value)


def _at(claims: Claims, path: str) -> object:
    """The claim of that very name, which may have dots, else the one at the end of the path."""
    if path in claims:
        return claims[path]
    found: object = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _roles(value: object) -> Iterator[Role]:
    """Those that a list, or a text with spaces or commas, names; other groups mean nothing here."""
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    if isinstance(names, list):
        yield from (Role(name) for name in names if isinstance(name, str) and name in _ROLES)
