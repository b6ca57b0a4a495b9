"""Earned autonomy: what an owner lets the agent do by itself, once it has earned it, until it fails."""

from enum import StrEnum
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from cloudops.core.errors import BadInput
from cloudops.core.ids import stable_id
from cloudops.core.taxonomy import Action
from cloudops.core.time import EpochMillis
from cloudops.incidents.suggestion import ActionSuggestion

LOWEST_CONFIDENCE: Final = 0.5
"""No owner may let run by itself what is as likely to fail as to help, one time in ten."""
FEWEST_OUTCOMES: Final = 3


class Autonomy(StrEnum):
    """How far the agent goes by itself."""

    SUGGEST = "suggest"
    APPROVE = "approve"
    AUTOMATIC = "automatic"


class PolicyKey(msgspec.Struct, frozen=True, order=True, rename="camel"):
    """What a policy is for: an action on a service in an environment."""

    service: str
    action: Action
    environment: str

    @property
    def id(self) -> str:
        return "pol_" + stable_id(self.service, self.action, self.environment)


class Policy(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What the owner allows at most, and what the agent has to have shown first: `min_confidence` of the
    10th percentile and `min_outcomes` in the suggestion's cell. `demoted_at` is when a failed verification
    took the autonomy away; a person gives it back by keeping the policy anew."""

    key: PolicyKey
    ceiling: Autonomy
    min_confidence: float
    min_outcomes: int
    updated_by: str
    updated_at: EpochMillis
    demoted_at: EpochMillis | None = None
    demoted_reason: str = ""
    version: int = 1


class AutonomyLevel(msgspec.Struct, frozen=True, rename="camel"):
    """How far the agent may go now, and why."""

    autonomy: Autonomy
    reason: str


OFF: Final = AutonomyLevel(Autonomy.APPROVE, "no policy: a person approves")
"""Off unless switched on."""


def checked(policy: Policy) -> Policy:
    """BadInput names the field that asks for too little."""
    if not LOWEST_CONFIDENCE <= policy.min_confidence <= 1:
        raise BadInput(f"minConfidence must be {LOWEST_CONFIDENCE} to 1", field="minConfidence")
    if policy.min_outcomes < FEWEST_OUTCOMES:
        raise BadInput(f"minOutcomes must be {FEWEST_OUTCOMES} or more", field="minOutcomes")
    if policy.key.action is Action.NOOP:
        raise BadInput("doing nothing needs no policy", field="action")
    return policy


def level(policy: Policy | None, offer: ActionSuggestion) -> AutonomyLevel:
    """How far the agent may go with this suggestion."""
    if policy is None:
        return OFF
    if policy.ceiling is not Autonomy.AUTOMATIC:
        return AutonomyLevel(policy.ceiling, f"{policy.updated_by} allows no more than {policy.ceiling}")
    if policy.demoted_at is not None:
        return AutonomyLevel(Autonomy.APPROVE, f"demoted: {policy.demoted_reason}")
    low = offer.confidence_low
    if low is None or low < policy.min_confidence:
        told = "not known" if low is None else f"{low:.2f}"
        return AutonomyLevel(
            Autonomy.APPROVE, f"the 10th percentile is {told}, {policy.min_confidence:.2f} are asked for"
        )
    if offer.outcomes < policy.min_outcomes:
        return AutonomyLevel(
            Autonomy.APPROVE, f"{offer.outcomes} outcomes of the {policy.min_outcomes} asked for"
        )
    return AutonomyLevel(
        Autonomy.AUTOMATIC,
        f"earned: 10th percentile {low:.2f} after {offer.outcomes} outcomes, as {policy.updated_by} asks",
    )


def demoted(policy: Policy, reason: str, now: EpochMillis) -> Policy:
    """After one failed verification; the same where it was demoted before."""
    if policy.demoted_at is not None:
        return policy
    return replace(policy, demoted_at=now, demoted_reason=reason, version=policy.version + 1)


class PolicyStore(Protocol):
    def policies(self) -> dict[PolicyKey, Policy]: ...

    def keep_policy(self, policy: Policy) -> None:
        """In the place of the version before; Conflict where somebody else changed it."""
        ...


class AutonomyPolicies:
    def __init__(self, store: PolicyStore) -> None:
        self._store = store

    def all(self) -> tuple[Policy, ...]:
        """By service, action and environment."""
        return tuple(one for _, one in sorted(self._store.policies().items()))

    def keep(self, policy: Policy) -> Policy:
        """In the place of the one before, with no demotion. BadInput names the field that asks for too
        little, Conflict where somebody else changed it meanwhile."""
        held = self._store.policies().get(policy.key)
        kept = replace(checked(policy), version=held.version + 1 if held else 1)
        self._store.keep_policy(kept)
        return kept
