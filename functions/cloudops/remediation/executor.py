"""What every executor provides: plan, act, observe, roll back."""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, Protocol, TypeAlias

from cloudops.catalog.declaration import Limits, Target
from cloudops.core.time import EpochMillis
from cloudops.remediation.plan import Plan, PlannedChange, PlanRejected, TargetState, _Record


class Progress(StrEnum):
    """How far a target is on its way to what was asked of it."""

    MOVING = "moving"
    SETTLED = "settled"
    FAILED = "failed"


class RolloutStatus(_Record, frozen=True):
    """A target after the act: where it stands, and why we say so."""

    progress: Progress
    reason: str
    observed: TargetState


class RollbackOutcome(StrEnum):
    UNDONE = "undone"
    NOTHING_TO_UNDO = "nothing_to_undo"
    CHANGED_BY_OTHERS = "changed_by_others"
    IRREVERSIBLE = "irreversible"


class RollbackResult(_Record, frozen=True):
    """What became of a compensation, and why."""

    undoing: RollbackOutcome
    reason: str


Permissions: TypeAlias = Mapping[str, tuple[str, ...]]
"""IAM action -> what IAM can restrict it to: ARNs less `arn:<partition>:`, with {account} for the account's
number, or "*" alone where the action takes no resource. A Kubernetes verb, as `k8s:patch:apps/deployments`,
is the cluster's to allow and has none."""


class Executor(Protocol):
    """One action on one platform. Every method may be called again with the same arguments, after a crash
    at any point, and then does no more than once what it does; `key` names the execution on the target
    where the platform keeps such a name (an annotation, a client token, a tag). Unavailable is worth a
    retry, Refused and NotFound are not."""

    permissions: ClassVar[Permissions]

    def observe(self, target: Target, now: EpochMillis) -> TargetState: ...

    def plan(self, target: Target, observed: TargetState, limits: Limits) -> PlannedChange | PlanRejected: ...

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        """Do what the draft says. Conflict where the target is no longer what the snapshot shows, unless it
        was this very execution that changed it."""
        ...

    def look(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus: ...

    def undo(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        """Back to the snapshot, unless somebody else changed the target after the act."""
        ...
