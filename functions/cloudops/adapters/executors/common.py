"""Shared by executors: the count that a scaling goes to, and the results of a rollback."""

from math import ceil
from typing import Final

from cloudops.catalog.declaration import Limits
from cloudops.core.time import MINUTE
from cloudops.remediation.executor import RollbackOutcome, RollbackResult
from cloudops.remediation.guardrails import MAX_STEP
from cloudops.remediation.plan import PlanRejected

GROWTH_SHARE: Final = 0.5
"""Share of the current count that is added: enough to show an effect within minutes, and a small error
if it is wrong."""


SHOWN_WITHIN: Final = MINUTE
"""Milliseconds within which an eventually consistent API shows a change that it accepted. A count that is
still the one before the action is not yet shown until then, and was set back later."""


def next_count(count: int, limits: Limits) -> int | PlanRejected:
    """Returns the count to scale to, or why there is none.

    The count grows by half, by at least one, and by at most the step of the catalog or `MAX_STEP`. It stays
    within the catalog's maximum.
    """
    max_step = MAX_STEP if limits.max_step is None else limits.max_step
    after = count + min(max(1, ceil(count * GROWTH_SHARE)), max_step)
    if limits.max_count is not None:
        after = min(after, limits.max_count)
    if after <= count:
        return PlanRejected(reason=f"{count} is the maximum that the catalog allows")
    return after


ROLLED_BACK: Final = RollbackResult(undoing=RollbackOutcome.UNDONE, reason="the earlier state is restored")
UNTOUCHED: Final = RollbackResult(
    undoing=RollbackOutcome.NOTHING_TO_UNDO, reason="the target is as it was before the action"
)
CHANGED_BY_OTHERS: Final = RollbackResult(
    undoing=RollbackOutcome.CHANGED_BY_OTHERS, reason="changed by others since the action"
)


def irreversible(reason: str) -> RollbackResult:
    """Returns the result of a rollback that is impossible; the action stays."""
    return RollbackResult(undoing=RollbackOutcome.IRREVERSIBLE, reason=reason)
