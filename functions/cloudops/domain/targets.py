"""Chooses what a suggestion is carried out on: among the catalogue's targets, never from an alert's text."""

from collections.abc import Collection

from cloudops.domain.alert import ScopeKey
from cloudops.domain.catalogue import Platform, Target
from cloudops.domain.environments import canonical_environment
from cloudops.domain.errors import Conflict, NotFound
from cloudops.domain.estate import Placed, Service


def target_of(service: Service, scope: ScopeKey, able: Collection[Platform], wanted: str = "") -> Placed:
    """The service's one target where the incident is, on a platform that has the action; `wanted` is its text
    where there are several. NotFound where there is none, Conflict where somebody has to choose."""
    here = [one for one in service.targets if _is_in(one.target, scope)]
    if not here:
        raise NotFound(f"service {service.name} has no target in {scope}; declare it in the catalogue")
    apt = [one for one in here if one.target.platform in able]
    if not apt:
        platforms = ", ".join(sorted({one.target.platform for one in here}))
        raise NotFound(f"service {service.name} runs on {platforms}, where this action is not known")
    if wanted:
        apt = [one for one in apt if str(one.target) == wanted]
        if not apt:
            raise NotFound(f"target {wanted!r}: not one of {service.name}", field="target")
    if len(apt) > 1:
        choices = "; ".join(sorted(str(one.target) for one in apt))
        raise Conflict(f"service {service.name} has several targets, choose one: {choices}", field="target")
    return apt[0]


def _is_in(target: Target, scope: ScopeKey) -> bool:
    """What the alert did not tell restricts nothing."""
    environment = canonical_environment(scope.environment) if scope.environment else ""
    pairs = (
        (scope.account, target.account),
        (scope.region, target.region),
        (environment, target.environment),
    )
    return all(not told or told == known for told, known in pairs)
