"""Names the audit entries that an execution leaves, and writes them into the audit trail."""

from typing import Final, NamedTuple, Protocol

from cloudops.audit.trail import ATTEMPTS, AuditPage, AuditQuery
from cloudops.core.time import EpochMillis
from cloudops.remediation.execution import Execution, ExecutionOrigin, ExecutionStatus

ACTOR: Final = "cloudops"
"""The actor of what no person did."""


class Trail(Protocol):
    """The audit trail, as far as remediation needs it."""

    def append(
        self,
        actor: str,
        action: str,
        target: str,
        at: EpochMillis,
        *,
        reason: str = "",
        plan_hash: str = "",
        result: str = "",
        attempts: int = ATTEMPTS,
    ) -> object: ...

    def page(self, query: AuditQuery) -> AuditPage: ...


class Decision(NamedTuple):
    """One decision on an execution, as its audit entry says it. `actor` is empty for earned autonomy."""

    actor: str
    action: str
    at: EpochMillis
    reason: str = ""


def decisions(execution: Execution) -> tuple[Decision, ...]:
    """Returns the decisions that an execution carries, the earliest first."""
    if execution.origin is ExecutionOrigin.APPROVED:
        made = [Decision(one.person, "approve", one.at) for one in execution.approvals]
    else:
        first = execution.steps[0]
        made = [Decision(execution.requested_by, "execute", execution.created_at, first.text)]
    if execution.status in (ExecutionStatus.CANCELED, ExecutionStatus.REJECTED):
        last = execution.steps[-1]
        made.append(Decision(last.actor, last.status, last.at, last.text))
    return tuple(made)


def written_entries(trail: Trail, execution: Execution) -> frozenset[tuple[str, str]]:
    """Returns actor and action of the execution's entries in the trail. The list may lag by moments."""
    listed = trail.page(AuditQuery(target=execution.id)).entries
    return frozenset((entry.actor, entry.action) for entry in listed)


def append_decision(
    trail: Trail, execution: Execution, decision: Decision, *, attempts: int = ATTEMPTS
) -> None:
    """Writes the entry of a decision, with the time of the decision. `attempts` and what is raised are those
    of `AuditTrail.append`."""
    trail.append(
        decision.actor,
        decision.action,
        execution.id,
        decision.at,
        reason=decision.reason,
        plan_hash=execution.plan.hash,
        attempts=attempts,
    )
