"""Stores of executions and policies in memory, with the versions, locks and conflicts of the real ones."""

from collections.abc import Callable
from threading import Lock

from cloudops.core.errors import NotFound, Unavailable, WriteConflict
from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId
from cloudops.core.pagination import decode_cursor, encode_cursor
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import TimelineEntry
from cloudops.remediation.autonomy import Policy, PolicyKey
from cloudops.remediation.execution import LOCK_LASTS, Execution, Rejection


class MemoryExecutionStore:
    """Stores executions. `trace` receives each timeline entry, in place of the incident's partition."""

    def __init__(self, trace: Callable[[TimelineEntry], None] = lambda _: None) -> None:
        self._mutex = Lock()
        self._stored: dict[str, Execution] = {}
        self._locks: dict[str, tuple[str, EpochMillis]] = {}
        self._rejections: dict[str, Rejection] = {}
        self._trace = trace
        self._overlooked = ""
        self._loses_answer = False

    def lose_answer_once(self) -> None:
        """The next `add` stores the execution and raises Unavailable, as if the response were lost."""
        self._loses_answer = True

    def overlook_once(self, execution_id: ExecutionId) -> None:
        """The next `get` of the execution raises NotFound, as if it came before the write."""
        self._overlooked = execution_id

    def get(self, execution_id: ExecutionId) -> Execution:
        is_overlooked, self._overlooked = execution_id == self._overlooked, ""
        if is_overlooked or execution_id not in self._stored:
            raise NotFound(f"execution {execution_id}: not found")
        return self._stored[execution_id]

    def add(self, execution: Execution, entry: TimelineEntry) -> None:
        with self._mutex:
            if execution.id in self._stored:
                raise WriteConflict(f"keep execution {execution.id}: the id exists")
            rejection = self._rejections.get(execution.suggestion_id)
            if (rejection.at if rejection else None) != execution.plan.rejected_at:
                raise WriteConflict(f"keep execution {execution.id}: the suggestion was rejected")
            self._stored[execution.id] = execution
            self._trace(entry)
            loses_answer, self._loses_answer = self._loses_answer, False
        if loses_answer:
            raise Unavailable(f"keep execution {execution.id}: no answer")

    def move(
        self, before: Execution, after: Execution, entry: TimelineEntry | None, *, lock: bool | None = None
    ) -> None:
        with self._mutex:
            stored = self.get(after.id)
            if stored == after:
                return
            if stored.version != before.version:
                raise WriteConflict(f"execution {after.id}: changed by another request")
            if lock is not None:
                self._change_lock(after, lock)
            self._stored[after.id] = after
            if entry is not None:
                self._trace(entry)

    def holder(self, lock: str, now: EpochMillis) -> str:
        name, until = self._locks.get(lock, ("", 0))
        return name if until > now else ""

    def of_incident(self, incident_id: IncidentId) -> tuple[Execution, ...]:
        return tuple(one for one in self._in_order() if one.incident_id == incident_id)

    def reject(self, rejection: Rejection, entry: TimelineEntry) -> None:
        self._rejections[rejection.suggestion_id] = rejection
        self._trace(entry)

    def rejection(self, suggestion_id: SuggestionId) -> Rejection | None:
        return self._rejections.get(suggestion_id)

    def page(self, cursor: str | None, limit: int) -> tuple[tuple[Execution, ...], str | None]:
        listed = self._in_order()[::-1]
        if cursor is not None:
            last = decode_cursor(cursor, tuple[int, str])
            listed = [one for one in listed if (one.created_at, one.id) < last]
        page = tuple(listed[:limit])
        more = len(listed) > limit
        return page, encode_cursor((page[-1].created_at, page[-1].id)) if more else None

    def acted_since(self, at: EpochMillis, place: tuple[str, ...] = ()) -> tuple[Execution, ...]:
        return tuple(
            one
            for one in self._stored.values()
            if one.changed_at is not None and one.changed_at >= at and place in ((), one.plan.target.place)
        )

    def unfinished(self) -> tuple[Execution, ...]:
        return tuple(one for one in self._in_order() if not one.is_closed)

    def _in_order(self) -> list[Execution]:
        return sorted(self._stored.values(), key=lambda one: (one.created_at, one.id))

    def _change_lock(self, execution: Execution, take: bool) -> None:
        holder = self.holder(execution.lock, execution.updated_at)
        if take and holder not in ("", execution.id):
            raise WriteConflict(f"lock of {execution.id}: held by {holder}")
        if take:
            self._locks[execution.lock] = (execution.id, execution.updated_at + LOCK_LASTS)
        elif holder == execution.id:
            del self._locks[execution.lock]


class MemoryPolicyStore:
    """Stores autonomy policies, with versions."""

    def __init__(self) -> None:
        self._stored: dict[PolicyKey, Policy] = {}

    def policies(self) -> dict[PolicyKey, Policy]:
        return dict(self._stored)

    def keep_policy(self, policy: Policy) -> None:
        before = self._stored.get(policy.key)
        if (before.version if before else 0) != policy.version - 1:
            raise WriteConflict(f"keep policy {policy.key.id}: changed by another request")
        self._stored[policy.key] = policy


class MemoryWorkflows:
    """Records started workflows in `begun`, by name; a name starts once. Raises Unavailable while `down`."""

    def __init__(self) -> None:
        self.begun: dict[str, str] = {}
        self.down = False

    def start(self, name: str, execution_id: ExecutionId) -> None:
        if self.down:
            raise Unavailable(f"begin workflow {name}: no answer")
        self.begun.setdefault(name, execution_id)
