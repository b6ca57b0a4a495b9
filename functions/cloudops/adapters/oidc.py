"""The signing keys of an OIDC issuer, remembered for an hour and found anew when it rotates them."""

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
"""Asymmetric ones alone: what a public key verifies, nobody can sign with it."""

MAX_AGE_SECONDS: Final = 3_600.0
"""Seconds that published keys are believed: so long may a key live on that the issuer took back."""
MAX_STALE_SECONDS: Final = 86_400.0
"""Seconds that they are believed where the issuer cannot be reached, so that its outage is not ours."""
MIN_AGE_SECONDS: Final = 10.0
"""Seconds between two looks that tokens with unknown keys, or an issuer that is down, can bring about."""

Fetch = Callable[[str], Mapping[str, Any]]
"""The JSON object at an address (Any: whoever asks reads what it needs), or Unavailable."""


class JwksClient:
    """`seconds` is a monotonic clock."""

    def __init__(self, issuer: str, fetch: Fetch, seconds: Callable[[], float]) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._seconds = seconds
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at = float("-inf")
        self._tried_at = float("-inf")

    def key(self, key_id: str) -> jwt.PyJWK | None:
        """The key of that id, None where the issuer has none; Unavailable where nobody can tell."""
        now = self._seconds()
        age = now - self._read_at
        if (age >= MAX_AGE_SECONDS or key_id not in self._keys) and now - self._tried_at >= MIN_AGE_SECONDS:
            self._tried_at = now
            self._refresh(now)
        elif age >= MAX_STALE_SECONDS:
            raise Unavailable(f"keys of {self._issuer}: not read yet")
        return self._keys.get(key_id)

    def _refresh(self, now: float) -> None:
        try:
            published = self._published()
        except CloudOpsError:
            if now - self._read_at >= MAX_STALE_SECONDS:
                raise
            return
        self._keys, self._read_at = published, now

    def _published(self) -> dict[str, jwt.PyJWK]:
        """OpenID Connect Discovery 1.0, section 4: the issuer's own document says where its keys are."""
        document = self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if document.get("issuer") != self._issuer:
            raise Unavailable(f"keys of {self._issuer}: its document is of {document.get('issuer')!r}")
        where = document.get("jwks_uri")
        if not isinstance(where, str) or not _is_as_safe(where, self._issuer):
            raise Unavailable(f"keys of {self._issuer}: jwks_uri is {where!r}")
        listed = self._fetch(where).get("keys")
        found = [_usable(one) for one in listed] if isinstance(listed, list) else []
        return {str(key.key_id): key for key in found if key is not None}


def _is_as_safe(address: str, issuer: str) -> bool:
    """Over TLS, unless the issuer itself is not: an issuer on loopback, for development."""
    return address.startswith("https://") or urlsplit(address)[:2] == urlsplit(issuer)[:2]


def _usable(record: object) -> jwt.PyJWK | None:
    """The key, where it is one that signs in a way that we accept; issuers publish others beside."""
    if not isinstance(record, dict) or not isinstance(record.get("kid"), str):
        return None
    if record.get("use", "sig") != "sig":
        return None
    try:
        key = jwt.PyJWK(record)
    except (jwt.PyJWTError, ValueError):
        return None
    return key if key.algorithm_name in ALGORITHMS else None


MAX_LENGTH: Final = 8_192
"""Characters; API Gateway takes 10,240 of all headers together."""


class OidcIssuer:
    def __init__(self, keys: JwksClient) -> None:
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


MAX_BYTES: Final = 262_144
TIMEOUT: Final = urllib3.Timeout(connect=1, read=2)
"""Seconds: two answers of an issuer fit the 8 s that the authorizer has."""


class JsonHttpClient:
    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False, maxsize=1)

    def get(self, address: str) -> Mapping[str, Any]:
        """The object (Any: whoever asks reads what it needs); Unavailable where there is none to be had."""
        try:
            answer = self._pool.request("GET", address, preload_content=False, redirect=False)
            with answer:
                body = answer.read(MAX_BYTES + 1)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unavailable(f"read {address}: {type(error).__name__}") from error
        if answer.status != 200 or len(body) > MAX_BYTES:
            raise Unavailable(f"read {address}: status {answer.status}, {len(body)} bytes")
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Unavailable(f"read {address}: not JSON") from error
        if not isinstance(document, dict):
            raise Unavailable(f"read {address}: not a JSON object")
        return document
