"""Reads from executions which versions of a target were left, and which are known to be good."""

from collections.abc import Iterable
from typing import Final

from cloudops.catalog.declaration import Limits
from cloudops.core.ids import ExecutionId
from cloudops.core.time import DAY, EpochMillis
from cloudops.remediation.execution import Execution, ExecutionStatus
from cloudops.remediation.executor import RollbackOutcome
from cloudops.remediation.versions import VersionHistory

ABANDONED_VERSION_DAYS: Final = 7
"""Days for which no rollback returns to a version that an execution left, unless the catalog sets another
value: longer than a fix takes to be deployed, so that the version before is no longer the bad one."""


def remembered_since(limits: Limits, now: EpochMillis) -> EpochMillis:
    """Returns the time from which on versions that executions left are remembered."""
    days = ABANDONED_VERSION_DAYS if limits.abandoned_version_days is None else limits.abandoned_version_days
    return now - days * DAY


def version_history(executions: Iterable[Execution]) -> VersionHistory:
    """Returns what executions say about the versions of their target.

    A version counts as left from the moment in which an execution may have acted: also while it acts, and
    whatever the result is. A rollback that was undone, by us or by other means, left both versions.

    Args:
        executions: The executions that changed one target since the time that is remembered, in any order.
    """
    acted = [
        (one.changed_at, one.id, one)
        for one in executions
        if one.changed_at is not None and one.snapshot is not None
    ]
    in_order = [one for _, _, one in sorted(acted, key=lambda each: each[:2])]
    abandoned = {left: one.id for one in in_order for left in _left_by(one)}
    good: dict[str, ExecutionId] = {}
    for one in reversed(in_order):
        if ran := _ran_in(one):
            good.setdefault(ran, one.id)
    return VersionHistory(abandoned=abandoned, good=good)


_BACK_AS_BEFORE: Final = frozenset({RollbackOutcome.UNDONE, RollbackOutcome.NOTHING_TO_UNDO})
"""Outcomes after which the version before the action runs again: by our rollback or by other means."""


def _left_by(execution: Execution) -> tuple[str, ...]:
    draft = execution.plan.draft
    if not draft.version_before:
        return ()
    if execution.undoing in _BACK_AS_BEFORE:
        return (draft.version_before, draft.version_after)
    return (draft.version_before,)


def _ran_in(execution: Execution) -> str:
    """Returns the version that ran while the execution succeeded, or ""."""
    if execution.status is not ExecutionStatus.SUCCEEDED:
        return ""
    if execution.plan.draft.version_after:
        return execution.plan.draft.version_after
    version = execution.snapshot.version if execution.snapshot else None
    return version.id if version else ""
