"""The signing keys of an OIDC issuer, remembered for an hour and found anew when it rotates them."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import jwt

from cloudops.domain.errors import CloudOpsError, Unavailable

ALGORITHMS: Final = ("RS256", "ES256")
"""Asymmetric ones alone: what a public key verifies, nobody can sign with it."""

MAX_AGE: Final = 3_600.0
"""Seconds that published keys are believed: so long may a key live on that the issuer took back."""
STALE: Final = 86_400.0
"""Seconds that they are believed where the issuer cannot be reached, so that its outage is not ours."""
MIN_AGE: Final = 10.0
"""Seconds between two looks that tokens with unknown keys, or an issuer that is down, can bring about."""

Fetch = Callable[[str], Mapping[str, Any]]
"""The JSON object at an address (Any: whoever asks reads what it needs), or Unavailable."""


class IssuerKeys:
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
        if (age >= MAX_AGE or key_id not in self._keys) and now - self._tried_at >= MIN_AGE:
            self._tried_at = now
            self._refresh(now)
        elif age >= STALE:
            raise Unavailable(f"keys of {self._issuer}: not read yet")
        return self._keys.get(key_id)

    def _refresh(self, now: float) -> None:
        try:
            published = self._published()
        except CloudOpsError:
            if now - self._read_at >= STALE:
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
