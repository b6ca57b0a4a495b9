"""Port of executors: observe a target, plan a change, perform it, report its rollout, roll it back."""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, Final, Protocol, TypeAlias

from cloudops.catalog.declaration import Limits, Target
from cloudops.core.time import EpochMillis
from cloudops.remediation.plan import Plan, PlannedChange, PlanRejected, RemediationRecord, TargetState
from cloudops.remediation.versions import VersionHistory


class Progress(StrEnum):
    """Progress of a target's rollout towards the state that the plan requests.

    `SUPERSEDED`: the target runs, but has not the version, the count or the generation of the plan: the
    platform, a GitOps controller or a person replaced it. What runs now says nothing about the action.
    """

    MOVING = "moving"
    SETTLED = "settled"
    FAILED = "failed"
    SUPERSEDED = "superseded"


class RolloutStatus(RemediationRecord, frozen=True):
    """A target after the action.

    Attributes:
        progress: How far the rollout is.
        reason: Why, in the words of the platform where it has some.
        observed: The state of the target.
        progress_mark: Changes whenever the rollout advances, and never otherwise: the deployment's id with
            the count of updated members, or a percentage. The workflow compares it with the mark of the
            last check; an unchanged mark of a moving rollout means that it stalls.
    """

    progress: Progress
    reason: str
    observed: TargetState
    progress_mark: str = ""


class RolloutLimits(RemediationRecord, frozen=True):
    """How long a rollout may take before it counts as failed.

    Attributes:
        stall_seconds: Longest time in which a rollout that works may show no progress.
        max_seconds: Longest time from the action until the target has settled, progress or not.
    """

    stall_seconds: int
    max_seconds: int

    def __post_init__(self) -> None:
        if not 0 < self.stall_seconds <= self.max_seconds:
            raise ValueError("0 < stall_seconds <= max_seconds is required")


DEFAULT_STALL_SECONDS: Final = 15 * 60
"""Longer than the waits that platforms put between two members by default: 300 s for the deregistration from
a load balancer and for an instance's health check, 600 s for the progress deadline of a Deployment."""
DEFAULT_BASE_SECONDS: Final = 30 * 60
DEFAULT_MEMBER_SECONDS: Final = 6 * 60
"""Per member, as if members were replaced one after the other: 300 s for the load balancer to drain one, and
60 s to start its successor."""
LONGEST_ROLLOUT_SECONDS: Final = 6 * 60 * 60
"""No rollout is waited for longer: a check every 15 s for six hours uses half of the 25,000 events that Step
Functions allows one workflow."""


def default_rollout_limits(plan: Plan, snapshot: TargetState) -> RolloutLimits:
    """Returns limits by the size of the target, for a platform that publishes none.

    Args:
        plan: The plan that was performed.
        snapshot: The target immediately before the action.

    Returns:
        `DEFAULT_BASE_SECONDS` and `DEFAULT_MEMBER_SECONDS` for each member before or after the action,
        whichever are more; at most `LONGEST_ROLLOUT_SECONDS`.
    """
    members = max(snapshot.desired or 0, plan.draft.count_after or 0)
    longest = min(DEFAULT_BASE_SECONDS + members * DEFAULT_MEMBER_SECONDS, LONGEST_ROLLOUT_SECONDS)
    return RolloutLimits(stall_seconds=DEFAULT_STALL_SECONDS, max_seconds=longest)


def limits_by_batches(
    *, stall_seconds: int, batches: int, batch_seconds: int, waits_seconds: int = 0
) -> RolloutLimits:
    """Returns limits for members that are replaced in batches, one batch after the other.

    Args:
        stall_seconds: Longest time without progress that the platform's own settings allow.
        batches: How many batches the rollout takes.
        batch_seconds: Longest time that one batch takes.
        waits_seconds: Time that the platform waits beside, in all.

    Returns:
        The time without progress, and with it that of all batches and waits; at most
        `LONGEST_ROLLOUT_SECONDS`.
    """
    longest = min(stall_seconds + batches * batch_seconds + waits_seconds, LONGEST_ROLLOUT_SECONDS)
    return RolloutLimits(stall_seconds=min(stall_seconds, longest), max_seconds=longest)


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

    def plan(
        self, target: Target, observed: TargetState, limits: Limits, history: VersionHistory
    ) -> PlannedChange | PlanRejected:
        """Returns the change to make, or why there is none. Calls no API.

        Args:
            target: The target.
            observed: Its state.
            limits: What the catalog allows.
            history: The versions that executions left, to which no rollback returns, and those known to be
                good.
        """
        ...

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        """Performs the planned change.

        Raises:
            Conflict: The target differs from the snapshot, and not because of this execution.
        """
        ...

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        """Reads the progress of the rollout after `act`, compared with what the plan requests."""
        ...

    def rollout_limits(self, plan: Plan, snapshot: TargetState) -> RolloutLimits:
        """Returns how long the rollout may take, by platform, action and size. Calls no API."""
        ...

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        """Restores the snapshot, unless the target was changed by other means after `act`."""
        ...
