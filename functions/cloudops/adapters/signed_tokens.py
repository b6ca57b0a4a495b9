"""JSON Web Tokens of an OIDC issuer: whether it signed one, and what that one says."""

import json
from typing import Final

import jwt

from cloudops.adapters.issuer_keys import ALGORITHMS, IssuerKeys
from cloudops.domain.access import AccessReason
from cloudops.domain.claims import Claims

MAX_LENGTH: Final = 8_192
"""Characters; API Gateway takes 10,240 of all headers together."""


class OidcIssuer:
    def __init__(self, keys: IssuerKeys) -> None:
        self._keys = keys
        self._signatures = jwt.PyJWS(ALGORITHMS, {"enforce_minimum_key_length": True})

    def claims(self, token: str) -> Claims | AccessReason:
        """Nothing of the token is believed before its signature is verified but which key to try, and that
        key, not the token, says by which algorithm."""
        if len(token) > MAX_LENGTH or not token.isascii():
            return AccessReason.MALFORMED
        try:
            header = self._signatures.get_unverified_header(token)
        except jwt.PyJWTError:
            return AccessReason.MALFORMED
        key_id = header.get("kid")
        key = self._keys.key(key_id) if isinstance(key_id, str) else None
        if key is None or header.get("alg") != key.algorithm_name:
            return AccessReason.WRONG_KEY
        try:
            payload: bytes = self._signatures.decode(token, key, [key.algorithm_name])
        except jwt.PyJWTError:
            return AccessReason.WRONG_KEY
        return _object(payload)


def _object(payload: bytes) -> Claims | AccessReason:
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError):
        return AccessReason.MALFORMED
    return claims if isinstance(claims, dict) else AccessReason.MALFORMED
