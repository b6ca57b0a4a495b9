"""How far one execution scales: half as much again, within what the catalogue and the guardrails allow."""

from math import ceil
from typing import Final

from cloudops.catalog.declaration import Limits
from cloudops.remediation.executor import Undoing, Undone
from cloudops.remediation.guardrails import MAX_STEP
from cloudops.remediation.plan import Refusal

GROWTH = 0.5
"""Of what is there: enough to show within a minute, little enough to be wrong about."""


def stepped(count: int, limits: Limits) -> int | Refusal:
    """The count to go to, or why there is none."""
    most = MAX_STEP if limits.max_step is None else limits.max_step
    after = count + min(max(1, ceil(count * GROWTH)), most)
    if limits.max_count is not None:
        after = min(after, limits.max_count)
    if after <= count:
        return Refusal(reason=f"{count} is as far as the catalogue lets it go")
    return after


UNDONE: Final = Undone(undoing=Undoing.UNDONE, reason="back to what it was")
UNTOUCHED: Final = Undone(undoing=Undoing.NOTHING_TO_UNDO, reason="nothing was changed")
MEDDLED: Final = Undone(undoing=Undoing.CHANGED_BY_OTHERS, reason="somebody else changed it since")


def irreversible(reason: str) -> Undone:
    """What was done stays, and why."""
    return Undone(undoing=Undoing.IRREVERSIBLE, reason=reason)
