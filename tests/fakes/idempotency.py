"""Idempotency keys in memory."""

from cloudops.core.time import EpochMillis


class MemoryOnce:
    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def take(self, idempotency_key: str, holder: str, expires_at: EpochMillis) -> bool:
        return self._taken.setdefault(idempotency_key, holder) == holder
