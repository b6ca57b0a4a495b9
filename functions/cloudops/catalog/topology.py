"""Which service calls which: the graph along which failures travel, from the called to the caller."""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final

import msgspec

from cloudops.core.errors import BadInput

MAX_HOPS: Final = 3
"""Calls that a failure is followed through; beyond three, most services reach each other."""

Reach = Mapping[str, int]
"""Service -> the least number of calls to it, 1 to MAX_HOPS; nearest first, then by name, so that of
equal links the same one is told of in every process."""

NOWHERE: Final[Reach] = MappingProxyType({})


class Topology:
    """Service -> the services that it calls. Names compare without regard to case."""

    def __init__(self, calls: Mapping[str, frozenset[str]] | None = None) -> None:
        self._calls = {
            caller.lower(): frozenset(name.lower() for name in callees) - {caller.lower()}
            for caller, callees in (calls or {}).items()
        }
        self._down: dict[str, Reach] = {}
        self._up: dict[str, Reach] = {}

    @classmethod
    def parse(cls, text: str | bytes) -> "Topology":
        """Read {"service": ["service that it calls", ...]}. BadInput names the key."""
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
        """The services that this one calls, directly or through others, with the number of calls."""
        if service not in self._calls:
            return NOWHERE
        found = self._down.get(service)
        if found is None:
            found = self._down[service] = _reach(self._calls, service)
        return found

    def callers(self, service: str) -> Reach:
        """The services that call this one, directly or through others, with the number of calls."""
        if service not in self._callers:
            return NOWHERE
        found = self._up.get(service)
        if found is None:
            found = self._up[service] = _reach(self._callers, service)
        return found

    def hops(self, caller: str, callee: str) -> int | None:
        """The least number of calls from one service to the other, or None beyond MAX_HOPS."""
        return self.callees(caller).get(callee)


def _reach(edges: Mapping[str, frozenset[str]], start: str) -> Reach:
    reach: dict[str, int] = {}
    frontier = {start}
    for hop in range(1, MAX_HOPS + 1):
        frontier = {name for at in frontier for name in edges.get(at, ())} - reach.keys() - {start}
        reach.update(dict.fromkeys(sorted(frontier), hop))
    return MappingProxyType(reach)
