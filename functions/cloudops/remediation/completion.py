"""Tells learning, autonomy and the audit trail what came of an execution."""

from typing import Final

from cloudops.core.errors import BadInput
from cloudops.core.retry import Pause, retry_on_conflict
from cloudops.core.time import EpochMillis
from cloudops.learning.outcome_reporting import ReportOutcome
from cloudops.learning.outcomes import AGENT
from cloudops.remediation.approvals import Trail
from cloudops.remediation.autonomy import PolicyStore, demoted
from cloudops.remediation.execution import Execution, ExecutionOrigin, ExecutionStatus
from cloudops.remediation.planner import policy_key

ACTOR: Final = "cloudops"
"""Who the audit trail says did what no person did."""

_WENT_WRONG: Final = frozenset(
    {ExecutionStatus.FAILED, ExecutionStatus.COMPENSATED, ExecutionStatus.NEEDS_HUMAN}
)


class ExecutionCompletion:
    """Safe to be told twice: the first outcome counts, and who is demoted stays so."""

    def __init__(self, outcome: ReportOutcome, policies: PolicyStore, trail: Trail, pause: Pause) -> None:
        self._outcome = outcome
        self._policies = policies
        self._trail = trail
        self._pause = pause

    def complete(self, execution: Execution, now: EpochMillis) -> None:
        if execution.acted_at is not None:
            self._learn(execution, execution.acted_at, now)
        if execution.status in _WENT_WRONG:
            self._demote(execution, now)
        self._trail.append(
            ACTOR,
            execution.status,
            execution.id,
            now,
            plan_hash=execution.plan.hash,
            result=execution.result,
        )

    def _learn(self, execution: Execution, acted_at: EpochMillis, now: EpochMillis) -> None:
        """Nothing where the alerts had cleared before the act: that says nothing of it."""
        person = AGENT if execution.origin is ExecutionOrigin.AUTOMATIC else execution.requested_by
        cleared = execution.status is ExecutionStatus.SUCCEEDED
        try:
            self._outcome.report(execution.suggestion_id, acted_at, cleared, person, now, executed=True)
        except BadInput:
            return

    def _demote(self, execution: Execution, now: EpochMillis) -> None:
        def attempt() -> None:
            policy = self._policies.policies().get(policy_key(execution.plan))
            if policy is not None and policy.demoted_at is None:
                self._policies.keep_policy(demoted(policy, f"{execution.id}: {execution.result}", now))

        retry_on_conflict(attempt, self._pause, what=f"policy of {execution.id}")
