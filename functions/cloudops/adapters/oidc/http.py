"""Reads JSON documents of an issuer, and the addresses in its discovery document."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3

from cloudops.core.errors import Unavailable

Fetch = Callable[[str], Mapping[str, Any]]
"""Returns the JSON object at an address (Any: the caller checks its fields). Raises Unavailable."""


def discovered(issuer: str, name: str, fetch: Fetch) -> str:
    """Returns an address of the issuer's discovery document (OpenID Connect Discovery 1.0, section 4).

    Raises:
        Unavailable: The document cannot be read, is of another issuer, or has no trusted address `name`.
    """
    document = fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        raise Unavailable(f"{name} of {issuer}: the document is of {document.get('issuer')!r}")
    address = document.get(name)
    if not isinstance(address, str) or not _is_trusted_address(address, issuer):
        raise Unavailable(f"{name} of {issuer}: {address!r}")
    return address


def _is_trusted_address(address: str, issuer: str) -> bool:
    """Returns whether the address uses TLS, or is on the host of an issuer without TLS, for development."""
    return address.startswith("https://") or urlsplit(address)[:2] == urlsplit(issuer)[:2]


MAX_DOCUMENT_BYTES: Final = 262_144
TIMEOUT: Final = urllib3.Timeout(connect=1, read=2)
"""Seconds. Two responses of an issuer fit the 8 s of the authorizer."""


class JsonHttpClient:
    """HTTP client for JSON documents; follows no redirects."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False, maxsize=1)

    def get(self, address: str, bearer: str = "") -> Mapping[str, Any]:
        """Returns the JSON object at an address (Any: the caller checks its fields).

        `bearer` is the access token to send, or "" for none.

        Raises:
            Unavailable: The request fails, or the response is not a JSON object within MAX_DOCUMENT_BYTES.
        """
        try:
            headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
            response = self._pool.request(
                "GET", address, headers=headers, preload_content=False, redirect=False
            )
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
