"""Looks after executions from outside: begins what earned autonomy, and takes up what its workflow lost."""

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
from cloudops.remediation.execution import Execution, ExecutionStatus, entry_of, transition
from cloudops.remediation.store import ExecutionStore, Workflows

STARTED_AFTER: Final = 20 * SECOND
"""Milliseconds without a step, after which the workflow is started again by its name. That does nothing where
it was started, so only a start that failed is repeated."""
LOST_AFTER: Final = 3 * MINUTE
"""Milliseconds without a step: the workflow looks every 15 s, and tries a failed step for two minutes."""
MAX_RUNS: Final = 5
"""Workflows for one execution before a person has to look."""
PAGE: Final = 100
"""Open incidents that are looked at for autonomy: the newest."""


class Watched(msgspec.Struct, frozen=True):
    """What one look found: executions taken up again, expired and begun, and executions and suggestions that
    failed."""

    resumed: int = 0
    expired: int = 0
    begun: int = 0
    failed: int = 0


class ExecutionWatchdog:
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

    def run(self, now: EpochMillis) -> Watched:
        """Safe to run twice at once."""
        resumed = expired = failed = 0
        for execution in self._executions.unfinished():
            try:
                if execution.status is ExecutionStatus.AWAITING_APPROVAL:
                    expired += self._expire(execution, now)
                elif now - execution.updated_at >= LOST_AFTER:
                    resumed += self._resume(execution, now)
                elif now - execution.updated_at >= STARTED_AFTER:
                    self._workflows.start(execution.workflow, execution.id)
            except CloudOpsError:
                failed += 1
        begun, refused = self._begin(now)
        return Watched(resumed, expired, begun, failed + refused)

    def _expire(self, execution: Execution, now: EpochMillis) -> bool:
        if now < execution.expires_at:
            return False
        after = transition(execution, ExecutionStatus.EXPIRED, "nobody approved it in time", now)
        if not self._moved(execution, after):
            return False
        self._workflows.start(after.workflow, after.id)
        return True

    def _resume(self, execution: Execution, now: EpochMillis) -> bool:
        """By a workflow of a new name, for the lost one's is used up."""
        if execution.run >= MAX_RUNS and not execution.status.is_over:
            text = f"{execution.run} workflows were lost; look at the target"
            after = transition(execution, ExecutionStatus.NEEDS_HUMAN, text, now)
        else:
            after = replace(execution, run=execution.run + 1, updated_at=now, version=execution.version + 1)
        if not self._moved(execution, after):
            return False
        self._workflows.start(after.workflow, after.id)
        return True

    def _moved(self, before: Execution, after: Execution) -> bool:
        told = entry_of(after) if after.status is not before.status else None
        try:
            self._executions.move(before, after, told, lock=False if after.status.is_over else None)
        except Conflict:
            return False
        return True

    def _begin(self, now: EpochMillis) -> tuple[int, int]:
        """What policies let the agent begin by itself; what fails is left to people."""
        if not any(one.ceiling is Autonomy.AUTOMATIC for one in self._policies.policies().values()):
            return 0, 0
        begun = failed = 0
        for offer in self._candidates():
            try:
                begun += self._approvals.automatic(offer.id, now) is not None
            except CloudOpsError:
                failed += 1
        return begun, failed

    def _candidates(self) -> Iterator[ActionSuggestion]:
        """The first suggestion of each open incident that nobody has taken on and nothing was done for."""
        allowed = {
            (key.service, key.action)
            for key, policy in self._policies.policies().items()
            if policy.ceiling is Autonomy.AUTOMATIC
        }
        query = IncidentQuery(status=IncidentStatus.OPEN, limit=PAGE)
        for incident in self._incidents.browse(query).incidents:
            offer = _first(incident)
            if (
                offer
                and (offer.service, offer.action) in allowed
                and not self._executions.of_incident(incident.id)
            ):
                yield offer


def _first(incident: Incident) -> ActionSuggestion | None:
    return incident.suggestions[0] if incident.suggestions else None
