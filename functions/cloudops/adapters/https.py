"""Reads a JSON object from an address on the web, with time and size bounded and no redirect followed."""

import json
from collections.abc import Mapping
from typing import Any, Final

import urllib3

from cloudops.domain.errors import Unavailable

MAX_BYTES: Final = 262_144
TIMEOUT: Final = urllib3.Timeout(connect=1, read=2)
"""Seconds: two answers of an issuer fit the 8 s that the authorizer has."""


class JsonReader:
    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False, maxsize=1)

    def __call__(self, address: str) -> Mapping[str, Any]:
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
