"""One cluster's Kubernetes API: reads, lists and patches single objects, and translates what it refuses."""

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
"""Seconds."""
LARGEST: Final = 8_000_000
"""Bytes of an answer; a namespace's ReplicaSets come to a megabyte or two."""
_RETRY: Final = urllib3.Retry(total=1, allowed_methods=["GET"], status=0, redirect=0)
"""Reads are asked twice where the connection breaks; whether a patch arrived, its executor finds out."""


class Patch(StrEnum):
    """How a patch is to be read, by its content type."""

    STRATEGIC = "application/strategic-merge-patch+json"
    MERGE = "application/merge-patch+json"
    JSON = "application/json-patch+json"


class KubernetesApi:
    """Objects are plain trees (Any: their schema is the cluster's). Raises Refused where the role may not,
    NotFound, Conflict where the object has changed since it was read, Unavailable where a retry helps.
    `authority` is the cluster's own certificate authority in PEM, which alone is trusted; `token` is asked
    anew for each request."""

    def __init__(self, endpoint: str, authority: str, token: Callable[[], str]) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._token = token
        self._pool = urllib3.PoolManager(
            ssl_context=ssl.create_default_context(cadata=authority),
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=_RETRY,
        )

    def get(self, path: str) -> Any:
        """One object."""
        return self._send("GET", path)

    def items(self, path: str, selector: Mapping[str, str] | None = None) -> list[Any]:
        """All objects of a kind in a namespace that carry these labels."""
        fields = {}
        if selector:
            fields["labelSelector"] = ",".join(f"{key}={value}" for key, value in selector.items())
        found: list[Any] = self._send("GET", path, fields=fields)["items"]
        return found

    def patch(self, path: str, how: Patch, body: object) -> Any:
        """The object as it then is."""
        return self._send("PATCH", path, body=json.dumps(body).encode(), content_type=how)

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
        doing = f"{method} {path}"
        query = f"?{urlencode(fields)}" if fields else ""
        try:
            answer = self._pool.request(
                method, self._endpoint + path + query, body=body, headers=headers, preload_content=False
            )
            raw = answer.read(LARGEST + 1)
            answer.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise Unavailable(f"{doing}: {type(error).__name__}") from error
        if len(raw) > LARGEST:
            raise Unavailable(f"{doing}: an answer of more than {LARGEST} bytes")
        tree = _tree(raw, doing) if answer.status < 500 else {}
        if answer.status >= 300:
            raise _error(answer.status, tree, doing)
        return tree


def _tree(raw: bytes, doing: str) -> Any:
    try:
        tree = json.loads(raw)
    except ValueError as error:
        raise Unavailable(f"{doing}: the answer is no JSON") from error
    if not isinstance(tree, dict):
        raise Unavailable(f"{doing}: the answer is no object")
    return tree


def _error(status: int, tree: Any, doing: str) -> CloudOpsError:
    """By https://kubernetes.io/docs/reference/using-api/api-concepts/: a Status object says why."""
    said = str(tree.get("message") or "no reason given")[:300]
    match status:
        case 401:
            return Refused(f"{doing}: the cluster does not know the role: {said}")
        case 403:
            return Refused(f"{doing}: {said}")
        case 404:
            return NotFound(f"{doing}: {said}")
        case 409:
            return WriteConflict(f"{doing}: {said}")
        case 400 | 405 | 415 | 422:
            return Refused(f"{doing}: {said}")
    return Unavailable(f"{doing}: HTTP {status}")


TRIES: Final = 4
"""The controller writes an object's status all the time, and every write moves its version on."""


def patched(
    api: KubernetesApi, path: str, how: Patch, change: Callable[[Any], object | None], at: str = ""
) -> None:
    """Reads the object, and sends what `change` makes of it (Any: its schema is the cluster's), until nobody
    was faster; None is nothing to send. `change` names the object's version in the patch, and raises where
    it is not to be patched any more. `at` is the path that is patched, where that is another one."""

    def attempt() -> None:
        body = change(api.get(path))
        if body is not None:
            api.patch(at or path, how, body)

    try:
        retry_on_conflict(attempt, at_once, what=f"patch {path}", attempts=TRIES)
    except RetriesExhausted as error:
        raise Unavailable(error.message) from error
