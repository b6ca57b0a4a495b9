"""What may be done once, in memory."""

from cloudops.core.time import Instant


class MemoryOnce:
    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def take(self, what: str, holder: str, expires_at: Instant) -> bool:
        return self._taken.setdefault(what, holder) == holder
