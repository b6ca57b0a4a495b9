"""Tells who sends a request: somebody who signed in, or the holder of a machine token."""

from collections.abc import Callable
from typing import Protocol

from cloudops.core.errors import CloudOpsError
from cloudops.identity.access import AccessReason, AuthenticationResult, bearer, is_jwt
from cloudops.identity.api_tokens import ApiTokens
from cloudops.identity.jwt_claims import ClaimPolicy, Claims, authenticate_claims


class Issuer(Protocol):
    """Whoever signs the tokens of people who sign in."""

    def claims(self, token: str) -> Claims | AccessReason:
        """What a token says that the issuer signed, else why that cannot be said; Unavailable where the
        issuer's keys cannot be read."""
        ...


class Authenticate:
    """`seconds` is the time since 1970."""

    def __init__(
        self, book: ApiTokens, issuer: Issuer, policy: ClaimPolicy, seconds: Callable[[], float]
    ) -> None:
        self._book = book
        self._issuer = issuer
        self._policy = policy
        self._seconds = seconds

    def identify(self, authorization: str) -> AuthenticationResult:
        """By the bearer token of an Authorization header."""
        token = bearer(authorization)
        if not token:
            return AuthenticationResult(AccessReason.ABSENT)
        if not is_jwt(token):
            return self._book.identify(token)
        try:
            claims = self._issuer.claims(token)
        except CloudOpsError:
            return AuthenticationResult(AccessReason.UNVERIFIABLE)
        if isinstance(claims, AccessReason):
            return AuthenticationResult(claims)
        return authenticate_claims(claims, self._policy, self._seconds())
