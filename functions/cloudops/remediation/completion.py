"""Records the result of an execution in learning, in the autonomy policy and in the audit trail."""

from collections.abc import Callable
from typing import Final

from cloudops.core.retry import Pause, retry_on_conflict
from cloudops.core.time import MINUTE, EpochMillis
from cloudops.learning.outcome_reporting import ReportOutcome
from cloudops.learning.outcomes import PerformedAction
from cloudops.remediation.audit_entries import ACTOR, Trail, append_decision, decisions, written_entries
from cloudops.remediation.autonomy import PolicyStore, demote
from cloudops.remediation.checks import policy_key
from cloudops.remediation.execution import Execution, ExecutionStatus

DECISION_SETTLES: Final = MINUTE
"""Milliseconds after a decision until its entry is visible: the request that made it has ended (at most
29 s), and the list of the audit trail, which is eventually consistent, shows the entry."""

_UNSUCCESSFUL: Final = frozenset(
    {ExecutionStatus.FAILED, ExecutionStatus.COMPENSATED, ExecutionStatus.NEEDS_HUMAN}
)
"""Final statuses that demote the autonomy policy: the action did not help, was undone, or left its target to
a person. What ended inconclusive or superseded shows no fault of the action, so the policy stands."""


class ExecutionCompletion:
    """Records finished executions.

    Idempotent: the first outcome counts, a demotion stays, and an entry that the audit trail lists is not
    written again.
    """

    def __init__(
        self,
        outcome: ReportOutcome,
        policies: PolicyStore,
        trail: Trail,
        pause: Pause,
        count_unrecorded: Callable[[], None],
    ) -> None:
        self._outcome = outcome
        self._policies = policies
        self._trail = trail
        self._pause = pause
        self._count_unrecorded = count_unrecorded

    def give_up(self) -> None:
        """Counts an execution whose result could not be recorded."""
        self._count_unrecorded()

    def complete(self, execution: Execution, now: EpochMillis) -> bool:
        """Records a finished execution: its outcome, a demotion if it failed, and its audit entries.

        One that made no call has no outcome and shows no fault of its action.

        Returns:
            Whether everything is recorded. False if the audit trail lacks a decision whose request may still
            write it: then call again later.
        """
        if execution.attempted_at is not None and execution.status.has_acted:
            self._learn(execution, execution.acted_at or execution.attempted_at, now)
            if execution.status in _UNSUCCESSFUL:
                self._demote(execution, now)
        return self._audit(execution, now)

    def _audit(self, execution: Execution, now: EpochMillis) -> bool:
        """Writes the entry of the final status, after those of decisions whose requests failed to write
        them."""
        written = written_entries(self._trail, execution)
        missing = [one for one in decisions(execution) if one.key not in written]
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

    def _learn(self, execution: Execution, performed_at: EpochMillis, now: EpochMillis) -> None:
        """Reports what the evidence says of the action. Without evidence learning takes note that an action
        was performed, so that the incident does not count as one without an action."""
        self._outcome.record_execution(
            PerformedAction(
                suggestion_id=execution.suggestion_id,
                performed_at=performed_at,
                person=execution.requested_by,
                environment=execution.plan.target.environment,
                helped=execution.effect.helped if execution.effect is not None else None,
            ),
            now,
        )

    def _demote(self, execution: Execution, now: EpochMillis) -> None:
        def attempt() -> None:
            policy = self._policies.policies().get(policy_key(execution.plan))
            if policy is not None and policy.demoted_at is None:
                self._policies.keep_policy(demote(policy, f"{execution.id}: {execution.result}", now))

        retry_on_conflict(attempt, self._pause, what=f"policy of {execution.id}")
