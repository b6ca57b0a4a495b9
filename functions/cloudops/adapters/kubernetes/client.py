"""Kubernetes API of one cluster: reads, lists and patches objects, and translates errors."""

import json
import ssl
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode

import urllib3

from cloudops.core.errors import (
    CloudOpsError,
    NotFound,
    Refused,
    RetriesExhausted,
    Unavailable,
    WriteConflict,
)
from cloudops.core.retry import at_once, retry_on_conflict

CONNECT_SECONDS: Final = 2.0
READ_SECONDS: Final = 8.0
"""Timeouts of one request."""
MAX_RESPONSE_BYTES: Final = 8_000_000
"""Largest response that is read; the ReplicaSets of a namespace take one or two megabytes."""
_RETRY: Final = urllib3.Retry(total=1, allowed_methods=["GET"], status=0, redirect=0)
"""Reads are repeated once if the connection breaks. Patches are not: their executor finds out whether one
arrived."""


class Patch(StrEnum):
    """Kinds of patch, by content type."""

    STRATEGIC = "application/strategic-merge-patch+json"
    MERGE = "application/merge-patch+json"
    JSON = "application/json-patch+json"


class KubernetesApi:
    """Client of the Kubernetes API of one cluster.

    Objects are decoded JSON (Any: the cluster defines their schema).

    Args:
        endpoint: URL of the API server.
        authority: The cluster's certificate authority in PEM; no other is trusted.
        token: Returns a valid bearer token; called for each request.

    Raises:
        Refused: The role lacks the permission, or the request is invalid.
        NotFound: There is no such object.
        WriteConflict: The object has changed since it was read.
        Unavailable: A retry may succeed.
    """

    def __init__(self, endpoint: str, authority: str, token: Callable[[], str]) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._token = token
        self._pool = urllib3.PoolManager(
            ssl_context=ssl.create_default_context(cadata=authority),
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=_RETRY,
        )

    def get(self, path: str) -> Any:
        """Reads one object."""
        return self._send("GET", path)

    def items(self, path: str, selector: Mapping[str, str] | None = None) -> list[Any]:
        """Lists the objects of a kind in a namespace that have all the labels of `selector`."""
        fields = {}
        if selector:
            fields["labelSelector"] = ",".join(f"{key}={value}" for key, value in selector.items())
        objects: list[Any] = self._send("GET", path, fields=fields)["items"]
        return objects

    def patch(self, path: str, kind: Patch, body: object) -> Any:
        """Patches an object and returns its new state."""
        return self._send("PATCH", path, body=json.dumps(body).encode(), content_type=kind)

    def _send(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        content_type: str = "",
        fields: Mapping[str, str] | None = None,
    ) -> Any:
        headers = {"Authorization": f"Bearer {self._token()}", "Accept": "application/json"}
        if content_type:
            headers["Content-Type"] = content_type
        call = f"{method} {path}"
        query = f"?{urlencode(fields)}" if fields else ""
        try:
            response = self._pool.request(
                method, self._endpoint + path + query, body=body, headers=headers, preload_content=False
            )
            raw = response.read(MAX_RESPONSE_BYTES + 1)
            response.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise Unavailable(f"{call}: {type(error).__name__}") from error
        if len(raw) > MAX_RESPONSE_BYTES:
            raise Unavailable(f"{call}: the response exceeds {MAX_RESPONSE_BYTES} bytes")
        tree = _tree(raw, call) if response.status < 500 else {}
        if response.status >= 300:
            raise _error(response.status, tree, call)
        return tree


def _tree(raw: bytes, call: str) -> Any:
    try:
        tree = json.loads(raw)
    except ValueError as error:
        raise Unavailable(f"{call}: the response is not JSON") from error
    if not isinstance(tree, dict):
        raise Unavailable(f"{call}: the response is not an object")
    return tree


def _error(status: int, tree: Any, call: str) -> CloudOpsError:
    """Returns the error of a response; its Status object contains the message.

    See https://kubernetes.io/docs/reference/using-api/api-concepts/.
    """
    message = str(tree.get("message") or "no reason given")[:300]
    match status:
        case 401:
            return Refused(f"{call}: the cluster does not accept the role: {message}")
        case 403:
            return Refused(f"{call}: {message}")
        case 404:
            return NotFound(f"{call}: {message}")
        case 409:
            return WriteConflict(f"{call}: {message}")
        case 400 | 405 | 415 | 422:
            return Refused(f"{call}: {message}")
    return Unavailable(f"{call}: HTTP {status}")


MAX_PATCH_ATTEMPTS: Final = 4
"""Attempts of a patch: controllers update the status of objects often, and each update changes the
version."""


def patch_object(
    api: KubernetesApi, path: str, kind: Patch, change: Callable[[Any], object | None], patch_path: str = ""
) -> None:
    """Reads an object and patches it, with retries if it changes in between.

    Args:
        api: The API of the cluster.
        path: The path of the object.
        kind: The kind of the patch.
        change: Returns the patch for the object just read (Any: the cluster defines its schema), or None if
            there is nothing to change. The patch must name the version of the object, so that the cluster
            refuses it if the object has changed. It raises if the object must not be patched.
        patch_path: The path to patch, if it is another one.

    Raises:
        Unavailable: The object changed during each of `MAX_PATCH_ATTEMPTS` attempts.
    """

    def attempt() -> None:
        body = change(api.get(path))
        if body is not None:
            api.patch(patch_path or path, kind, body)

    try:
        retry_on_conflict(attempt, at_once, what=f"patch {path}", attempts=MAX_PATCH_ATTEMPTS)
    except RetriesExhausted as error:
        raise Unavailable(error.message) from error
