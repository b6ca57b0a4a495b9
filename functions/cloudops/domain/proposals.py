"""What to try first about one alert: a small table of decisions, symptom by component."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cloudops.domain.facets import Facets
from cloudops.domain.rulefile import Decision
from cloudops.domain.suggestion import Action, Proposal

NOTHING_TO_DO = 0.95
"""How sure it is that an alert which does not fire needs no action."""


class Place(NamedTuple):
    """Where the alert stands: what a deployment's own decisions may ask for."""

    service: str
    environment: str
    source: str


def propose(
    facets: Facets, place: Place, decisions: Iterable[Decision], reasons: Mapping[Action, str]
) -> tuple[Proposal, ...]:
    """The actions of the symptom's first decision that applies, likeliest to help first; never empty.

    The decision says why its first one; `reasons` say when the others may be right instead."""
    for decision in decisions:
        if _applies(decision, facets, place):
            (first, chance), *others = sorted(decision.propose.items(), key=lambda item: -item[1])
            return (
                Proposal(first, chance, (decision.why,)),
                *(Proposal(action, less, (reasons.get(action) or decision.why,)) for action, less in others),
            )
    return (Proposal(Action.NOOP, 0.5, ("no rule proposes an action",)),)


def nothing(reason: str) -> tuple[Proposal, ...]:
    return (Proposal(Action.NOOP, NOTHING_TO_DO, (reason,)),)


def _applies(decision: Decision, facets: Facets, place: Place) -> bool:
    return (
        (not decision.component or facets.component in decision.component)
        and facets.traits.issuperset(decision.traits)
        and facets.traits.isdisjoint(decision.without)
        and (not decision.service or place.service in decision.service)
        and (not decision.environment or place.environment in decision.environment)
        and (not decision.source or place.source in decision.source)
    )
