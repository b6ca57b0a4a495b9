"""The graph of services and calls. A failure travels from the callee to its callers."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final

import msgspec

from cloudops.core.bounded_cache import put_bounded
from cloudops.core.errors import BadInput

MAX_HOPS: Final = 3
"""How many calls a failure is followed. Beyond three, most services reach each other."""

Reach = Mapping[str, int]
"""Service -> the smallest number of calls to it, 1 to MAX_HOPS. Ordered by distance, then by name, so that
every process reports the same one of equal links."""

NOWHERE: Final[Reach] = MappingProxyType({})

NO_EDGES: Final[Mapping[str, frozenset[str]]] = MappingProxyType({})

MAX_NODE_NAMES: Final = 10_000
"""Spellings of which the node is remembered: more than the alarms of a large scope."""
_TRACE_TYPE: Final = re.compile(r"_(?:aws::.*|remote|client|database::\w+)$")
"""What traces append to the name of a node: `orders_aws::ecs::fargate`, `orders_client`."""
_PUNCTUATION: Final = re.compile(r"[^a-z0-9]+")


class Topology:
    """Which services each service calls. Names compare case-insensitively."""

    def __init__(self, calls: Mapping[str, frozenset[str]] | None = None) -> None:
        self._calls = {
            caller.lower(): frozenset(name.lower() for name in callees) - {caller.lower()}
            for caller, callees in (calls or {}).items()
        }
        self._declared = {
            name.lower(): name for caller, callees in (calls or {}).items() for name in (caller, *callees)
        }
        self._down: dict[str, Reach] = {}
        self._up: dict[str, Reach] = {}
        self._around: dict[str, Reach] = {}
        self._nodes: dict[tuple[str, ...], str] = {}

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

    def neighbors(self, service: str) -> Reach:
        """Returns the services within MAX_HOPS calls, each followed in either direction, with the number."""
        if service not in self:
            return NOWHERE
        found = self._around.get(service)
        if found is None:
            found = self._around[service] = _reach(self._calls, service, self._callers)
        return found

    def connected(self, one: str, other: str) -> bool | None:
        """Returns whether any chain of calls, in either direction, joins two services, or None if the
        graph lacks one of them."""
        first, second = self._component.get(one), self._component.get(other)
        return None if first is None or second is None else first == second

    def node_of(self, service: str, resources: Iterable[str] = ()) -> str:
        """Returns the graph's own name for the service of an alert, or the service if the graph lacks it.

        It is, in this order: the service itself; the only node that a resource names; the only node
        that is spelled otherwise (case, punctuation, the type that traces append); the only node whose
        leading words are the service, as `valkey` of `valkey-cart`. A likeness links alerts for people
        to read; nothing may act on it.

        Args:
            service: The service of an alert, or "" if it names none.
            resources: The resources of the alert, as "kind:name".
        """
        if service in self or not self._calls:
            return service
        key = (service, *resources)
        found = self._nodes.get(key)
        if found is None:
            found = self._find_node(*key)
            put_bounded(self._nodes, key, found, MAX_NODE_NAMES)
        return found

    def _find_node(self, service: str, *resources: str) -> str:
        named = {name for one in resources if (name := one.partition(":")[2].lower()) in self}
        if len(named) == 1:
            return named.pop()
        return self._spellings.get(_spelling(service), service)

    @cached_property
    def _spellings(self) -> dict[str, str]:
        """Spelling -> the only node that has it as its name, or else as its leading words."""
        whole: dict[str, set[str]] = {}
        leading: dict[str, set[str]] = {}
        for node in self._calls.keys() | self._callers.keys():
            whole.setdefault(_spelling(node), set()).add(node)
            words = [word for word in _PUNCTUATION.split(_TRACE_TYPE.sub("", node)) if word]
            for count in range(1, len(words)):
                leading.setdefault("".join(words[:count]), set()).add(node)
        return {
            name: min(nodes)
            for names in (leading, whole)
            for name, nodes in names.items()
            if name and len(nodes) == 1
        }

    @cached_property
    def _component(self) -> dict[str, str]:
        """Service -> the first by name of all services that some chain of calls joins with it."""
        component: dict[str, str] = {}
        for start in sorted(self._calls.keys() | self._callers.keys()):
            frontier = {start} - component.keys()
            while frontier:
                component.update(dict.fromkeys(frontier, start))
                frontier = {
                    name
                    for at in frontier
                    for edges in (self._calls, self._callers)
                    for name in edges.get(at, ())
                } - component.keys()
        return component

    def declared_name(self, service: str) -> str:
        """Returns the service as the topology spells it, or as given if the topology lacks it."""
        return self._declared.get(service, service)

    def hops(self, caller: str, callee: str) -> int | None:
        """Returns the smallest number of calls from one service to the other, or None beyond MAX_HOPS."""
        return self.callees(caller).get(callee)


def _spelling(name: str) -> str:
    return _PUNCTUATION.sub("", _TRACE_TYPE.sub("", name.lower()))


def _reach(
    edges: Mapping[str, frozenset[str]], start: str, more_edges: Mapping[str, frozenset[str]] = NO_EDGES
) -> Reach:
    reach: dict[str, int] = {}
    frontier = {start}
    for hop in range(1, MAX_HOPS + 1):
        found = {name for at in frontier for table in (edges, more_edges) for name in table.get(at, ())}
        frontier = found - reach.keys() - {start}
        reach.update(dict.fromkeys(sorted(frontier), hop))
    return MappingProxyType(reach)
