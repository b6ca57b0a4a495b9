"""How often one channel is written to, and by whom: a state that a store keeps, each time if it stands.

Somebody who has news keeps a mark, then calls `marked`; a worker that is woken claims a turn, makes one call,
and goes on or rests. It rests only if no mark came since it claimed, and else is woken again: a mark that
finds a worker awake needs to wake none.
"""

from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.core.time import MINUTE, SECOND, EpochMillis

GAP: Final = SECOND
"""Milliseconds between two calls to one channel: Slack takes about one message a second."""
LEASE: Final = 30 * SECOND
"""Milliseconds after which a worker that never ended its turn counts as dead: its function lives for 20 s."""
GRACE: Final = 2 * MINUTE
"""Milliseconds that a wake-up may be late before another is sent."""
LONGEST_REST: Final = 15 * MINUTE
"""Milliseconds: what a queue can delay a wake-up."""
LONGEST_PAUSE: Final = MINUTE
"""Milliseconds between two tries while there is no answer: who comes back is found within a minute."""
LONGEST_REFUSAL: Final = 5 * MINUTE
"""Milliseconds between two tries while somebody has to set something right."""


class ChannelLease(msgspec.Struct, frozen=True):
    """One channel. `marks` counts what was marked; a call is under way until `busy_until` at most, the next
    may be made at `next_at`; a wake-up is under way where `awake_until` is later than now, and one for later
    at `alarm_at`. `failures` on end."""

    marks: int = 0
    busy_until: EpochMillis = 0
    next_at: EpochMillis = 0
    awake_until: EpochMillis = 0
    alarm_at: EpochMillis = 0
    failures: int = 0


class LeaseResult(StrEnum):
    MINE = "mine"
    BUSY = "busy"
    """Somebody else is at it, and will see every mark that was made."""
    EARLY = "early"


def marked(pace: ChannelLease, now: EpochMillis) -> tuple[ChannelLease, bool]:
    """With one more mark; and whether somebody has to be woken for it."""
    return replace(pace, marks=pace.marks + 1), pace.awake_until <= now


def claim(pace: ChannelLease, now: EpochMillis) -> tuple[ChannelLease, LeaseResult]:
    if pace.busy_until > now:
        return pace, LeaseResult.BUSY
    if pace.next_at > now:
        return pace, LeaseResult.EARLY
    alarm = 0 if pace.alarm_at <= now else pace.alarm_at
    return replace(
        pace, busy_until=now + LEASE, awake_until=now + LEASE + GRACE, alarm_at=alarm
    ), LeaseResult.MINE


def extend(pace: ChannelLease, at: EpochMillis) -> ChannelLease:
    """The turn is over, and the next is at `at`, for which somebody is woken."""
    return replace(pace, busy_until=0, next_at=at, awake_until=at + GRACE)


def release(pace: ChannelLease, at: EpochMillis, alarm: EpochMillis | None) -> tuple[ChannelLease, bool]:
    """The turn is over, no call is made before `at`, and nothing is due before `alarm`; and whether an alarm
    has to be set."""
    resting = replace(pace, busy_until=0, next_at=at, awake_until=0)
    if alarm is None or at < pace.alarm_at <= alarm:
        return resting, False
    return replace(resting, alarm_at=alarm), True


def pause_after(failures: int) -> int:
    """Milliseconds to wait after that many failures on end: twice as long each time."""
    return min(GAP << min(failures, 16), LONGEST_PAUSE)
