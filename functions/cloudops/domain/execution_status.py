"""How far an execution is, from the first approval to its end."""

from enum import StrEnum


class ExecutionStatus(StrEnum):
    """From the first approval to the end. `NEEDS_HUMAN` is the end where the agent does not know, and says
    so; `FAILED` the end where it was done, is healthy, and did not help in time."""

    AWAITING = "awaiting"
    APPROVED = "approved"
    RUNNING = "running"
    ACTING = "acting"
    VERIFYING = "verifying"
    COMPENSATING = "compensating"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    COMPENSATED = "compensated"
    REFUSED = "refused"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NEEDS_HUMAN = "needs_human"

    @property
    def is_over(self) -> bool:
        return self in _OVER

    @property
    def may_be_cancelled(self) -> bool:
        """Until the act: after it, what was done is verified and taken back where it harms."""
        return self in _BEFORE_THE_ACT

    @property
    def has_acted(self) -> bool:
        """Whether something may have been done to the target."""
        return self in _TOUCHED


_BEFORE_THE_ACT = frozenset({ExecutionStatus.AWAITING, ExecutionStatus.APPROVED, ExecutionStatus.RUNNING})
_UNTOUCHED_ENDS = frozenset(
    {
        ExecutionStatus.REFUSED,
        ExecutionStatus.REJECTED,
        ExecutionStatus.CANCELLED,
        ExecutionStatus.EXPIRED,
    }
)
_TOUCHED_ENDS = frozenset(
    {
        ExecutionStatus.SUCCEEDED,
        ExecutionStatus.FAILED,
        ExecutionStatus.COMPENSATED,
        ExecutionStatus.NEEDS_HUMAN,
    }
)
_OVER = _UNTOUCHED_ENDS | _TOUCHED_ENDS
_TOUCHED = frozenset(ExecutionStatus) - _BEFORE_THE_ACT - _UNTOUCHED_ENDS
