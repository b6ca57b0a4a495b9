"""Where change events are stored."""

from collections.abc import Sequence
from typing import Protocol

from cloudops.changes.change import Change
from cloudops.core.time import EpochMillis


class ChangeStore(Protocol):
    def record(self, changes: Sequence[Change]) -> None:
        """Keep these states of changes; one told again overwrites itself."""
        ...

    def since(self, at: EpochMillis, until: EpochMillis | None = None) -> tuple[Change, ...]:
        """The states that began then or later, and by `until` where it is given, newest first, and at most
        MAX_CHANGES."""
        ...


MAX_CHANGES = 500
"""States of changes that are looked at together: an hour of a busy company."""
