"""How far one execution scales: half as much again, within what the catalogue allows."""

from math import ceil

from cloudops.domain.catalogue import Limits
from cloudops.domain.remediation import Refusal

GROWTH = 0.5
"""Of what is there: enough to show within a minute, little enough to be wrong about."""


def stepped(count: int, limits: Limits) -> int | Refusal:
    """The count to go to, or why there is none."""
    step = max(1, ceil(count * GROWTH))
    if limits.max_step is not None:
        step = min(step, limits.max_step)
    after = count + step
    if limits.max_count is not None:
        after = min(after, limits.max_count)
    if after <= count:
        return Refusal(reason=f"{count} is as far as the catalogue lets it go")
    return after
