"""Port of executors: observe a target, plan a change, perform it, report its rollout, roll it back."""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, Protocol, TypeAlias

from cloudops.catalog.declaration import Limits, Target
from cloudops.core.time import EpochMillis
from cloudops.remediation.plan import Plan, PlannedChange, PlanRejected, RemediationRecord, TargetState


class Progress(StrEnum):
    """Progress of a target's rollout towards the requested state."""

    MOVING = "moving"
    SETTLED = "settled"
    FAILED = "failed"


class RolloutStatus(RemediationRecord, frozen=True):
    """A target after the action: the progress of its rollout, the reason, and its state."""

    progress: Progress
    reason: str
    observed: TargetState


class RollbackOutcome(StrEnum):
    """What a rollback achieved. The last two leave the target as it is, for a person."""

    UNDONE = "undone"
    NOTHING_TO_UNDO = "nothing_to_undo"
    CHANGED_BY_OTHERS = "changed_by_others"
    IRREVERSIBLE = "irreversible"


class RollbackResult(RemediationRecord, frozen=True):
    """The outcome of a rollback, with the reason."""

    undoing: RollbackOutcome
    reason: str


Permissions: TypeAlias = Mapping[str, tuple[str, ...]]
"""IAM actions with the resources that IAM can restrict them to.

A resource is an ARN without `arn:<partition>:`, with {account} for the account number, or "*" if the action
supports no resource. A Kubernetes verb, such as `k8s:patch:apps/deployments`, has no resource: the cluster
grants it.
"""


class Executor(Protocol):
    """Performs one action on one platform.

    Every method is idempotent: it may be called again with the same arguments, after a crash at any point,
    and changes the target at most once. `key` is the idempotency key of the execution; executors store it on
    the target if the platform can (an annotation, a client token, a tag).

    Raises:
        Unavailable: A retry may succeed.
        Refused: The platform denies the call; a retry fails as well.
        NotFound: The target does not exist; a retry fails as well.
    """

    permissions: ClassVar[Permissions]

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        """Reads the state of the target."""
        ...

    def plan(self, target: Target, observed: TargetState, limits: Limits) -> PlannedChange | PlanRejected:
        """Returns the change to make, or why there is none. Calls no API."""
        ...

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        """Performs the planned change.

        Raises:
            Conflict: The target differs from the snapshot, and not because of this execution.
        """
        ...

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        """Reads the progress of the rollout after `act`."""
        ...

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        """Restores the snapshot, unless the target was changed by other means after `act`."""
        ...
