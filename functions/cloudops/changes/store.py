"""Where change events are stored."""

from collections.abc import Sequence
from typing import Protocol

from cloudops.changes.change import Change
from cloudops.core.time import EpochMillis


class ChangeStore(Protocol):
    def record(self, changes: Sequence[Change]) -> None:
        """Stores these states of changes. Storing a state again overwrites it."""
        ...

    def since(self, at: EpochMillis, until: EpochMillis | None = None) -> tuple[Change, ...]:
        """Returns the states that began at `at` or later and not after `until`, newest first, at most
        MAX_CHANGES."""
        ...


MAX_CHANGES = 500
"""States of changes that one query returns: an hour of a busy organization."""
