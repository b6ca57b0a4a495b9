"""An incident's message and thread: what was sent, what was tried, and what is to be sent next."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from cloudops.domain.alert import Instant, digest
from cloudops.domain.announcement_routing import Destination, Routing
from cloudops.domain.bulletin import Bulletin
from cloudops.domain.incident import Incident, IncidentStatus, TimelineKind
from cloudops.domain.thread import Note

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
