"""Decides whether a caller may act on an incident, a suggestion, an execution, a policy or a silence.

A grant may be narrowed to a team, an environment and an account. Whatever is not known, such as the owner of
a service that the catalog does not declare, lies outside of every grant that is narrowed by it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from cloudops.alerts.environments import canonical_environment
from cloudops.catalog.inventory import ServiceInventory
from cloudops.core.errors import Forbidden, NotFound
from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId
from cloudops.identity.access import Caller, Grant, Role, require_role
from cloudops.incidents.incident import Incident
from cloudops.incidents.record_builder import MAX_NAMED
from cloudops.incidents.store import IncidentStore
from cloudops.incidents.suggestion import incident_of_suggestion
from cloudops.remediation.store import ExecutionStore
from cloudops.silences.service import SilenceStore
from cloudops.silences.silence import Matcher, Operator


@dataclass(frozen=True, slots=True)
class Resource:
    """A part of what a call acts on: a service's team in an environment of an account. "" is not known."""

    team: str = ""
    environment: str = ""
    account: str = ""

    def __str__(self) -> str:
        if self == Resource():
            return "every team, environment and account"
        pairs = (("team", self.team), ("environment", self.environment), ("account", self.account))
        return ", ".join(f"{name} {value or 'not known'}" for name, value in pairs)


EVERYTHING: Final = (Resource(),)
"""The resources of a call that concerns every team, environment and account."""


def everything() -> Collection[Resource]:
    """Returns the resources of a call that concerns every team, environment and account."""
    return EVERYTHING


def may(caller: Caller, role: Role, resources: Collection[Resource]) -> bool:
    """Returns whether the caller has the role for every resource.

    Each resource needs one grant with the role, or a higher one, that covers it: the narrowings of a grant
    combine by "and", the grants of a caller by "or". No resources means that they are not known.
    """
    grants = [grant for grant in caller.grants if grant.role.rank >= role.rank]
    return all(any(_covers(grant, one) for grant in grants) for one in resources or EVERYTHING)


def require(
    caller: Caller,
    role: Role,
    resources: Callable[[], Collection[Resource]],
    what: str,
    *,
    field: str | None = None,
) -> None:
    """Refuses a caller whose grants do not cover everything that a call acts on.

    Args:
        caller: Who calls.
        role: The least role for the call.
        resources: Reads what the call acts on; not called for a caller who has the role without narrowing.
        what: The call, for the message.
        field: The field of the request that asks for it, or None.

    Raises:
        Forbidden: The caller's role is too low, or a resource lies outside of the grants; names both.
    """
    require_role(caller, role, what, field=field)
    if may(caller, role, EVERYTHING):
        return
    for resource in resources() or EVERYTHING:
        if not may(caller, role, (resource,)):
            grants = ", ".join(map(str, caller.grants))
            raise Forbidden(
                f"{what} needs the role {role} for {resource}; {caller.name} has {grants}", field=field
            )


def _covers(grant: Grant, resource: Resource) -> bool:
    """Returns whether each narrowing of the grant has the known value of the resource."""
    pairs = (
        (grant.team.casefold(), resource.team.casefold()),
        (canonical_environment(grant.environment), canonical_environment(resource.environment)),
        (grant.account, resource.account),
    )
    return all(not narrowing or narrowing == value for narrowing, value in pairs)


class Permissions:
    """Reads what a call acts on. The owner of a service is the one that the catalog declares."""

    def __init__(
        self,
        *,
        inventory: Callable[[], ServiceInventory],
        incidents: IncidentStore,
        executions: ExecutionStore,
        silences: SilenceStore,
    ) -> None:
        self._inventory = inventory
        self._incidents = incidents
        self._executions = executions
        self._silences = silences

    def incident(self, incident_id: IncidentId) -> tuple[Resource, ...]:
        """Returns the resources of an incident: one for each affected service.

        A record names MAX_NAMED services at most; if it is full, others are not known.

        Raises:
            NotFound: There is no such incident; names the id.
        """
        incident = self._incident(incident_id)
        services = incident.services if 0 < len(incident.services) < MAX_NAMED else (*incident.services, "")
        return tuple(self._in_scope(service, incident) for service in services)

    def suggestion(self, suggestion_id: SuggestionId) -> tuple[Resource, ...]:
        """Returns the resource of a suggestion: its service, where its incident is. Raises NotFound."""
        service, incident = self._suggested(suggestion_id)
        return (self._in_scope(service, incident),)

    def plan(self, suggestion_id: SuggestionId, wanted: str) -> tuple[Resource, ...]:
        """Returns the resources of the targets on which a suggestion may act; `wanted` names one of several.

        Raises NotFound.
        """
        service, incident = self._suggested(suggestion_id)
        inventory = self._inventory()
        targets = [one.target for one in inventory.targets(service, incident.scope)]
        chosen = [one for one in targets if str(one) == wanted] or targets
        return tuple(self._resource(service, one.environment, one.account) for one in chosen) or (
            self._in_scope(service, incident),
        )

    def execution(self, execution_id: ExecutionId) -> tuple[Resource, ...]:
        """Returns the resource of an execution: its target. Raises NotFound."""
        plan = self._executions.get(execution_id).plan
        return (self._resource(plan.service, plan.target.environment, plan.target.account),)

    def policy(self, service: str, environment: str) -> tuple[Resource, ...]:
        """Returns the resources of a policy: the accounts of the service's targets in the environment."""
        inventory = self._inventory()
        known = inventory.services.get(inventory.canonical(service))
        accounts = {
            one.target.account
            for one in (known.targets if known else ())
            if canonical_environment(one.target.environment) == canonical_environment(environment)
        }
        return tuple(self._resource(service, environment, one) for one in sorted(accounts) or [""])

    def change(self, service: str, environment: str, account: str) -> tuple[Resource, ...]:
        """Returns the resource of a change that a pipeline reports."""
        return (self._resource(service, environment, account),)

    def silence(self, silence_id: str) -> tuple[Resource, ...]:
        """Returns the resources of a stored silence. Raises NotFound."""
        return self.matched(self._silences.get(silence_id).matchers)

    def matched(self, matchers: Sequence[Matcher]) -> tuple[Resource, ...]:
        """Returns the resources of the alerts that a silence mutes.

        A field that no matcher limits to named values is not known: the silence may mute any value.
        """
        services, environments, accounts = (
            _values(matchers, field) for field in ("service", "environment", "account")
        )
        return tuple(self._resource(*values) for values in product(services, environments, accounts))

    def _incident(self, incident_id: IncidentId) -> Incident:
        incident = self._incidents.incidents([incident_id]).get(incident_id) if incident_id else None
        if incident is None:
            raise NotFound(f"incident {incident_id}: not found")
        return incident

    def _suggested(self, suggestion_id: SuggestionId) -> tuple[str, Incident]:
        name = incident_of_suggestion(suggestion_id)
        incident = self._incidents.incidents([name]).get(name) if name else None
        for suggestion in incident.suggestions if incident else ():
            if incident and suggestion.id == suggestion_id:
                return suggestion.service, incident
        raise NotFound(f"suggestion {suggestion_id}: not found", field="suggestionId")

    def _in_scope(self, service: str, incident: Incident) -> Resource:
        return self._resource(service, incident.scope.environment, incident.scope.account)

    def _resource(self, service: str, environment: str, account: str) -> Resource:
        owner = self._inventory().declared_owner(service)
        return Resource(owner, canonical_environment(environment), account)


def _values(matchers: Iterable[Matcher], field: str) -> list[str]:
    """Returns the values to which a matcher limits a field, or [""] if none does."""
    for matcher in matchers:
        if matcher.field == field and (values := _named(matcher)):
            return values
    return [""]


def _named(matcher: Matcher) -> list[str]:
    """Returns the values that a matcher names, or [] if it may match others: `a`, or the pattern `a|b`."""
    if matcher.operator is Operator.EQUAL:
        return [matcher.value]
    if matcher.operator is not Operator.MATCHES:
        return []
    parts = _ALTERNATIVES.split(matcher.value)
    values = [_ESCAPED.sub(r"\1", part) for part in parts]
    literal = all(_is_literal(part, value) for part, value in zip(parts, values, strict=True))
    return values if literal else []


_ALTERNATIVES: Final = re.compile(r"(?<!\\)\|")
_ESCAPED: Final = re.compile(r"\\(.)")
_SPECIAL: Final = frozenset(".^$*+?{}[]()\\")


def _is_literal(pattern: str, value: str) -> bool:
    """Returns whether the pattern matches this value alone."""
    return pattern == re.escape(value) or (pattern == value and not _SPECIAL & set(pattern))
