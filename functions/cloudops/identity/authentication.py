"""Authenticates a request: a person who signed in, or the holder of an API token."""

from collections.abc import Callable
from typing import Protocol

from cloudops.core.errors import CloudOpsError
from cloudops.identity.access import AccessReason, AuthenticationResult, bearer, is_jwt
from cloudops.identity.api_tokens import ApiTokens
from cloudops.identity.jwt_claims import ClaimPolicy, Claims, authenticate_claims


class TokenIssuer(Protocol):
    """Port: the OIDC issuer that signs the tokens of people."""

    def claims(self, token: str) -> Claims | AccessReason:
        """Returns the claims of a token that the issuer signed, else the reason for the rejection.

        Raises:
            Unavailable: The issuer's keys cannot be read.
        """
        ...


class Authenticate:
    """Use case: identifies the caller of a request. `seconds` returns the seconds since 1970."""

    def __init__(
        self, tokens: ApiTokens, issuer: TokenIssuer, policy: ClaimPolicy, seconds: Callable[[], float]
    ) -> None:
        self._tokens = tokens
        self._issuer = issuer
        self._policy = policy
        self._seconds = seconds

    def identify(self, authorization: str) -> AuthenticationResult:
        """Identifies the caller by the bearer token of an Authorization header."""
        token = bearer(authorization)
        if not token:
            return AuthenticationResult(AccessReason.ABSENT)
        if not is_jwt(token):
            return self._tokens.identify(token)
        try:
            claims = self._issuer.claims(token)
        except CloudOpsError:
            return AuthenticationResult(AccessReason.UNVERIFIABLE)
        if isinstance(claims, AccessReason):
            return AuthenticationResult(claims)
        return authenticate_claims(claims, self._policy, self._seconds())
