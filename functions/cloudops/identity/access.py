"""Who may do what: a person's role, and the tokens that prove it."""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cloudops.core.errors import Forbidden

TOKEN_PREFIX = "cloudops_"  # noqa: S105 a prefix that secret scanners can look for, not a secret
TOKEN_BYTES = 32


class Role(StrEnum):
    """From least to most: each may do what the ones before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """0 for a viewer up to 2 for an admin."""
        return _RANK[self]


_RANK = {role: rank for rank, role in enumerate(Role)}


class AccessReason(StrEnum):
    """Why a caller is or is not known."""

    KNOWN = "known"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    """A machine token that is not one of ours, or was revoked."""
    MALFORMED = "malformed"
    WRONG_KEY = "wrong key"
    """Signed by no key of the issuer, or in a way that it does not sign."""
    WRONG_ISSUER = "wrong issuer"
    WRONG_AUDIENCE = "wrong audience"
    WRONG_USE = "wrong use"
    """Of the issuer, for us, and still no access token."""
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    NAMELESS = "nameless"
    NO_ROLE = "no role"
    UNVERIFIABLE = "unverifiable"


class CallerKind(StrEnum):
    """Whether somebody signed in, or holds a machine token that an admin made."""

    PERSON = "person"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is behind a request, as their token names them."""

    name: str
    role: Role
    kind: CallerKind = CallerKind.MACHINE


def require_role(caller: Caller, role: Role, what: str) -> None:
    """Raises Forbidden, which names `what`, if the caller's role is below `role`."""
    if caller.role.rank < role.rank:
        raise Forbidden(f"{what} needs the role {role}; {caller.name} has the role {caller.role}")


def person_key(name: str) -> str:
    """What two names of one person have in common, whatever their case, width and spaces: an issuer may
    ignore case, and an admin types the name that a chat's member goes by."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@dataclass(frozen=True, slots=True)
class AuthenticationResult:
    """Who calls, or why that is not known."""

    reason: AccessReason
    caller: Caller | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where people sign in: an OIDC issuer, and the public client that a browser is there."""

    issuer: str
    client_id: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """What is kept of a token: the SHA-256 of it as hexadecimal digits, never the token itself."""

    id: str
    name: str
    role: Role
    hash: str
    created_at: str


def token_hash(token: str) -> str:
    """SHA-256, in hexadecimal digits. Unsalted and fast is enough: a token is 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def find_token(token: str, records: Iterable[TokenRecord]) -> TokenRecord | None:
    """Whose token this is. Every record is compared, each in constant time, so that the time taken
    tells nothing about which one came close."""
    presented = token_hash(token)
    found = None
    for record in records:
        if hmac.compare_digest(presented.encode(), record.hash.encode()):
            found = record
    return found


def is_jwt(token: str) -> bool:
    """Whether it has the form of a JWT: three parts. Machine tokens are one word."""
    return token.count(".") == 2


def bearer(authorization: str) -> str:
    """The token of an `Authorization: Bearer <token>` header (RFC 6750), empty where it has none."""
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
