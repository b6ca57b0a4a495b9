"""The audit trail's store and the switches of automation in memory."""

from collections.abc import Iterator
from threading import Lock

from cloudops.audit.trail import EMPTY, AuditEntry, AuditPage, AuditQuery, TrailHead, head_of
from cloudops.core.errors import Unavailable, WriteConflict
from cloudops.core.pagination import decode_cursor, encode_cursor
from cloudops.remediation.kill_switch import NEVER_SWITCHED, Setting


class MemoryAuditStore:
    """Takes no entries while `down`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.down = False
        self.stored: list[AuditEntry] = []

    def head(self) -> TrailHead:
        with self._lock:
            return head_of(self.stored[-1]) if self.stored else EMPTY

    def put(self, entry: AuditEntry) -> None:
        if self.down:
            raise Unavailable(f"append audit entry {entry.sequence}: no answer")
        with self._lock:
            if entry in self.stored:
                return
            if entry.sequence <= len(self.stored):
                raise WriteConflict(f"append audit entry {entry.sequence}: there is one")
            self.stored.append(entry)

    def page(self, query: AuditQuery) -> AuditPage:
        before = None if query.cursor is None else decode_cursor(query.cursor, tuple[int])[0]
        found = [
            one
            for one in reversed(self.stored)
            if query.target in ("", one.target)
            and query.actor in ("", one.actor)
            and (before is None or one.sequence < before)
        ]
        page = tuple(found[: query.limit])
        return AuditPage(page, encode_cursor((page[-1].sequence,)) if len(found) > query.limit else None)

    def entries(self) -> Iterator[AuditEntry]:
        return iter(tuple(self.stored))


class MemorySwitch:
    def __init__(self, setting: Setting = NEVER_SWITCHED, name: str = "the switch of the API") -> None:
        self.setting = setting
        self.name = name

    def read(self) -> Setting:
        return self.setting

    def write(self, setting: Setting) -> None:
        self.setting = setting


class NoSwitch:
    """One that cannot be read or moved."""

    name = "parameter /CloudOps/automation"

    def read(self) -> Setting:
        raise Unavailable("no answer")

    def write(self, setting: Setting) -> None:
        raise Unavailable(f"no answer to {setting}")
