"""Chooses the version that a rollback returns to: by our own record, else by the platform's order."""

from collections.abc import Mapping
from typing import Final

import msgspec

from cloudops.core.ids import ExecutionId
from cloudops.remediation.plan import PlanRejected, TargetState, Version

MAX_EARLIER: Final = 20
"""Earlier versions that an executor observes; Kubernetes keeps ten by default (`revisionHistoryLimit`)."""
_MAX_NAMED: Final = 3
"""Abandoned versions that a reason names."""


class VersionHistory(msgspec.Struct, frozen=True, kw_only=True):
    """What executions say about the versions of one target.

    Attributes:
        abandoned: Versions that an execution left, by id, each with the latest such execution. No rollback
            returns to them.
        good: Versions that ran while an execution succeeded, by id, the latest first, each with it.
    """

    abandoned: Mapping[str, ExecutionId]
    good: Mapping[str, ExecutionId]


class VersionChoice(msgspec.Struct, frozen=True):
    """The version that runs, the one that a rollback returns to, and why that one."""

    current: Version
    previous: Version
    reason: str


def choose_version(observed: TargetState, history: VersionHistory) -> VersionChoice | PlanRejected:
    """Chooses the version that a rollback returns to.

    The version that ran most recently while an execution succeeded is known to be good. Without one, it is
    the previous version by the platform's order, of which nothing is known but that order. In both cases it
    is none that an execution left.

    Args:
        observed: The target, with its versions.
        history: What executions say about these versions.

    Returns:
        The version, or why there is none.
    """
    current = observed.version
    if current is None:
        return PlanRejected(reason="it is not known which version runs")
    earlier = [one for one in observed.earlier if one.id != current.id]
    if not earlier:
        return PlanRejected(reason=f"the platform stores no version before {current.name}")
    candidates = [one for one in earlier if one.id not in history.abandoned]
    if not candidates:
        return PlanRejected(reason=f"no earlier version is left to return to: {_abandoned(earlier, history)}")
    by_id = {one.id: one for one in candidates}
    for version_id, execution_id in history.good.items():
        if version_id in by_id:
            reason = f"good by our record: {execution_id} succeeded while it ran"
            return VersionChoice(current, by_id[version_id], reason)
    previous = candidates[0]
    skipped = earlier[: earlier.index(previous)]
    why = f"; {_abandoned(skipped, history)}" if skipped else ""
    return VersionChoice(current, previous, f"previous by the platform's order{why}")


def _abandoned(versions: list[Version], history: VersionHistory) -> str:
    """Returns which executions left these versions, as a reason."""
    named = [f"{history.abandoned[one.id]} left {one.name}" for one in versions[:_MAX_NAMED]]
    more = len(versions) - len(named)
    return ", ".join(named) + (f", and {more} more are abandoned" if more else "")
