"""Checks the claims of a JWT: issuer, audience, lifetime, name and role."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cloudops.identity.access import (
    AccessReason,
    AuthenticationResult,
    Caller,
    CallerKind,
    Grant,
    person_subject,
)
from cloudops.identity.grants import parse_grant

LEEWAY_SECONDS: Final = 60
"""Tolerated difference between the clocks of issuer and function."""
MAX_CALLER_NAME: Final = 128
"""Characters of a caller's name."""
MAX_EMAIL: Final = 254
"""Characters of an email address (RFC 3696, erratum 1690)."""
MAX_SUB: Final = 255
"""Characters of the claim `sub` (OpenID Connect Core 1.0, section 2)."""
ACCESS_TOKEN: Final = "access"  # noqa: S105 the value of a claim

Claims = Mapping[str, object]
"""The payload of a JWT with a valid signature."""


@dataclass(frozen=True, slots=True)
class ClaimPolicy:
    """Requirements on the claims.

    `roles_claim` is the name of a claim or a path to it, such as `realm_access.roles`. `name_claim` has
    the name that is shown.
    """

    issuer: str
    audience: str
    roles_claim: str = "cognito:groups"
    name_claim: str = "username"


def authenticate_claims(claims: Claims, policy: ClaimPolicy, now: float) -> AuthenticationResult:
    """Returns the caller, or the first reason for the rejection. `now` is in seconds since 1970.

    Source: RFC 7519 for iss, aud, exp and nbf; RFC 9068 for client_id, which Cognito's access tokens have
    instead of an audience; Cognito's documentation for token_use.
    """
    if reason := _purpose_violation(claims, policy) or _lifetime_violation(claims, now):
        return AuthenticationResult(reason)
    name = _text(claims.get(policy.name_claim), MAX_CALLER_NAME).strip()
    sub = _text(claims.get("sub"), MAX_SUB)
    if not name:
        return AuthenticationResult(AccessReason.NAMELESS)
    if not sub:
        return AuthenticationResult(AccessReason.NO_SUBJECT)
    grants = tuple(_grants(_claim(claims, policy.roles_claim)))
    if not grants:
        return AuthenticationResult(AccessReason.NO_ROLE)
    subject = person_subject(policy.issuer, sub)
    caller = Caller(name, grants, subject, CallerKind.PERSON, verified_email(claims))
    return AuthenticationResult(AccessReason.KNOWN, caller)


def verified_email(claims: Claims) -> str:
    """Returns the email if the issuer verified it, or "" (OpenID Connect Core 1.0, section 5.1).

    Cognito's UserInfo endpoint writes the boolean as a text.
    """
    email = _text(claims.get("email"), MAX_EMAIL)
    return email if _is_true(claims.get("email_verified")) and "@" in email else ""


def _is_true(value: object) -> bool:
    return value is True or value == "true"


def _text(value: object, limit: int) -> str:
    """Returns a printable text of at most `limit` characters, or "" for any other value."""
    return value if isinstance(value, str) and value.isprintable() and len(value) <= limit else ""


def _purpose_violation(claims: Claims, policy: ClaimPolicy) -> AccessReason | None:
    """Returns why issuer, audience or use are wrong, or None."""
    if claims.get("iss") != policy.issuer:
        return AccessReason.WRONG_ISSUER
    if policy.audience not in _audiences(claims):
        return AccessReason.WRONG_AUDIENCE
    if claims.get("token_use", ACCESS_TOKEN) != ACCESS_TOKEN:
        return AccessReason.WRONG_USE
    return None


def _lifetime_violation(claims: Claims, now: float) -> AccessReason | None:
    """Returns why the token is not valid now, or None. A token without an expiry is malformed."""
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
        case list() as audiences:
            return audiences
        case item:
            return [item]


def _seconds(value: object) -> float | None:
    """Returns a NumericDate as seconds, or None; booleans, NaN and infinity are not dates."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        return None
    return float(value)


def _claim(claims: Claims, path: str) -> object:
    """Returns the claim of exactly this name, which may have dots, else the claim at the end of the path."""
    if path in claims:
        return claims[path]
    value: object = claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _grants(value: object) -> Iterator[Grant]:
    """Yields the grants in a list, or in a text with spaces or commas; ignores any other group."""
    groups = value.replace(",", " ").split() if isinstance(value, str) else value
    for group in groups if isinstance(groups, list) else ():
        if isinstance(group, str) and (grant := parse_grant(group)):
            yield grant
