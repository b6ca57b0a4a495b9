"""Writes down who did what, in one chain however many write at once, and shows and checks it."""

from typing import Final

from cloudops.domain.alert import Instant
from cloudops.domain.audit_trail import (
    EMPTY,
    AuditEntry,
    AuditPage,
    AuditQuery,
    AuditStore,
    Head,
    Verdict,
    head_of,
    sealed,
    verify,
)
from cloudops.domain.errors import Conflict, Unavailable
from cloudops.flows.retrying import Pause

ATTEMPTS: Final = 40
"""At the end of the chain: of that many who write at once, one wins each time."""


class AuditTrail:
    """Remembers the end of the chain, so that whoever writes alone needs one request an entry."""

    def __init__(self, store: AuditStore, pause: Pause) -> None:
        self._store = store
        self._pause = pause
        self._head: Head | None = None

    def append(
        self,
        actor: str,
        action: str,
        target: str,
        at: Instant,
        *,
        reason: str = "",
        plan_hash: str = "",
        result: str = "",
    ) -> AuditEntry:
        """The entry as written. Unavailable or Conflict where it could not be: then nothing was recorded that
        the caller may count on."""
        draft = AuditEntry(
            sequence=0,
            at=at,
            actor=actor,
            action=action,
            target=target,
            reason=reason,
            plan_hash=plan_hash,
            result=result,
            previous="",
        )
        for attempt in range(ATTEMPTS):
            entry = _following(self._end(), draft)
            try:
                self._put(entry)
            except Conflict:
                self._head = None
                self._pause(attempt)
                continue
            self._head = head_of(entry)
            return entry
        raise Conflict(f"audit of {action} {target}: others wrote first {ATTEMPTS} times")

    def page(self, query: AuditQuery) -> AuditPage:
        """Newest first."""
        return self._store.page(query)

    def verify(self, noted: Head = EMPTY) -> Verdict:
        return verify(self._store.entries(), noted)

    def _end(self) -> Head:
        if self._head is None:
            self._head = self._store.head()
        return self._head

    def _put(self, entry: AuditEntry) -> None:
        """Once more where the answer was lost: the store is quiet where the entry is there already."""
        try:
            self._store.put(entry)
        except Unavailable:
            self._store.put(entry)


def _following(head: Head, draft: AuditEntry) -> AuditEntry:
    return sealed(
        AuditEntry(
            sequence=head.sequence + 1,
            previous=head.hash,
            at=draft.at,
            actor=draft.actor,
            action=draft.action,
            target=draft.target,
            reason=draft.reason,
            plan_hash=draft.plan_hash,
            result=draft.result,
        )
    )
