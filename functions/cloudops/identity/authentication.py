"""Tells who sends a request: somebody who signed in, or the holder of a machine token."""

from collections.abc import Callable
from typing import Protocol

from cloudops.core.errors import CloudOpsError
from cloudops.identity.access import AccessReason, Identified, bearer, is_signed
from cloudops.identity.api_tokens import TokenBook
from cloudops.identity.jwt_claims import ClaimPolicy, Claims, judged


class Issuer(Protocol):
    """Whoever signs the tokens of people who sign in."""

    def claims(self, token: str) -> Claims | AccessReason:
        """What a token says that the issuer signed, else why that cannot be said; Unavailable where the
        issuer's keys cannot be read."""
        ...


class Identify:
    """`seconds` is the time since 1970."""

    def __init__(
        self, book: TokenBook, issuer: Issuer, policy: ClaimPolicy, seconds: Callable[[], float]
    ) -> None:
        self._book = book
        self._issuer = issuer
        self._policy = policy
        self._seconds = seconds

    def __call__(self, authorization: str) -> Identified:
        """By the bearer token of an Authorization header."""
        token = bearer(authorization)
        if not token:
            return Identified(AccessReason.ABSENT)
        if not is_signed(token):
            return self._book.identify(token)
        try:
            claims = self._issuer.claims(token)
        except CloudOpsError:
            return Identified(AccessReason.UNVERIFIABLE)
        if isinstance(claims, AccessReason):
            return Identified(claims)
        return judged(claims, self._policy, self._seconds())
