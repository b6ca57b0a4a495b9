"""How far one execution scales: half as much again, within what the catalogue and the guardrails allow."""

from math import ceil

from cloudops.domain.catalogue import Limits
from cloudops.domain.guardrails import MAX_STEP
from cloudops.domain.remediation import Refusal

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
