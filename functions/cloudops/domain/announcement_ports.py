"""What the flows around announcements ask of the store, of the messenger, and of the queue."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, TypeVar

import msgspec

from cloudops.domain.alert import Instant
from cloudops.domain.announcement import Announcement, Mark, Told
from cloudops.domain.pacing import Pace
from cloudops.domain.thread import Line, Note

T = TypeVar("T")


class Kept(msgspec.Struct, frozen=True):
    """An announcement and the version it was read at; version 0 means that nothing is kept yet."""

    announcement: Announcement
    version: int


class Outbox(Protocol):
    """Everything that is to be told, until it is."""

    def announcements(self, ids: Collection[str]) -> Mapping[str, Kept]:
        """Those of the incidents that were announced, or tried to be."""
        ...

    def keep(self, announcement: Announcement, version: int) -> Kept:
        """In the place of the one read at that version, else Conflict; quiet where it stands already."""
        ...

    def add_notes(self, incident_id: str, notes: Sequence[Note], expires_at: Instant) -> None:
        """Those that were not added before, told or not."""
        ...

    def notes(self, incident_id: str) -> tuple[Note, ...]:
        """Those that were not told yet, oldest first."""
        ...

    def told(self, incident_id: str, ids: Collection[str]) -> None:
        """These notes were told."""
        ...

    def mark(self, channel: str, mark: Mark) -> None:
        """One more of its incident; `since` stays that of the first."""
        ...

    def postpone(self, channel: str, mark: Mark, due: Instant) -> None:
        """Not before `due`, unless it was marked again meanwhile."""
        ...

    def unmark(self, channel: str, mark: Mark) -> None:
        """It is done, unless it was marked again meanwhile."""
        ...

    def marks(self, channel: str) -> tuple[Mark, ...]:
        """As they are now."""
        ...

    def pace(self, channel: str) -> tuple[Pace, int]:
        """How the channel does, and the version it was read at."""
        ...

    def keep_pace(self, channel: str, pace: Pace, version: int) -> None:
        """In the place of the one read at that version, else Conflict."""
        ...


class Messenger(Protocol):
    """Where people are told. Unavailable where it is not known whether it was done; Throttled, Refused,
    NotFound and BadInput where it was not."""

    def post(self, channel: str, told: Told, key: str) -> str:
        """The new message's name in its channel; `key` goes with it, for `find`."""
        ...

    def update(self, channel: str, ts: str, told: Told) -> None:
        """NotFound where the message is no more."""
        ...

    def reply(
        self, channel: str, ts: str, lines: Sequence[Line], mentions: Sequence[str], key: str
    ) -> None: ...

    def find(self, channel: str, key: str, since: Instant, thread: str = "") -> str:
        """The name of the message that carries the key, in the channel or in a thread, or empty."""
        ...


class Wake(Protocol):
    def __call__(self, channel: str, after: int) -> None:
        """Have somebody look after the channel in `after` milliseconds, at most 15 minutes."""
        ...
