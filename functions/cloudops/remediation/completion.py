"""Records the result of an execution in learning, in the autonomy policy and in the audit trail."""

from typing import Final

from cloudops.core.errors import BadInput
from cloudops.core.retry import Pause, retry_on_conflict
from cloudops.core.time import MINUTE, EpochMillis
from cloudops.learning.outcome_reporting import ReportOutcome
from cloudops.learning.outcomes import AGENT
from cloudops.remediation.audit_entries import ACTOR, Trail, append_decision, decisions, written_entries
from cloudops.remediation.autonomy import PolicyStore, demote
from cloudops.remediation.checks import policy_key
from cloudops.remediation.execution import Execution, ExecutionOrigin, ExecutionStatus

DECISION_SETTLES: Final = MINUTE
"""Milliseconds after a decision until its entry is visible: the request that made it has ended (at most
29 s), and the list of the audit trail, which is eventually consistent, shows the entry."""

_UNSUCCESSFUL: Final = frozenset(
    {ExecutionStatus.FAILED, ExecutionStatus.COMPENSATED, ExecutionStatus.NEEDS_HUMAN}
)


class ExecutionCompletion:
    """Records finished executions.

    Idempotent: the first outcome counts, a demotion stays, and an entry that the audit trail lists is not
    written again.
    """

    def __init__(self, outcome: ReportOutcome, policies: PolicyStore, trail: Trail, pause: Pause) -> None:
        self._outcome = outcome
        self._policies = policies
        self._trail = trail
        self._pause = pause

    def complete(self, execution: Execution, now: EpochMillis) -> bool:
        """Records a finished execution: its outcome, a demotion if it failed, and its audit entries.

        Returns:
            Whether everything is recorded. False if the audit trail lacks a decision whose request may still
            write it: then call again later.
        """
        if execution.acted_at is not None:
            self._learn(execution, execution.acted_at, now)
        if execution.status in _UNSUCCESSFUL:
            self._demote(execution, now)
        return self._audit(execution, now)

    def _audit(self, execution: Execution, now: EpochMillis) -> bool:
        """Writes the entry of the final status, after those of decisions whose requests failed to write
        them."""
        written = written_entries(self._trail, execution)
        missing = [one for one in decisions(execution) if (one.actor, one.action) not in written]
        if any(now - one.at < DECISION_SETTLES for one in missing):
            return False
        for one in missing:
            append_decision(self._trail, execution, one)
        if (ACTOR, execution.status) not in written:
            self._trail.append(
                ACTOR,
                execution.status,
                execution.id,
                now,
                plan_hash=execution.plan.hash,
                result=execution.result,
            )
        return True

    def _learn(self, execution: Execution, acted_at: EpochMillis, now: EpochMillis) -> None:
        """Reports the outcome. If the alerts resolved before the action, learning refuses it (BadInput):
        then it says nothing about the action."""
        person = AGENT if execution.origin is ExecutionOrigin.AUTOMATIC else execution.requested_by
        resolved = execution.status is ExecutionStatus.SUCCEEDED
        try:
            self._outcome.report(execution.suggestion_id, acted_at, resolved, person, now, executed=True)
        except BadInput:
            return

    def _demote(self, execution: Execution, now: EpochMillis) -> None:
        def attempt() -> None:
            policy = self._policies.policies().get(policy_key(execution.plan))
            if policy is not None and policy.demoted_at is None:
                self._policies.keep_policy(demote(policy, f"{execution.id}: {execution.result}", now))

        retry_on_conflict(attempt, self._pause, what=f"policy of {execution.id}")
