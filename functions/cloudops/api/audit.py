"""Endpoint of the audit trail: who did what, newest first."""

from cloudops.api.context import Context
from cloudops.api.endpoint import Endpoint, query
from cloudops.api.schemas import Cursor, Limit, Timestamp, View, Word
from cloudops.audit.trail import AuditQuery
from cloudops.identity.access import Role


class AuditEntryView(View):
    """`hash` covers all other fields, including `previous`, the hash of the entry before. `actorId` is the
    subject of the actor, or empty if it is not known."""

    sequence: int
    at: Timestamp
    actor: str
    actor_id: str
    action: str
    target: str
    reason: str
    plan_hash: str
    result: str
    previous: str
    hash: str


class AuditPageView(View):
    """Newest first; `cursor` leads to the next page and is null at the end."""

    entries: tuple[AuditEntryView, ...]
    cursor: str | None


@query("/api/audit", Role.VIEWER, compress=True)
def list_audit(
    context: Context, target: Word = "", actor: Word = "", limit: Limit = 50, cursor: Cursor = None
) -> AuditPageView:
    """List audit entries.

    Newest first; `target` and `actor` select the entries about one target or by one actor.
    """
    wanted = AuditQuery(target=target, actor=actor, limit=limit, cursor=cursor)
    return AuditPageView.model_validate(context.application.audit_trail.page(wanted))


ENDPOINTS: tuple[Endpoint, ...] = (list_audit,)
