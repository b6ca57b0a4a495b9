"""How far one execution scales: half as much again, within what the catalog and the guardrails allow."""

from math import ceil
from typing import Final

from cloudops.catalog.declaration import Limits
from cloudops.remediation.executor import RollbackOutcome, RollbackResult
from cloudops.remediation.guardrails import MAX_STEP
from cloudops.remediation.plan import PlanRejected

GROWTH = 0.5
"""Of what is there: enough to show within a minute, little enough to be wrong about."""


def next_count(count: int, limits: Limits) -> int | PlanRejected:
    """The count to go to, or why there is none."""
    most = MAX_STEP if limits.max_step is None else limits.max_step
    after = count + min(max(1, ceil(count * GROWTH)), most)
    if limits.max_count is not None:
        after = min(after, limits.max_count)
    if after <= count:
        return PlanRejected(reason=f"{count} is as far as the catalog lets it go")
    return after


UNDONE: Final = RollbackResult(undoing=RollbackOutcome.UNDONE, reason="back to what it was")
UNTOUCHED: Final = RollbackResult(undoing=RollbackOutcome.NOTHING_TO_UNDO, reason="nothing was changed")
CHANGED_BY_OTHERS: Final = RollbackResult(
    undoing=RollbackOutcome.CHANGED_BY_OTHERS, reason="somebody else changed it since"
)


def irreversible(reason: str) -> RollbackResult:
    """What was done stays, and why."""
    return RollbackResult(undoing=RollbackOutcome.IRREVERSIBLE, reason=reason)
