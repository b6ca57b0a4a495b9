"""Decides how far CloudOps may act without approval, by the owner's policy and the confidence earned.

A policy sets a ceiling and what has to be shown first. One failed verification demotes the policy until an
admin lifts the demotion.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from cloudops.catalog.inventory import ServiceInventory
from cloudops.catalog.names import CatalogNames
from cloudops.confidence.posterior import Levels, estimate
from cloudops.core.errors import BadInput, Conflict, PreconditionFailed, PreconditionRequired
from cloudops.core.ids import stable_id
from cloudops.core.taxonomy import Action
from cloudops.core.time import EpochMillis
from cloudops.incidents.suggestion import ActionSuggestion

MIN_CONFIDENCE: Final = 0.5
"""Lowest `min_confidence` of a policy, a probability: no action runs by itself whose 10th percentile says
that it fails as often as it helps."""
MIN_OUTCOMES: Final = 3
"""Lowest `min_outcomes` of a policy, in outcomes: fewer say nothing about an action."""


class Autonomy(StrEnum):
    """How far an action may go: CloudOps suggests it and executes nothing, waits for approval, or acts
    automatically."""

    SUGGEST = "suggest"
    APPROVE = "approve"
    AUTOMATIC = "automatic"


class PolicyKey(msgspec.Struct, frozen=True, order=True, rename="camel"):
    """The subject of a policy: an action on a service in an environment."""

    service: str
    action: Action
    environment: str

    @property
    def id(self) -> str:
        """The id of the policy in the API, the same for equal keys."""
        return "pol_" + stable_id(self.service, self.action, self.environment)


class Policy(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The most that the owner of a service allows, and the evidence that is needed first.

    Attributes:
        min_confidence: Lowest 10th percentile of the suggestion's confidence, 0.5 to 1.
        min_outcomes: Fewest outcomes in the suggestion's cell, 3 or more.
        demoted_at: When a failed verification ended the autonomy, or None. It lasts until an admin lifts it;
            storing the policy again does not.
        version: Counts the stored versions, from 1. A change names the version that it replaces.
    """

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
    """How far CloudOps may act now, with the reason."""

    autonomy: Autonomy
    reason: str


OFF: Final = AutonomyLevel(Autonomy.APPROVE, "no policy: a person approves")
"""The level without a policy: autonomy is off by default."""


def validate_policy(policy: Policy) -> Policy:
    """Returns the policy unchanged.

    Raises:
        BadInput: A threshold is below the least allowed, or the action is `noop`; names the field.
    """
    if not MIN_CONFIDENCE <= policy.min_confidence <= 1:
        raise BadInput(f"minConfidence must be {MIN_CONFIDENCE} to 1", field="minConfidence")
    if policy.min_outcomes < MIN_OUTCOMES:
        raise BadInput(f"minOutcomes must be {MIN_OUTCOMES} or more", field="minOutcomes")
    if policy.key.action is Action.NOOP:
        raise BadInput("noop needs no policy", field="action")
    return policy


class EarnedConfidence(msgspec.Struct, frozen=True):
    """The evidence on an action that was earned in one environment: the 10th percentile of the confidence, or
    None if it is not known, and the number of outcomes."""

    low: float | None
    outcomes: int


def earned_confidence(levels: Levels, suggestion: ActionSuggestion, environment: str) -> EarnedConfidence:
    """Returns what the suggestion has earned in the environment of its target.

    Evidence of other environments does not count. The percentile is at most that of the suggestion, which
    weighs how likely its service is the cause.

    Args:
        levels: The learned confidence.
        suggestion: The suggestion.
        environment: The canonical environment of the target.
    """
    own = levels.environments.get(environment)
    if own is None or suggestion.confidence_low is None:
        return EarnedConfidence(None, 0)
    found = estimate(own, suggestion.symptom, suggestion.action, suggestion.service, suggestion.expected)
    return EarnedConfidence(min(found.low, suggestion.confidence_low), found.outcomes)


def autonomy_level(policy: Policy | None, earned: EarnedConfidence) -> AutonomyLevel:
    """Returns how far CloudOps may act on the suggestion, with the reason.

    Args:
        policy: The policy for the suggestion's service, action and environment, or None if there is none.
        earned: What the action has earned in the environment of the target.
    """
    granted = granted_level(policy)
    if policy is None or granted.autonomy is not Autonomy.AUTOMATIC:
        return granted
    low = earned.low
    if low is None or low < policy.min_confidence:
        percentile = "not known" if low is None else f"{low:.2f}"
        return AutonomyLevel(
            Autonomy.APPROVE,
            f"the 10th percentile is {percentile}, the policy needs {policy.min_confidence:.2f}",
        )
    if earned.outcomes < policy.min_outcomes:
        return AutonomyLevel(
            Autonomy.APPROVE,
            f"{earned.outcomes} of the {policy.min_outcomes} outcomes that the policy needs",
        )
    return AutonomyLevel(
        Autonomy.AUTOMATIC,
        f"earned: 10th percentile {low:.2f} after {earned.outcomes} outcomes, "
        f"under the policy of {policy.updated_by}",
    )


def granted_level(policy: Policy | None) -> AutonomyLevel:
    """Returns how far the policy lets CloudOps act, whatever the evidence."""
    if policy is None:
        return OFF
    if policy.ceiling is not Autonomy.AUTOMATIC:
        return AutonomyLevel(policy.ceiling, f"{policy.updated_by} allows no more than {policy.ceiling}")
    if policy.demoted_at is not None:
        return AutonomyLevel(Autonomy.APPROVE, f"demoted: {policy.demoted_reason}")
    return AutonomyLevel(Autonomy.AUTOMATIC, f"under the policy of {policy.updated_by}")


def demote(policy: Policy, reason: str, now: EpochMillis) -> Policy:
    """Returns the policy after a failed verification; unchanged if it was demoted before."""
    if policy.demoted_at is not None:
        return policy
    return replace(policy, demoted_at=now, demoted_reason=reason, version=policy.version + 1)


class PolicyStore(Protocol):
    """Port: where autonomy policies are stored."""

    def policies(self) -> dict[PolicyKey, Policy]:
        """Returns every policy by its key."""
        ...

    def keep_policy(self, policy: Policy) -> None:
        """Stores the policy in place of the version before it; raises Conflict if that one has changed."""
        ...


class AutonomyPolicies:
    """Use cases on autonomy policies: list them, store one."""

    def __init__(self, store: PolicyStore, inventory: Callable[[], ServiceInventory]) -> None:
        self._store = store
        self._inventory = inventory

    def all(self) -> tuple[Policy, ...]:
        """Returns every policy, by service, action and environment."""
        return tuple(one for _, one in sorted(self._store.policies().items()))

    def keep(self, policy: Policy, replaces: int | None, *, lift_demotion: bool = False) -> Policy:
        """Stores the policy under its canonical names in place of the one before.

        Args:
            policy: The policy; its version and its demotion are those of the one before.
            replaces: The version that the caller has read, or None if there was no policy.
            lift_demotion: Whether the demotion ends. Otherwise it stays.

        Returns:
            The stored policy, with its version.

        Raises:
            BadInput: A threshold is too low, or no such service or environment is known; names the field.
            PreconditionRequired: There is a policy, and `replaces` is None.
            PreconditionFailed: The stored version is another one.
            Conflict: There is no demotion to lift, or another request changed the policy at the same time.
        """
        names = CatalogNames(self._inventory())
        key = PolicyKey(
            names.known_service(policy.key.service, "service"),
            policy.key.action,
            names.known_environment(policy.key.environment, "environment"),
        )
        policy = replace(policy, key=key)
        before = self._store.policies().get(policy.key)
        _check_version(before, replaces)
        demoted = before if before and before.demoted_at is not None else None
        if lift_demotion and demoted is None:
            raise Conflict("the policy is not demoted", field="liftDemotion")
        if demoted and not lift_demotion:
            policy = replace(policy, demoted_at=demoted.demoted_at, demoted_reason=demoted.demoted_reason)
        stored = replace(validate_policy(policy), version=before.version + 1 if before else 1)
        self._store.keep_policy(stored)
        return stored


def _check_version(stored: Policy | None, replaces: int | None) -> None:
    if stored is not None and replaces is None:
        raise PreconditionRequired(
            f"policy {stored.key.id}: version {stored.version} exists, name it in If-Match", field="if-match"
        )
    if replaces is not None and (stored is None or stored.version != replaces):
        found = "there is no policy" if stored is None else f"the stored version is {stored.version}"
        raise PreconditionFailed(f"If-Match: version {replaces}, but {found}", field="if-match")
