"""Caches the published confidence levels, which a function reads at most once a minute."""

from collections.abc import Callable
from typing import Final

from cloudops.confidence.posterior import Levels
from cloudops.confidence.snapshot import ConfidenceSnapshot, levels_of
from cloudops.core.errors import CloudOpsError
from cloudops.learning.store import LearningStore

LEVELS_MAX_AGE_SECONDS: Final = 60.0
"""Recompute publishes every 15 minutes, so a minute adds little delay."""


class LearnedLevels:
    """The published levels; `seconds` is a monotonic clock."""

    def __init__(self, store: LearningStore, seconds: Callable[[], float]) -> None:
        self._store = store
        self._seconds = seconds
        self._until = float("-inf")
        self._learned: ConfidenceSnapshot | None = None
        self._levels = Levels()

    def current(self) -> Levels:
        """Returns the levels, or the previous ones if the store fails.

        Ingestion must not fail for them, and the next recompute rescores its suggestions."""
        now = self._seconds()
        if now >= self._until:
            self._until = now + LEVELS_MAX_AGE_SECONDS
            try:
                learned = self._store.learned()
            except CloudOpsError:
                return self._levels
            if learned != self._learned:
                self._learned, self._levels = learned, levels_of(learned or ConfidenceSnapshot())
        return self._levels
