"""Verifies the signatures of an OIDC issuer's tokens with its published keys, cached for an hour."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import jwt
import urllib3

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

Fetch = Callable[[str], Mapping[str, Any]]
"""Returns the JSON object at an address (Any: the caller checks its fields). Raises Unavailable."""


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
        document = self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if document.get("issuer") != self._issuer:
            raise Unavailable(f"keys of {self._issuer}: its document is of {document.get('issuer')!r}")
        jwks_uri = document.get("jwks_uri")
        if not isinstance(jwks_uri, str) or not _is_trusted_address(jwks_uri, self._issuer):
            raise Unavailable(f"keys of {self._issuer}: jwks_uri is {jwks_uri!r}")
        records = self._fetch(jwks_uri).get("keys")
        keys = [_parse_signing_key(record) for record in records] if isinstance(records, list) else []
        return {str(key.key_id): key for key in keys if key is not None}


def _is_trusted_address(address: str, issuer: str) -> bool:
    """Returns whether the address uses TLS, or is on the host of an issuer without TLS, for development."""
    return address.startswith("https://") or urlsplit(address)[:2] == urlsplit(issuer)[:2]


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


MAX_DOCUMENT_BYTES: Final = 262_144
TIMEOUT: Final = urllib3.Timeout(connect=1, read=2)
"""Seconds. Two responses of an issuer fit the 8 s of the authorizer."""


class JsonHttpClient:
    """HTTP client for JSON documents; follows no redirects."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False, maxsize=1)

    def get(self, address: str) -> Mapping[str, Any]:
        """Returns the JSON object at an address (Any: the caller checks its fields).

        Raises:
            Unavailable: The request fails, or the response is not a JSON object within MAX_DOCUMENT_BYTES.
        """
        try:
            response = self._pool.request("GET", address, preload_content=False, redirect=False)
            with response:
                body = response.read(MAX_DOCUMENT_BYTES + 1)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unavailable(f"read {address}: {type(error).__name__}") from error
        if response.status != 200 or len(body) > MAX_DOCUMENT_BYTES:
            raise Unavailable(f"read {address}: status {response.status}, {len(body)} bytes")
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Unavailable(f"read {address}: not JSON") from error
        if not isinstance(document, dict):
            raise Unavailable(f"read {address}: not a JSON object")
        return document
