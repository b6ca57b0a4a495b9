"""Audit entries of an execution: which decisions are recorded, and how they are written to the audit
trail."""

from typing import Final, NamedTuple, Protocol

from cloudops.audit.trail import MAX_APPEND_ATTEMPTS, AuditPage, AuditQuery
from cloudops.core.time import EpochMillis
from cloudops.remediation.execution import Execution, ExecutionOrigin, ExecutionStatus

ACTOR: Final = "cloudops"
"""The actor of entries without a person."""
LIFT_FREEZE: Final = "lift freeze"
"""The action of an admin who lifts change freezes for one plan."""


class Trail(Protocol):
    """Port: the audit trail."""

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
        actor_id: str = "",
        attempts: int = MAX_APPEND_ATTEMPTS,
    ) -> object:
        """Appends an entry; see `AuditTrail.append`."""
        ...

    def page(self, query: AuditQuery) -> AuditPage:
        """Returns the entries that match the query; eventually consistent."""
        ...


class ExecutionDecision(NamedTuple):
    """One decision on an execution, with the fields of its audit entry. `actor` is "" for earned autonomy,
    `actor_id` the subject of the person if the execution holds it."""

    actor: str
    action: str
    at: EpochMillis
    reason: str = ""
    actor_id: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Who decided what: by subject if it is known, so that two people of one name are two."""
        return self.actor_id or self.actor, self.action


def decisions(execution: Execution) -> tuple[ExecutionDecision, ...]:
    """Returns the decisions on an execution, earliest first."""
    if execution.origin is ExecutionOrigin.APPROVED:
        decided = [
            ExecutionDecision(one.person, "approve", one.at, actor_id=one.person_id)
            for one in execution.approvals
        ]
        if lift := execution.freeze_lift:
            decided.append(ExecutionDecision(lift.person, LIFT_FREEZE, lift.at, lift.reason))
        decided.sort(key=lambda one: one.at)
    else:
        first = execution.steps[0]
        decided = [ExecutionDecision(execution.requested_by, "execute", execution.created_at, first.text)]
    if execution.status in (ExecutionStatus.CANCELED, ExecutionStatus.REJECTED):
        last = execution.steps[-1]
        decided.append(ExecutionDecision(last.actor, last.status, last.at, last.text))
    return tuple(decided)


def written_entries(trail: Trail, execution: Execution) -> frozenset[tuple[str, str]]:
    """Returns subject, or else name, of the actor and the action of the execution's entries in the trail.

    The list is eventually consistent.
    """
    listed = trail.page(AuditQuery(target=execution.id)).entries
    return frozenset((entry.actor_id or entry.actor, entry.action) for entry in listed)


def append_decision(
    trail: Trail, execution: Execution, decision: ExecutionDecision, *, attempts: int = MAX_APPEND_ATTEMPTS
) -> None:
    """Writes the entry of a decision, with the time of the decision.

    `attempts` and the errors are those of `AuditTrail.append`.
    """
    trail.append(
        decision.actor,
        decision.action,
        execution.id,
        decision.at,
        reason=decision.reason,
        plan_hash=execution.plan.hash,
        actor_id=decision.actor_id,
        attempts=attempts,
    )
