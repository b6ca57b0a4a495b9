"""The JSON document of a secret in memory, with a cached and a current version."""

from collections.abc import Callable, Mapping

from cloudops.core.errors import Unavailable


class MemoryDocument:
    """`read` returns the cached document, as the adapter does within a minute; `reread` the current one."""

    def __init__(self, document: Mapping[str, object]) -> None:
        self.document = document
        self.cached = document
        self.rereads = 0

    def read(self) -> Mapping[str, object]:
        return self.cached

    def reread(self) -> Mapping[str, object]:
        self.rereads += 1
        self.cached = self.document
        return self.document

    def change(self, change: Callable[[Mapping[str, object]], Mapping[str, object]]) -> None:
        self.document = self.cached = change(self.document)

    def changed_elsewhere(self, document: Mapping[str, object]) -> None:
        """Replaces the document as another process does; `read` returns it only after `reread`."""
        self.document = document


class NoDocument:
    """A secret that cannot be read."""

    def read(self) -> Mapping[str, object]:
        raise Unavailable("read secret: no answer")

    def reread(self) -> Mapping[str, object]:
        raise Unavailable("read secret: no answer")

    def change(self, change: Callable[[Mapping[str, object]], Mapping[str, object]]) -> None:
        raise Unavailable("read secret: no answer")
