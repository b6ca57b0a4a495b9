"""Roles, callers, and the API tokens that identify a caller."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cloudops.core.errors import Forbidden

TOKEN_PREFIX = "cloudops_"  # noqa: S105 a prefix that secret scanners can look for, not a secret
TOKEN_BYTES = 32


class Role(StrEnum):
    """Roles in ascending order: each includes the permissions of the ones before it."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """0 for a viewer up to 2 for an admin."""
        return _RANK[self]


_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, narrowed by every field that is not empty. Its text is `ROLE[:team=T][:env=E][:account=A]`."""

    role: Role
    team: str = ""
    environment: str = ""
    account: str = ""

    def __str__(self) -> str:
        pairs = (("team", self.team), ("env", self.environment), ("account", self.account))
        return ":".join([self.role, *(f"{name}={value}" for name, value in pairs if value)])


def highest_role(grants: Iterable[Grant]) -> Role:
    """Returns the highest role of the grants, of which there is at least one."""
    return max((grant.role for grant in grants), key=lambda role: role.rank)


class AccessReason(StrEnum):
    """Result of an authentication: why a caller is known or not."""

    KNOWN = "known"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    """An API token that does not exist or is revoked."""
    MALFORMED = "malformed"
    WRONG_KEY = "wrong key"
    """Not signed with a key and an algorithm of the issuer."""
    WRONG_ISSUER = "wrong issuer"
    WRONG_AUDIENCE = "wrong audience"
    WRONG_USE = "wrong use"
    """From the issuer and for this audience, but not an access token."""
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    NAMELESS = "nameless"
    NO_SUBJECT = "no subject"
    NO_ROLE = "no role"
    UNVERIFIABLE = "unverifiable"


class CallerKind(StrEnum):
    """A person who signed in, or a machine with an API token that an admin created."""

    PERSON = "person"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request.

    Attributes:
        name: The name that is shown. Two people may have the same.
        grants: What the caller may do, and where; at least one.
        subject: The identity: `person_subject` or `token_subject`. Two callers are the same if, and only if,
            their subjects are equal.
        kind: Whether a person signed in, or a machine holds an API token.
        email: The address that the issuer verified, or "" if the token does not name one.

    Raises:
        ValueError: There is no grant.
    """

    name: str
    grants: tuple[Grant, ...]
    subject: str
    kind: CallerKind
    email: str = ""

    def __post_init__(self) -> None:
        if not self.grants:
            raise ValueError("a caller has at least one grant")

    @property
    def role(self) -> Role:
        """The highest role of the grants. What is narrowed is checked where it is known what is acted on."""
        return highest_role(self.grants)


def person_subject(issuer: str, sub: str) -> str:
    """Returns the subject of a person: `ISSUER#SUB`.

    `sub` is unique at its issuer only (OpenID Connect Core 1.0, section 2). An issuer's URL has no fragment,
    so the first `#` ends it.
    """
    return f"{issuer}#{sub}"


def token_subject(token_id: str) -> str:
    """Returns the subject of an API token: `token:ID`. No issuer's URL has this form."""
    return f"token:{token_id}"


def require_role(caller: Caller, role: Role, what: str, *, field: str | None = None) -> None:
    """Raises Forbidden, which names `what`, if the caller's role is below `role`."""
    if caller.role.rank < role.rank:
        raise Forbidden(
            f"{what} needs the role {role}; {caller.name} has the role {caller.role}", field=field
        )


@dataclass(frozen=True, slots=True)
class AuthenticationResult:
    """The caller, or the reason why the caller is not known."""

    reason: AccessReason
    caller: Caller | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where people sign in: an OIDC issuer, and the id of the dashboard's public client."""

    issuer: str
    client_id: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """The stored part of an API token: its SHA-256 as hexadecimal digits, never the token itself."""

    id: str
    name: str
    grants: tuple[Grant, ...]
    hash: str
    created_at: str


def token_hash(token: str) -> str:
    """Returns the SHA-256 as hexadecimal digits. A token of 256 random bits needs no salt or slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def find_token(token: str, records: Iterable[TokenRecord]) -> TokenRecord | None:
    """Returns the record of a token, or None.

    Every record is compared in constant time, so that the duration does not reveal a partial match.
    """
    presented_hash = token_hash(token)
    match = None
    for record in records:
        if hmac.compare_digest(presented_hash.encode(), record.hash.encode()):
            match = record
    return match


def is_jwt(token: str) -> bool:
    """Returns whether a token has the three parts of a JWT. An API token has one."""
    return token.count(".") == 2


def bearer(authorization: str) -> str:
    """Returns the token of an `Authorization: Bearer <token>` header (RFC 6750), or ""."""
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
