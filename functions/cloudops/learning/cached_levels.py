"""What was learned, as every function that suggests something knows it: read once a minute at most."""

from collections.abc import Callable
from typing import Final

from cloudops.confidence.posterior import Levels
from cloudops.confidence.snapshot import ConfidenceSnapshot, levels_of
from cloudops.core.errors import CloudOpsError
from cloudops.learning.store import LearningStore

MAX_AGE_SECONDS: Final = 60.0
"""Seconds that levels are remembered: recompute publishes every 15 minutes."""


class LearnedLevels:
    """`seconds` is a clock that only runs forward."""

    def __init__(self, store: LearningStore, seconds: Callable[[], float]) -> None:
        self._store = store
        self._seconds = seconds
        self._until = float("-inf")
        self._learned: ConfidenceSnapshot | None = None
        self._levels = Levels()

    def current(self) -> Levels:
        """The levels, or those of before where they cannot be read: an alert does not wait for them, and the
        next recompute looks at its suggestions again."""
        now = self._seconds()
        if now >= self._until:
            self._until = now + MAX_AGE_SECONDS
            try:
                learned = self._store.learned()
            except CloudOpsError:
                return self._levels
            if learned != self._learned:
                self._learned, self._levels = learned, levels_of(learned or ConfidenceSnapshot())
        return self._levels
