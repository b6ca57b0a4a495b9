"""Who may do what: a person's role, and the tokens that prove it."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

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
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a request, as their token names them."""

    name: str
    role: Role


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


def holder(token: str, records: Iterable[TokenRecord]) -> TokenRecord | None:
    """Whose token this is. Every record is compared, each in constant time, so that the time taken
    tells nothing about which one came close."""
    presented = token_hash(token)
    found = None
    for record in records:
        if hmac.compare_digest(presented.encode(), record.hash.encode()):
            found = record
    return found


def bearer(authorization: str) -> str:
    """The token of an `Authorization: Bearer <token>` header (RFC 6750), empty where it has none."""
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
