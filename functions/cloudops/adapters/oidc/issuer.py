"""Verifies the signatures of an OIDC issuer's tokens with its published keys, cached for an hour."""

import json
from collections.abc import Callable
from typing import Final

import jwt

from cloudops.adapters.oidc.http import Fetch, discovered
from cloudops.core.errors import CloudOpsError, Unavailable
from cloudops.identity.access import AccessReason
from cloudops.identity.jwt_claims import Claims

ALGORITHMS: Final = ("RS256", "ES256")
"""Only asymmetric algorithms, because their public key cannot sign."""

KEYS_MAX_AGE_SECONDS: Final = 3_600.0
"""A key that the issuer withdraws stays valid for at most this time."""
KEYS_MAX_STALE_SECONDS: Final = 86_400.0
"""Cached keys stay valid for this time while the issuer cannot be reached."""
MIN_REFRESH_SECONDS: Final = 10.0
"""Time between two requests to the issuer, which limits what tokens with unknown keys can cause."""


class JwksClient:
    """Cached signing keys of one issuer. `seconds` is a monotonic clock."""

    def __init__(self, issuer: str, fetch: Fetch, seconds: Callable[[], float]) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._seconds = seconds
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at = float("-inf")
        self._tried_at = float("-inf")

    def key(self, key_id: str) -> jwt.PyJWK | None:
        """Returns the key of that id, or None if the issuer has no such key.

        Raises:
            Unavailable: The keys cannot be read, and none are cached or the cache is too old.
        """
        now = self._seconds()
        age = now - self._read_at
        if (
            age >= KEYS_MAX_AGE_SECONDS or key_id not in self._keys
        ) and now - self._tried_at >= MIN_REFRESH_SECONDS:
            self._tried_at = now
            self._refresh(now)
        elif age >= KEYS_MAX_STALE_SECONDS:
            raise Unavailable(f"keys of {self._issuer}: not read yet")
        return self._keys.get(key_id)

    def _refresh(self, now: float) -> None:
        try:
            published = self._fetch_keys()
        except CloudOpsError:
            if now - self._read_at >= KEYS_MAX_STALE_SECONDS:
                raise
            return
        self._keys, self._read_at = published, now

    def _fetch_keys(self) -> dict[str, jwt.PyJWK]:
        """Reads the keys by OpenID Connect Discovery 1.0, section 4."""
        jwks_uri = discovered(self._issuer, "jwks_uri", self._fetch)
        records = self._fetch(jwks_uri).get("keys")
        keys = [_parse_signing_key(record) for record in records] if isinstance(records, list) else []
        return {str(key.key_id): key for key in keys if key is not None}


def _parse_signing_key(record: object) -> jwt.PyJWK | None:
    """Returns the key if it signs with an accepted algorithm; issuers publish other keys too."""
    if not isinstance(record, dict) or not isinstance(record.get("kid"), str):
        return None
    if record.get("use", "sig") != "sig":
        return None
    try:
        key = jwt.PyJWK(record)
    except (jwt.PyJWTError, ValueError):
        return None
    return key if key.algorithm_name in ALGORITHMS else None


MAX_TOKEN_LENGTH: Final = 8_192
"""Characters of a token; API Gateway accepts 10,240 for all headers together."""


class OidcIssuer:
    """Verifies tokens of one issuer."""

    def __init__(self, keys: JwksClient) -> None:
        self._keys = keys
        self._signatures = jwt.PyJWS(ALGORITHMS, {"enforce_minimum_key_length": True})

    def claims(self, token: str) -> Claims | AccessReason:
        """Returns the claims of a token with a valid signature, else the reason for the rejection.

        Before the signature is verified, only the key id of the token is used. The key, not the token,
        chooses the algorithm.
        """
        if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
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
