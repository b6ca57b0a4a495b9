"""What the flows of remediation ask of the outside world."""

from typing import Protocol

from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import TimelineEntry
from cloudops.remediation.execution import Execution, Rejection


class ExecutionStore(Protocol):
    def get(self, execution_id: ExecutionId) -> Execution:
        """As it is now; NotFound names the id."""
        ...

    def add(self, execution: Execution, entry: TimelineEntry) -> None:
        """Keep a new one; Conflict where there is one of this id."""
        ...

    def move(
        self, before: Execution, after: Execution, entry: TimelineEntry | None, *, lock: bool | None = None
    ) -> None:
        """Put `after` in the place of `before`; Conflict where it is no longer there. In the same
        transaction `lock` takes (True) or gives back (False) the execution's lock: Conflict where another
        holds it. Quiet where it is stored already."""
        ...

    def holder(self, lock: str, now: EpochMillis) -> str:
        """The id of the execution that holds a lock, or ""."""
        ...

    def of_incident(self, incident_id: IncidentId) -> tuple[Execution, ...]:
        """The oldest first."""
        ...

    def reject(self, rejection: Rejection, entry: TimelineEntry) -> None:
        """In the place of an earlier one of the same suggestion."""
        ...

    def rejection(self, suggestion_id: SuggestionId) -> Rejection | None: ...

    def page(self, cursor: str | None, limit: int) -> tuple[tuple[Execution, ...], str | None]:
        """The newest first; BadInput names `cursor` where it is not ours."""
        ...

    def since(self, at: EpochMillis) -> tuple[Execution, ...]:
        """Those that were created then or later, the newest first, and at most MAX_RECENT."""
        ...

    def unfinished(self) -> tuple[Execution, ...]:
        """Those that are not over, or not recorded, the oldest first, and at most MAX_RECENT."""
        ...


MAX_RECENT = 500
"""Executions that are looked at together; the global hourly rate keeps an hour far below it."""


class Workflows(Protocol):
    def start(self, name: str, execution_id: ExecutionId) -> None:
        """Begin a workflow for an execution; quiet where one of this name was begun before."""
        ...
