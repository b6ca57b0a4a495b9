"""A platform in memory, and an executor on it that fulfills the contract of the real ones."""

from typing import ClassVar

from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict, Unavailable
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import (
    Permissions,
    Progress,
    RollbackOutcome,
    RollbackResult,
    RolloutLimits,
    RolloutStatus,
    default_rollout_limits,
)
from cloudops.remediation.plan import Call, Plan, PlannedChange, PlanRejected, TargetState
from cloudops.remediation.versions import VersionHistory


class Crash(BaseException):
    """Ends the process of the function. It is a BaseException, so that no handler catches it."""


class Service:
    """A running service. `changes` lists the calls that changed it, with the caller."""

    def __init__(self, count: int = 2) -> None:
        self.count = count
        self.healthy = count
        self.revision = 1
        self.changed_by = ""
        self.changes: list[str] = []
        self.fails_rollout = False
        self.is_moving = False
        self.is_superseded = False
        self.progress = 0

    def set_count(self, count: int, by: str) -> None:
        self.count = count
        self.healthy = count
        self.revision += 1
        self.changed_by = by
        self.changes.append(f"{by}: {count}")


class FakeExecutor:
    """Doubles a service's count. `calls` lists the points before and after every call to the platform;
    the one with the index `crash_at` raises Crash. `history` is what the last plan was made with."""

    permissions: ClassVar[Permissions] = {}

    def __init__(self, service: Service | None = None) -> None:
        self.service = service or Service()
        self.calls: list[str] = []
        self.crash_at = -1
        self.down = False
        self.is_reversible = True
        self.history: VersionHistory | None = None
        self.limits: RolloutLimits | None = None

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        self._call("describe")
        service = self.service
        observed = TargetState(
            at=now,
            mark=f"r{service.revision}",
            desired=service.count,
            healthy=service.healthy,
            settled=not service.is_moving,
            facts={"count": service.count},
        )
        self._called()
        return observed

    def plan(
        self, target: Target, observed: TargetState, limits: Limits, history: VersionHistory
    ) -> PlannedChange | PlanRejected:
        self.history = history
        count = observed.desired or 0
        if limits.max_count is not None and count >= limits.max_count:
            return PlanRejected(reason=f"the maximum is {limits.max_count}")
        return PlannedChange(
            summary=f"from {count} to {count * 2}",
            calls=(Call(operation="ecs:UpdateService", parameters={"desiredCount": count * 2}),),
            before={"desiredCount": count},
            after={"desiredCount": count * 2},
            disturbs=0,
            count_before=count,
            count_after=count * 2,
            reversible=self.is_reversible,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        if self.service.changed_by == key:
            return
        if f"r{self.service.revision}" != snapshot.mark:
            raise Conflict("the target was changed by others")
        self._call("update")
        self.service.set_count(plan.draft.count_after or 0, key)
        self._called()

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        observed = self.observe(plan.target, now)
        if self.service.fails_rollout:
            return RolloutStatus(progress=Progress.FAILED, reason="the rollout failed", observed=observed)
        if self.service.is_superseded:
            return RolloutStatus(
                progress=Progress.SUPERSEDED, reason="another version runs", observed=observed
            )
        return RolloutStatus(
            progress=Progress.MOVING if self.service.is_moving else Progress.SETTLED,
            reason=f"{self.service.healthy} healthy",
            observed=observed,
            progress_mark=str(self.service.progress),
        )

    def rollout_limits(self, plan: Plan, snapshot: TargetState) -> RolloutLimits:
        return self.limits or default_rollout_limits(plan, snapshot)

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        is_as_before = f"r{self.service.revision}" == snapshot.mark
        if is_as_before or self.service.changed_by == f"undo {key}":
            return RollbackResult(undoing=RollbackOutcome.NOTHING_TO_UNDO, reason="nothing was done")
        if self.service.changed_by != key:
            return RollbackResult(
                undoing=RollbackOutcome.CHANGED_BY_OTHERS, reason="changed by others since the action"
            )
        self._call("update")
        self.service.set_count(int(snapshot.facts["count"] or 0), f"undo {key}")
        self._called()
        return RollbackResult(undoing=RollbackOutcome.UNDONE, reason="the earlier state is restored")

    def _call(self, name: str) -> None:
        if self.down:
            raise Unavailable(f"{name}: no answer")
        self._point(f"before {name}")

    def _called(self) -> None:
        self._point(f"after {self.calls[-1].split()[-1]}")

    def _point(self, where: str) -> None:
        self.calls.append(where)
        if len(self.calls) - 1 == self.crash_at:
            raise Crash(where)
