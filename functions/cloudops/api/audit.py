"""Route of the audit trail: who did what, newest first."""

from cloudops.api.application import ApplicationFactory
from cloudops.api.schemas import Cursor, Limit, Timestamp, View, Word
from cloudops.audit.trail import AuditQuery


class AuditEntryView(View):
    """`hash` is over all the other fields, `previous` among them: the hash of the entry before."""

    sequence: int
    at: Timestamp
    actor: str
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


class AuditRoutes:
    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application

    def page(
        self, target: Word = "", actor: Word = "", limit: Limit = 50, cursor: Cursor = None
    ) -> AuditPageView:
        """Who did what, newest first: to one target, by one person, or all of it."""
        query = AuditQuery(target=target, actor=actor, limit=limit, cursor=cursor)
        return AuditPageView.model_validate(self._application().audit_trail.page(query))
