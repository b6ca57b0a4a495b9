"""The audit trail: who did what, when, why and with what result, each entry chained to the one before it."""

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
    """`sequence` counts from 1 without gaps. `hash` is the SHA-256 of every other field, `previous`, the hash
    of the entry before, among them: whoever changes one entry has to change all that follow."""

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


class Head(NamedTuple):
    """The last entry of a trail, which stands for all of it."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"


EMPTY: Final = Head(0, "0" * 64)


def with_hash(entry: AuditEntry) -> AuditEntry:
    """The entry with its hash."""
    fields = structs.asdict(entry)
    del fields["hash"]
    words = msgspec.json.encode(fields, order="sorted")
    return replace(entry, hash=hashlib.sha256(words).hexdigest())


def head_of(entry: AuditEntry) -> Head:
    return Head(entry.sequence, entry.hash)


class IntegrityViolation(StrEnum):
    """What can be wrong with an entry of a trail."""

    ALTERED = "its words do not make its hash"
    DETACHED = "it does not carry the hash of the entry before it"
    OUT_OF_TURN = "entries before it are missing"
    CUT_OFF = "the trail ends before the entry that was noted"
    REPLACED = "it is not the entry that was noted"


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """`head` is the last entry that holds; `flaw` is what is wrong with the entry after it, if anything."""

    head: Head
    flaw: IntegrityViolation | None = None

    @property
    def broken_at(self) -> int:
        """The sequence number of the first entry that does not hold, 0 where all do."""
        return self.head.sequence + 1 if self.flaw else 0


def verify(entries: Iterable[AuditEntry], noted: Head = EMPTY) -> VerificationResult:
    """Whether a whole trail, in order, is what was written. A chain alone cannot tell that its end was cut
    off or that all of it was made anew; `noted`, a head that somebody kept elsewhere, can."""
    head = EMPTY
    for entry in entries:
        if flaw := _flaw(entry, head, noted):
            return VerificationResult(head, flaw)
        head = head_of(entry)
    return VerificationResult(head, IntegrityViolation.CUT_OFF if head.sequence < noted.sequence else None)


def _flaw(entry: AuditEntry, head: Head, noted: Head) -> IntegrityViolation | None:
    if entry.sequence != head.sequence + 1:
        return IntegrityViolation.OUT_OF_TURN
    if entry.previous != head.hash:
        return IntegrityViolation.DETACHED
    if with_hash(entry).hash != entry.hash:
        return IntegrityViolation.ALTERED
    if entry.sequence == noted.sequence and entry.hash != noted.hash:
        return IntegrityViolation.REPLACED
    return None


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a list asks for; empty means no restriction."""

    target: str = ""
    actor: str = ""
    limit: int = 50
    cursor: str | None = None


class AuditPage(msgspec.Struct, frozen=True):
    """Newest first, and the opaque cursor of the next page, or None at the end."""

    entries: tuple[AuditEntry, ...]
    cursor: str | None


class AuditStore(Protocol):
    def head(self) -> Head:
        """Of what is stored now; EMPTY where nothing is."""
        ...

    def put(self, entry: AuditEntry) -> None:
        """Keeps it unless another has its sequence number: then Conflict. Quiet where it is there already."""
        ...

    def page(self, query: AuditQuery) -> AuditPage:
        """A list may lag by moments. BadInput names `cursor` where it is not ours."""
        ...

    def entries(self) -> Iterator[AuditEntry]:
        """All of them, in order, as they are stored now."""
        ...


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
        at: EpochMillis,
        *,
        reason: str = "",
        plan_hash: str = "",
        result: str = "",
        attempts: int = ATTEMPTS,
    ) -> AuditEntry:
        """Returns the entry as written. Unavailable or Conflict where it could not be: then nothing was
        recorded that the caller may count on. `attempts` places at the end of the chain are tried; a caller
        that answers a request asks for fewer, since each waits up to a second."""
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

        def attempt() -> AuditEntry:
            entry = _following(self._end(), draft)
            try:
                self._put(entry)
            except WriteConflict:
                self._head = None
                raise
            self._head = head_of(entry)
            return entry

        return retry_on_conflict(attempt, self._pause, what=f"audit of {action} {target}", attempts=attempts)

    def page(self, query: AuditQuery) -> AuditPage:
        """Newest first."""
        return self._store.page(query)

    def verify(self, noted: Head = EMPTY) -> VerificationResult:
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
    return with_hash(
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
