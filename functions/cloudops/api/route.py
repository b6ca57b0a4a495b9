"""Routes: a method, a path and who may call it; and the index that finds the route of a request."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from cloudops.core.errors import MethodNotAllowed, NotFound
from cloudops.identity.access import Role


class Access(StrEnum):
    """What a route asks of its caller instead of a bearer token with a role."""

    OPEN = "open"
    """Nothing."""
    SECRET = "secret"  # noqa: S105 a kind of access, not a secret
    """A webhook: its function checks a secret header, because an alert source cannot hold a token."""
    SIGNED = "signed"
    """Slack: its function checks the signature of the raw body and its time."""


@dataclass(frozen=True, slots=True)
class Route:
    """`path` may name parameters, such as `/api/incidents/{incident_id}`; `access` may be the least role."""

    method: str
    path: str
    access: Role | Access


RouteT = TypeVar("RouteT", bound=Route)

_PARAMETER = re.compile(r"\{(\w+)\}")


class RouteIndex(Generic[RouteT]):
    """Finds the route of a request. Raises ValueError if two routes have the same method and path."""

    def __init__(self, routes: Iterable[RouteT]) -> None:
        self._routes: dict[str, dict[str, RouteT]] = {}
        for route in routes:
            methods = self._routes.setdefault(route.path, {})
            if route.method in methods:
                raise ValueError(f"{route.method} {route.path} is declared twice")
            methods[route.method] = route
        self._patterns = {
            path: re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", path)) for path in self._routes if "{" in path
        }

    def find(self, method: str, path: str) -> tuple[RouteT, dict[str, str]]:
        """The route and its path parameters. A path without parameters goes before one with them.

        NotFound where no route has the path, MethodNotAllowed where none of those takes the method.
        """
        known, parameters = self._find_path(path)
        methods = self._routes[known]
        if method not in methods:
            allowed = ", ".join(sorted(methods))
            raise MethodNotAllowed(f"{path} takes {allowed}, not {method}", allowed=allowed)
        return methods[method], parameters

    def _find_path(self, path: str) -> tuple[str, dict[str, str]]:
        if path in self._routes:
            return path, {}
        for known, pattern in self._patterns.items():
            if match := pattern.fullmatch(path):
                return known, match.groupdict()
        raise NotFound(f"{path}: not found")
