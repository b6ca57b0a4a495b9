"""An incident's message and thread: what was sent, what was tried, and what is to be sent next."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final, Protocol, TypeVar

import msgspec

from cloudops.core.ids import digest
from cloudops.core.time import Instant
from cloudops.incidents.incident import Incident, IncidentStatus, TimelineKind
from cloudops.notifications.card import Bulletin
from cloudops.notifications.pacing import Pace
from cloudops.notifications.routing import Destination, Routing
from cloudops.notifications.thread import Line, Note

SETTLED: Final = 15_000
"""Milliseconds after which a message whose answer was lost is there to be found, or never will be."""
RECHECK: Final = 300_000
"""Milliseconds after which it is asked again whether an incident is still withheld."""
JOINED_EVERY: Final = 60_000
"""Milliseconds between two replies that tell of nothing but alerts that joined."""


class Told(msgspec.Struct, frozen=True):
    """All that a message says."""

    bulletin: Bulletin
    mentions: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """Differs where anything that is said does."""
        return digest(msgspec.json.encode(self).decode())


class Attempt(msgspec.Struct, frozen=True):
    """A message of which nobody knows whether it was sent: `notes` are told by a reply, none by the first
    message. `key` is in the message itself, to find it by."""

    key: str
    since: Instant
    notes: tuple[str, ...] = ()


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """`ts` is Slack's name of the message, empty until it is known; `shown` the mark of what it says. It is
    `gone` where somebody deleted it: then nothing more is told."""

    incident_id: str
    channel: str
    mentions: tuple[str, ...] = ()
    ts: str = ""
    shown: str = ""
    attempt: Attempt | None = None
    replied_at: Instant = 0
    progress: str = ""
    gone: bool = False


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """That an incident's message is behind: since when, and not to be looked at before `due`. `version` moves
    with each mark, so that one made meanwhile is not taken for done."""

    incident_id: str
    announced: bool
    rank: int
    since: Instant
    due: Instant = 0
    version: int = 0


class Announcing(StrEnum):
    NOW = "now"
    MUTED = "muted"
    ABSORBED = "absorbed"
    WITHHELD = "withheld"
    WITHHELD_TO_THE_END = "withheld to the end"
    QUIET_HOURS = "quiet hours"
    NOWHERE = "nowhere"


class First(msgspec.Struct, frozen=True):
    """Whether an incident is announced, why not, and when to ask again."""

    reason: Announcing
    again_at: Instant | None = None


def first_word(
    incident: Incident, destination: Destination, routing: Routing, withheld: bool, now: Instant
) -> First:
    """Of an incident that nobody was told of."""
    if not destination.channel:
        return First(Announcing.NOWHERE)
    if incident.status is IncidentStatus.MERGED:
        return First(Announcing.ABSORBED)
    if 0 < incident.alert_count <= incident.muted_count:
        return First(Announcing.MUTED)
    if withheld:
        live = incident.status.is_live
        return First(Announcing.WITHHELD, now + RECHECK) if live else First(Announcing.WITHHELD_TO_THE_END)
    until = routing.quiet_until(destination.quiet, incident.severity, now)
    return First(Announcing.NOW) if until is None else First(Announcing.QUIET_HOURS, until)


def next_mark(marks: Sequence[Mark], now: Instant) -> Mark | None:
    """First what nobody was told of, the gravest first; then what waits longest. None where none is due."""
    due = [one for one in marks if one.due <= now]
    return min(due, key=lambda one: (one.announced, -one.rank * (not one.announced), one.since), default=None)


def waits_until(announcement: Announcement, notes: Sequence[Note]) -> Instant:
    """When these notes may be told: at once, unless they only say that more of the same came."""
    if any(one.entry.kind is not TimelineKind.ALERT for one in notes):
        return 0
    return announcement.replied_at + JOINED_EVERY


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
