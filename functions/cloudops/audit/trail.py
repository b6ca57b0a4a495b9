"""Audit trail: who did what, when, why and with what result, as a hash chain."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

import msgspec
from msgspec import structs
from msgspec.structs import replace

from cloudops.core.errors import Unavailable, WriteConflict
from cloudops.core.retry import Pause, retry_on_conflict
from cloudops.core.time import EpochMillis


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One entry of the trail.

    `sequence` counts from 1 without gaps. `hash` is the SHA-256 of every other field. One of
    them is `previous`, the hash of the entry before: a change of one entry requires changes of all later.
    `actor` is the name that is shown, `actor_id` the subject of a person or of an API token, or "" if it is
    not known.
    """

    sequence: int
    at: EpochMillis
    actor: str
    action: str
    target: str
    reason: str = ""
    plan_hash: str = ""
    result: str = ""
    previous: str
    hash: str = ""
    actor_id: str = ""


class TrailHead(NamedTuple):
    """Sequence number and hash of the last entry; together they identify the whole trail."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"


EMPTY: Final = TrailHead(0, "0" * 64)
"""The head of a trail without entries."""


def with_hash(entry: AuditEntry) -> AuditEntry:
    """Returns the entry with its hash.

    An empty `actor_id` is left out, so that entries from before that field keep their hash.
    """
    fields = structs.asdict(entry)
    del fields["hash"]
    if not entry.actor_id:
        del fields["actor_id"]
    encoded = msgspec.json.encode(fields, order="sorted")
    return replace(entry, hash=hashlib.sha256(encoded).hexdigest())


def head_of(entry: AuditEntry) -> TrailHead:
    """Returns the head of a trail that ends with this entry."""
    return TrailHead(entry.sequence, entry.hash)


class IntegrityViolation(StrEnum):
    """Why an entry of a trail is not valid."""

    ALTERED = "its fields do not match its hash"
    DETACHED = "it does not hold the hash of the entry before it"
    OUT_OF_ORDER = "entries before it are missing"
    CUT_OFF = "the trail ends before the noted entry"
    REPLACED = "it is not the noted entry"


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """`head` is the last valid entry; `violation` says why the entry after it is not valid, if it is not."""

    head: TrailHead
    violation: IntegrityViolation | None = None

    @property
    def broken_at(self) -> int:
        """Returns the sequence number of the first invalid entry, or 0 if all are valid."""
        return self.head.sequence + 1 if self.violation else 0


def verify(entries: Iterable[AuditEntry], noted: TrailHead = EMPTY) -> VerificationResult:
    """Verifies the hash chain.

    Args:
        entries: All entries, in order.
        noted: A head that was stored elsewhere. A chain alone does not show that its end was cut off, or that
            all entries were written again; the noted head does.
    """
    head = EMPTY
    for entry in entries:
        if violation := _violation(entry, head, noted):
            return VerificationResult(head, violation)
        head = head_of(entry)
    return VerificationResult(head, IntegrityViolation.CUT_OFF if head.sequence < noted.sequence else None)


def _violation(entry: AuditEntry, head: TrailHead, noted: TrailHead) -> IntegrityViolation | None:
    if entry.sequence != head.sequence + 1:
        return IntegrityViolation.OUT_OF_ORDER
    if entry.previous != head.hash:
        return IntegrityViolation.DETACHED
    if with_hash(entry).hash != entry.hash:
        return IntegrityViolation.ALTERED
    if entry.sequence == noted.sequence and entry.hash != noted.hash:
        return IntegrityViolation.REPLACED
    return None


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Filter of a list; "" means no restriction."""

    target: str = ""
    actor: str = ""
    limit: int = 50
    cursor: str | None = None


class AuditPage(msgspec.Struct, frozen=True):
    """Entries, newest first, and the opaque cursor of the next page, or None at the end."""

    entries: tuple[AuditEntry, ...]
    cursor: str | None


class AuditStore(Protocol):
    """Port: stores the entries of the trail."""

    def head(self) -> TrailHead:
        """Returns the head of the stored trail; EMPTY if it has no entries."""
        ...

    def put(self, entry: AuditEntry) -> None:
        """Stores an entry. Idempotent. Raises WriteConflict if another entry has its sequence number."""
        ...

    def page(self, query: AuditQuery) -> AuditPage:
        """Returns a page, which may lag behind by moments. Raises BadInput for an invalid cursor."""
        ...

    def entries(self) -> Iterator[AuditEntry]:
        """Yields all stored entries, in order."""
        ...


MAX_APPEND_ATTEMPTS: Final = 40
"""Of this many concurrent writers one succeeds in each attempt."""


class AuditTrail:
    """Appends to the trail. It caches the head, so that a single writer needs one request for an entry."""

    def __init__(self, store: AuditStore, pause: Pause) -> None:
        self._store = store
        self._pause = pause
        self._head: TrailHead | None = None

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
    ) -> AuditEntry:
        """Appends an entry and returns it.

        Args:
            attempts: Attempts against concurrent writers. Each waits up to a second, so that a caller within
                a request chooses fewer.

        Raises:
            Conflict: Concurrent writers won every attempt; the entry is not stored.
            Unavailable: The store cannot be reached; whether the entry is stored is unknown.
        """
        draft = AuditEntry(
            sequence=0,
            at=at,
            actor=actor,
            action=action,
            target=target,
            reason=reason,
            plan_hash=plan_hash,
            result=result,
            actor_id=actor_id,
            previous="",
        )

        def attempt() -> AuditEntry:
            entry = _next_entry(self._end(), draft)
            try:
                self._put(entry)
            except WriteConflict:
                self._head = None
                raise
            self._head = head_of(entry)
            return entry

        return retry_on_conflict(attempt, self._pause, what=f"audit of {action} {target}", attempts=attempts)

    def page(self, query: AuditQuery) -> AuditPage:
        """Returns a page of entries, newest first. Raises BadInput for an invalid cursor."""
        return self._store.page(query)

    def verify(self, noted: TrailHead = EMPTY) -> VerificationResult:
        """Verifies the stored trail; see `verify`."""
        return verify(self._store.entries(), noted)

    def _end(self) -> TrailHead:
        if self._head is None:
            self._head = self._store.head()
        return self._head

    def _put(self, entry: AuditEntry) -> None:
        """Stores an entry; a second attempt covers a lost response, because `put` is idempotent."""
        try:
            self._store.put(entry)
        except Unavailable:
            self._store.put(entry)


def _next_entry(head: TrailHead, draft: AuditEntry) -> AuditEntry:
    return with_hash(replace(draft, sequence=head.sequence + 1, previous=head.hash))
