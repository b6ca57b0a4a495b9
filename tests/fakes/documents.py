"""A secret's JSON document in memory: what is remembered of it, and what it says by now."""

from collections.abc import Callable, Mapping

from cloudops.core.errors import Unavailable


class MemoryDocument:
    """`read` answers what was first read, as the real one does within the minute; `reread` what is true."""

    def __init__(self, document: Mapping[str, object]) -> None:
        self.document = document
        self.remembered = document
        self.rereads = 0

    def read(self) -> Mapping[str, object]:
        return self.remembered

    def reread(self) -> Mapping[str, object]:
        self.rereads += 1
        self.remembered = self.document
        return self.document

    def change(self, change: Callable[[Mapping[str, object]], Mapping[str, object]]) -> None:
        self.document = self.remembered = change(self.document)

    def changed_elsewhere(self, document: Mapping[str, object]) -> None:
        """By another process, of which this one hears only when it reads afresh."""
        self.document = document


class NoDocument:
    """A secret that cannot be read."""

    def read(self) -> Mapping[str, object]:
        raise Unavailable("read secret: no answer")

    def reread(self) -> Mapping[str, object]:
        raise Unavailable("read secret: no answer")

    def change(self, change: Callable[[Mapping[str, object]], Mapping[str, object]]) -> None:
        raise Unavailable("read secret: no answer")
