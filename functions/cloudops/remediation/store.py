"""Ports of remediation: the store of executions and rejections, and the service that runs workflows."""

from typing import Final, Protocol

from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId
from cloudops.core.time import DAY, EpochMillis
from cloudops.incidents.incident import TimelineEntry
from cloudops.remediation.execution import Execution, Rejection


class ExecutionStore(Protocol):
    """Port: where executions, their locks and rejections are stored."""

    def get(self, execution_id: ExecutionId) -> Execution:
        """Returns the current execution (a consistent read); raises NotFound, which names the id."""
        ...

    def add(self, execution: Execution, entry: TimelineEntry) -> None:
        """Stores a new execution with its timeline entry.

        Raises:
            Conflict: The id exists, or the suggestion was rejected after the plan was made.
        """
        ...

    def move(
        self, before: Execution, after: Execution, entry: TimelineEntry | None, *, lock: bool | None = None
    ) -> None:
        """Replaces `before` with `after`, in one transaction with the timeline entry and the lock.

        Idempotent: does nothing if `after` is stored already.

        Args:
            before: The version that the caller read.
            after: The version to store.
            entry: The timeline entry to add, or None.
            lock: True acquires the execution's lock, False releases it, None leaves it.

        Raises:
            Conflict: `before` is not the stored version, or another execution holds the lock.
        """
        ...

    def holder(self, lock: str, now: EpochMillis) -> str:
        """Returns the id of the execution that holds the lock, or ""."""
        ...

    def of_incident(self, incident_id: IncidentId) -> tuple[Execution, ...]:
        """Returns the executions of an incident, oldest first."""
        ...

    def reject(self, rejection: Rejection, entry: TimelineEntry) -> None:
        """Stores the rejection in place of an earlier one of the same suggestion."""
        ...

    def rejection(self, suggestion_id: SuggestionId) -> Rejection | None:
        """Returns the rejection of a suggestion, or None."""
        ...

    def page(self, cursor: str | None, limit: int) -> tuple[tuple[Execution, ...], str | None]:
        """Returns a page, newest first, and the cursor of the next page or None.

        Raises:
            BadInput: `cursor` is invalid.
        """
        ...

    def acted_since(self, at: EpochMillis, place: tuple[str, ...] = ()) -> tuple[Execution, ...]:
        """Returns every execution that changed a target at that time or later, rollbacks included, in no
        order (a consistent read).

        Args:
            at: The earliest `Execution.changed_at`, at most `ACTIONS_KEPT` ago.
            place: The place of one target, or () for all targets.
        """
        ...

    def unfinished(self) -> tuple[Execution, ...]:
        """Returns the executions that have not ended or are not recorded, oldest first, at most
        `MAX_RECENT`."""
        ...


MAX_RECENT: Final = 500
"""Unfinished executions in one answer."""
ACTIONS_KEPT: Final = 90 * DAY
"""Milliseconds for which `acted_since` finds an execution. It must not be shorter than any limit that looks
back: the longest cooldown that the catalog accepts is 10,000 minutes, about 7 days."""


class Workflows(Protocol):
    """Port: starts the workflow of an execution."""

    def start(self, name: str, execution_id: ExecutionId) -> None:
        """Starts the workflow. Idempotent: a name that was started before is ignored."""
        ...
