"""Hears what changed in the table and passes it on, where there is somebody to tell."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from cloudops.domain.alert import Instant
from cloudops.domain.errors import CloudOpsError
from cloudops.domain.news import News, Unread
from cloudops.flows.notify import Notify

Read = Callable[[Iterable[Mapping[str, Any]]], tuple[Sequence[News], Sequence[Unread]]]
"""From the stream's records (Any: the stream's own JSON)."""


class Heard(msgspec.Struct, frozen=True):
    """`disconnected` is why there is nobody to tell."""

    marked: int = 0
    unread: Sequence[Unread] = ()
    disconnected: CloudOpsError | None = None


class Listen:
    """`disconnected` says why nobody can be told, or None."""

    def __init__(self, read: Read, notify: Notify, disconnected: Callable[[], CloudOpsError | None]) -> None:
        self._read = read
        self._notify = notify
        self._disconnected = disconnected

    def __call__(self, records: Iterable[Mapping[str, Any]], now: Instant) -> Heard:
        if why := self._disconnected():
            return Heard(disconnected=why)
        news, unread = self._read(records)
        return Heard(self._notify(news, now), unread)
