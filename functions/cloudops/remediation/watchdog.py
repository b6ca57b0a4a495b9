"""Watchdog of executions: starts automatic ones, expires unapproved ones, resumes those with a lost
workflow."""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.core.errors import CloudOpsError, Conflict
from cloudops.core.time import MINUTE, SECOND, EpochMillis
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.store import IncidentQuery, IncidentStore
from cloudops.incidents.suggestion import ActionSuggestion
from cloudops.remediation.approvals import ApprovalService
from cloudops.remediation.autonomy import Autonomy, PolicyStore
from cloudops.remediation.execution import (
    Execution,
    ExecutionStatus,
    entry_of,
    transition,
    without_record,
)
from cloudops.remediation.store import ExecutionStore, Workflows

RESTART_AFTER: Final = 20 * SECOND
"""Milliseconds without a step after which the workflow is started again under the same name. A name starts
once, so this repeats only a failed start."""
LOST_AFTER: Final = 3 * MINUTE
"""Milliseconds without a step after which a workflow counts as lost: it verifies every 15 s, and retries a
failed step for two minutes."""
MAX_RUNS: Final = 5
"""Workflows for one execution before it needs a person."""
MAX_INCIDENTS: Final = 100
"""Open incidents that are considered for automatic execution: the newest."""


class WatchdogResult(msgspec.Struct, frozen=True):
    """Counts of one run: executions resumed, expired and started (`begun`), those given up because their
    result could not be recorded, and executions and suggestions that raised an error."""

    resumed: int = 0
    expired: int = 0
    begun: int = 0
    failed: int = 0
    unrecorded: int = 0


class ExecutionWatchdog:
    """Runs on a schedule, independent of the workflows that it supervises."""

    def __init__(
        self,
        incidents: IncidentStore,
        executions: ExecutionStore,
        policies: PolicyStore,
        workflows: Workflows,
        approvals: ApprovalService,
    ) -> None:
        self._incidents = incidents
        self._executions = executions
        self._policies = policies
        self._workflows = workflows
        self._approvals = approvals

    def run(self, now: EpochMillis) -> WatchdogResult:
        """Checks every unfinished execution once; concurrent runs are safe. An error of one does not stop the
        others."""
        resumed = expired = failed = unrecorded = 0
        for execution in self._executions.unfinished():
            try:
                if execution.status is ExecutionStatus.AWAITING_APPROVAL:
                    expired += self._expire(execution, now)
                elif now - execution.updated_at >= LOST_AFTER and execution.status.is_over:
                    unrecorded += self._resume_record(execution, now)
                elif now - execution.updated_at >= LOST_AFTER:
                    resumed += self._resume(execution, now)
                elif now - execution.updated_at >= RESTART_AFTER:
                    self._workflows.start(execution.workflow, execution.id)
            except CloudOpsError:
                failed += 1
        begun, not_started = self._start_automatic(now)
        return WatchdogResult(resumed, expired, begun, failed + not_started, unrecorded)

    def _expire(self, execution: Execution, now: EpochMillis) -> bool:
        if now < execution.expires_at:
            return False
        after = transition(execution, ExecutionStatus.EXPIRED, "not approved in time", now)
        if not self._moved(execution, after):
            return False
        self._workflows.start(after.workflow, after.id)
        return True

    def _resume(self, execution: Execution, now: EpochMillis) -> bool:
        """Starts a workflow under a new name, because Step Functions starts a name once."""
        if execution.run >= MAX_RUNS:
            text = f"{execution.run} workflows were lost; check the target"
            after = transition(execution, ExecutionStatus.NEEDS_HUMAN, text, now)
        else:
            after = replace(execution, run=execution.run + 1, updated_at=now, version=execution.version + 1)
        if not self._moved(execution, after):
            return False
        self._workflows.start(after.workflow, after.id)
        return True

    def _resume_record(self, execution: Execution, now: EpochMillis) -> bool:
        """Starts a workflow that records the result; returns True if it gives up instead."""
        failed = without_record(execution, "its workflow was lost", now)
        after = replace(failed, run=execution.run + 1)
        if not self._moved(execution, after):
            return False
        if not after.is_closed:
            self._workflows.start(after.workflow, after.id)
        return after.is_closed

    def _moved(self, before: Execution, after: Execution) -> bool:
        entry = entry_of(after) if after.result != before.result else None
        try:
            self._executions.move(before, after, entry, lock=False if after.status.is_over else None)
        except Conflict:
            return False
        return True

    def _start_automatic(self, now: EpochMillis) -> tuple[int, int]:
        """Starts the executions that policies allow; returns how many started and how many failed. A
        suggestion that fails is left to people."""
        if not any(one.ceiling is Autonomy.AUTOMATIC for one in self._policies.policies().values()):
            return 0, 0
        begun = failed = 0
        for suggestion in self._candidates():
            try:
                begun += self._approvals.automatic(suggestion.id, now) is not None
            except CloudOpsError:
                failed += 1
        return begun, failed

    def _candidates(self) -> Iterator[ActionSuggestion]:
        """Yields the first suggestion of each open, unacknowledged incident without executions."""
        allowed = {
            (key.service, key.action)
            for key, policy in self._policies.policies().items()
            if policy.ceiling is Autonomy.AUTOMATIC
        }
        query = IncidentQuery(status=IncidentStatus.OPEN, limit=MAX_INCIDENTS)
        for incident in self._incidents.browse(query).incidents:
            suggestion = _first_suggestion(incident)
            if (
                suggestion
                and (suggestion.service, suggestion.action) in allowed
                and not self._executions.of_incident(incident.id)
            ):
                yield suggestion


def _first_suggestion(incident: Incident) -> ActionSuggestion | None:
    return incident.suggestions[0] if incident.suggestions else None
