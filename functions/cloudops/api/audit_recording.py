"""Writes what a person did into the audit trail or, where that fails, into the log and a metric."""

from cloudops.audit.trail import AuditTrail
from cloudops.core.errors import CloudOpsError
from cloudops.core.time import EpochMillis
from cloudops.identity.access import Caller
from cloudops.observability import logger
from cloudops.observability.business_metrics import count_unwritten_audit_entry


def record_audit_entry(
    trail: AuditTrail, who: Caller, action: str, target: str, at: EpochMillis, *, reason: str, result: str
) -> None:
    """An entry that cannot be written goes to the log, whole, and to the metric that an alarm watches."""
    try:
        trail.append(who.name, action, target, at, reason=reason, result=result, actor_id=who.subject)
    except CloudOpsError as error:
        logger.error(
            "audit entry not written",
            exc_info=error,
            actor=who.name,
            actor_id=who.subject,
            action=action,
            target=target,
            reason=reason,
            result=result,
        )
        count_unwritten_audit_entry()
