"""The graph of services and calls. A failure travels from the callee to its callers."""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final

import msgspec

from cloudops.core.errors import BadInput

MAX_HOPS: Final = 3
"""How many calls a failure is followed. Beyond three, most services reach each other."""

Reach = Mapping[str, int]
"""Service -> the smallest number of calls to it, 1 to MAX_HOPS. Ordered by distance, then by name, so that
every process reports the same one of equal links."""

NOWHERE: Final[Reach] = MappingProxyType({})


class Topology:
    """Which services each service calls. Names compare case-insensitively."""

    def __init__(self, calls: Mapping[str, frozenset[str]] | None = None) -> None:
        self._calls = {
            caller.lower(): frozenset(name.lower() for name in callees) - {caller.lower()}
            for caller, callees in (calls or {}).items()
        }
        self._down: dict[str, Reach] = {}
        self._up: dict[str, Reach] = {}

    @classmethod
    def parse(cls, text: str | bytes) -> "Topology":
        """Reads `{"service": ["service that it calls", ...]}`. Raises BadInput, which names the key."""
        try:
            tree = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"topology: {error}") from error
        if not isinstance(tree, dict):
            raise BadInput("topology: expected an object of service -> list of services")
        calls = {}
        for caller, callees in tree.items():
            if not isinstance(callees, list) or not all(isinstance(name, str) for name in callees):
                raise BadInput(f"topology: {caller!r} must list service names", field=str(caller))
            calls[caller] = frozenset(callees)
        return cls(calls)

    def __contains__(self, service: str) -> bool:
        return service in self._calls or service in self._callers

    @cached_property
    def _callers(self) -> dict[str, frozenset[str]]:
        callers: dict[str, set[str]] = {}
        for caller, callees in self._calls.items():
            for callee in callees:
                callers.setdefault(callee, set()).add(caller)
        return {callee: frozenset(names) for callee, names in callers.items()}

    def callees(self, service: str) -> Reach:
        """Returns the services that this one calls, directly or through others, with the number of calls."""
        if service not in self._calls:
            return NOWHERE
        found = self._down.get(service)
        if found is None:
            found = self._down[service] = _reach(self._calls, service)
        return found

    def callers(self, service: str) -> Reach:
        """Returns the services that call this one, directly or through others, with the number of calls."""
        if service not in self._callers:
            return NOWHERE
        found = self._up.get(service)
        if found is None:
            found = self._up[service] = _reach(self._callers, service)
        return found

    def hops(self, caller: str, callee: str) -> int | None:
        """Returns the smallest number of calls from one service to the other, or None beyond MAX_HOPS."""
        return self.callees(caller).get(callee)


def _reach(edges: Mapping[str, frozenset[str]], start: str) -> Reach:
    reach: dict[str, int] = {}
    frontier = {start}
    for hop in range(1, MAX_HOPS + 1):
        frontier = {name for at in frontier for name in edges.get(at, ())} - reach.keys() - {start}
        reach.update(dict.fromkeys(sorted(frontier), hop))
    return MappingProxyType(reach)
