"""Merges what is declared and what was discovered into one list of services and one dependency graph."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from cloudops.alerts.alert import Scope
from cloudops.catalog.declaration import Catalog, Limits, Platform, ServiceDeclaration, Target
from cloudops.catalog.discovered import DiscoveredResource, DiscoverySnapshot
from cloudops.catalog.topology import Topology
from cloudops.core.time import EpochMillis

ListedBy = Mapping[tuple[Platform, str, str], str]
"""Platform, account and region -> the source that lists every target there."""


class Provenance(msgspec.Struct, frozen=True):
    """Which discovery source saw a thing, where, and from when to when."""

    source: str
    account: str
    region: str
    first_at: EpochMillis
    last_at: EpochMillis


class ResolvedTarget(msgspec.Struct, frozen=True):
    """A target of a service: declared, seen, or both."""

    target: Target
    limits: Limits
    declared: bool
    seen: tuple[Provenance, ...]


class DeclarationConflict(msgspec.Struct, frozen=True):
    """A contradiction between the declaration, which wins, and what `source` discovered."""

    field: str
    declared: str
    found: str
    source: str


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """One service, declared, discovered or both."""

    name: str
    declared: bool
    owner: str = ""
    tier: int | None = None
    runbook: str = ""
    aliases: tuple[str, ...] = ()
    limits: Limits = Limits()
    targets: tuple[ResolvedTarget, ...] = ()
    stacks: tuple[str, ...] = ()
    conflicts: tuple[DeclarationConflict, ...] = ()


class Dependency(msgspec.Struct, frozen=True):
    """One service calling another: declared, seen by discovery sources, or both."""

    caller: str
    callee: str
    declared: bool
    seen: tuple[Provenance, ...]


class ServiceInventory:
    """The services, their targets and the topology. Immutable; names are lower case, with aliases
    resolved."""

    def __init__(self, catalog: Catalog, snapshots: Sequence[DiscoverySnapshot] = ()) -> None:
        self._aliases = {
            alias: name for name, declared in catalog.services.items() for alias in declared.aliases
        }
        self._declared = catalog.services
        self.services: Mapping[str, Service] = self._merged(catalog, snapshots)
        self.dependencies: tuple[Dependency, ...] = self._dependencies(catalog, snapshots)
        self.topology = Topology(_calls(self.dependencies))

    def canonical(self, name: str) -> str:
        """Returns the service that a name or an alias stands for, or the lower-case name if none is known."""
        lowered = name.lower()
        return self._aliases.get(lowered, lowered)

    def declared_owner(self, service: str) -> str:
        """Returns the team that the catalog declares as the owner of a service, or "".

        The owner in a tag does not count: a person who may tag a resource must not choose who may act on it.
        """
        declared = self._declared.get(self.canonical(service))
        return declared.owner if declared else ""

    def targets(self, service: str, scope: Scope) -> tuple[ResolvedTarget, ...]:
        """Returns the targets that run the service in this scope, the declared ones first.

        An empty account, environment or region, of the target or of the scope, matches any.
        """
        known = self.services.get(self.canonical(service))
        fitting = [one for one in known.targets if _is_in(one.target, scope)] if known else []
        return tuple(sorted(fitting, key=lambda one: not one.declared))

    @property
    def conflicts(self) -> tuple[tuple[str, DeclarationConflict], ...]:
        """Every contradiction, with the name of its service."""
        return tuple((one.name, conflict) for one in self.services.values() for conflict in one.conflicts)

    def _merged(self, catalog: Catalog, snapshots: Sequence[DiscoverySnapshot]) -> dict[str, Service]:
        declared_at = {target.place: name for name, one in catalog.services.items() for target in one.targets}
        found: dict[str, list[tuple[DiscoverySnapshot, DiscoveredResource]]] = {}
        for snapshot in snapshots:
            for resource in snapshot.resources:
                name = declared_at.get(resource.target.place) or self.canonical(resource.service)
                found.setdefault(name, []).append((snapshot, resource))
        listed_by = {
            (platform, snapshot.account, snapshot.region): snapshot.source
            for snapshot in snapshots
            for platform in snapshot.lists
        }
        return {
            name: _service(name, catalog.services.get(name), found.get(name, ()), listed_by, self)
            for name in sorted(catalog.services.keys() | found.keys())
        }

    def _dependencies(
        self, catalog: Catalog, snapshots: Sequence[DiscoverySnapshot]
    ) -> tuple[Dependency, ...]:
        seen: dict[tuple[str, str], list[Provenance]] = {}
        declared = {
            (name, self.canonical(callee)) for name, one in catalog.services.items() for callee in one.calls
        }
        for snapshot in snapshots:
            for call in snapshot.calls:
                ends = self.canonical(call.caller), self.canonical(call.callee)
                if ends[0] != ends[1]:
                    seen.setdefault(ends, []).append(_seen(snapshot, call.first_at, call.last_at))
        return tuple(
            Dependency(*ends, ends in declared, tuple(seen.get(ends, ())))
            for ends in sorted(declared | seen.keys())
        )


def _service(
    name: str,
    declared: ServiceDeclaration | None,
    found: Sequence[tuple[DiscoverySnapshot, DiscoveredResource]],
    listed_by: ListedBy,
    inventory: ServiceInventory,
) -> Service:
    wanted = declared or ServiceDeclaration()
    conflicts = dict.fromkeys(_conflicts(name, wanted, found, listed_by, inventory)) if declared else ()
    return Service(
        name=name,
        declared=declared is not None,
        owner=wanted.owner or _first(resource.owner for _, resource in found),
        tier=wanted.tier or next((resource.tier for _, resource in found if resource.tier), None),
        runbook=wanted.runbook or _first(resource.runbook for _, resource in found),
        aliases=wanted.aliases,
        limits=wanted.limits,
        targets=_targets(wanted, found),
        stacks=tuple(sorted({resource.stack for _, resource in found} - {""})),
        conflicts=tuple(conflicts),
    )


def _targets(
    declaration: ServiceDeclaration, found: Sequence[tuple[DiscoverySnapshot, DiscoveredResource]]
) -> tuple[ResolvedTarget, ...]:
    seen: dict[tuple[str, ...], list[Provenance]] = {}
    targets = {target.place: target for target in declaration.targets}
    for snapshot, resource in found:
        place = resource.target.place
        targets.setdefault(place, resource.target)
        seen.setdefault(place, []).append(_seen(snapshot, resource.first_at, resource.last_at))
    declared = {target.place for target in declaration.targets}
    return tuple(
        ResolvedTarget(
            target, target.limits or declaration.limits, place in declared, tuple(seen.get(place, ()))
        )
        for place, target in sorted(targets.items())
    )


def _conflicts(
    name: str,
    declaration: ServiceDeclaration,
    found: Sequence[tuple[DiscoverySnapshot, DiscoveredResource]],
    listed_by: ListedBy,
    inventory: ServiceInventory,
) -> Iterable[DeclarationConflict]:
    declared = {target.place: target for target in declaration.targets}
    places = set()
    for snapshot, resource in found:
        target = resource.target
        places.add(target.place)
        pairs = [
            ("owner", declaration.owner, resource.owner),
            ("tier", str(declaration.tier or ""), str(resource.tier or "")),
            ("runbook", declaration.runbook, resource.runbook),
        ]
        if mine := declared.get(target.place):
            pairs.append((f"service of {target}", name, inventory.canonical(resource.service)))
            pairs.append((f"environment of {target}", mine.environment, target.environment))
        for field, wanted, seen in pairs:
            if wanted and seen and wanted != seen:
                yield DeclarationConflict(field, wanted, seen, snapshot.source)
    for target in declaration.targets:
        source = listed_by.get((target.platform, target.account, target.region))
        if source and target.place not in places:
            yield DeclarationConflict(f"target {target}", "exists", "was not found", source)


def _seen(snapshot: DiscoverySnapshot, first_at: EpochMillis, last_at: EpochMillis) -> Provenance:
    return Provenance(snapshot.source, snapshot.account, snapshot.region, first_at, last_at)


def _is_in(target: Target, scope: Scope) -> bool:
    pairs = (
        (target.account, scope.account),
        (target.environment, scope.environment),
        (target.region, scope.region),
    )
    return all(not its or not here or its == here for its, here in pairs)


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")


def _calls(dependencies: Iterable[Dependency]) -> dict[str, frozenset[str]]:
    calls: dict[str, set[str]] = {}
    for one in dependencies:
        calls.setdefault(one.caller, set()).add(one.callee)
    return {caller: frozenset(callees) for caller, callees in calls.items()}
