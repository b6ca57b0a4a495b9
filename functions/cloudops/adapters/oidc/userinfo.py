"""Reads the verified email address of a person from the issuer's UserInfo endpoint."""

from collections.abc import Callable, Mapping
from typing import Any

from cloudops.adapters.oidc.http import discovered
from cloudops.core.errors import Unavailable
from cloudops.identity.access import person_subject
from cloudops.identity.jwt_claims import verified_email

Get = Callable[[str, str], Mapping[str, Any]]
"""Returns the JSON object at an address, with a bearer token or "" (Any: the caller checks its fields)."""


class UserInfo:
    """OpenID Connect Core 1.0, section 5.3. Cognito's access tokens name no email address; this does."""

    def __init__(self, issuer: str, get: Get) -> None:
        self._issuer = issuer
        self._get = get

    def verified_email(self, token: str, subject: str) -> str:
        """Returns the address that the issuer verified for the holder of an access token, or "".

        Raises:
            Unavailable: The endpoint cannot be read, does not accept the token, or describes another person.
        """
        address = discovered(self._issuer, "userinfo_endpoint", lambda address: self._get(address, ""))
        claims = self._get(address, token)
        if person_subject(self._issuer, str(claims.get("sub"))) != subject:
            raise Unavailable("UserInfo describes another person than the token")
        return verified_email(claims)
