"""Patches an object that somebody else may be changing at the same moment."""

from collections.abc import Callable
from typing import Any, Final

from cloudops.adapters.kubernetes.api import KubernetesApi, Patch
from cloudops.domain.errors import Conflict, Unavailable

TRIES: Final = 4
"""The controller writes an object's status all the time, and every write moves its version on."""


def patched(
    api: KubernetesApi, path: str, how: Patch, change: Callable[[Any], object | None], at: str = ""
) -> None:
    """Reads the object, and sends what `change` makes of it (Any: its schema is the cluster's), until nobody
    was faster; None is nothing to send. `change` names the object's version in the patch, and raises where
    it is not to be patched any more. `at` is the path that is patched, where that is another one."""
    for _ in range(TRIES):
        body = change(api.get(path))
        if body is None:
            return
        try:
            api.patch(at or path, how, body)
        except Conflict:
            continue
        return
    raise Unavailable(f"{path}: it was changed {TRIES} times while it was being patched")
