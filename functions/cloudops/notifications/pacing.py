"""State transitions of a channel lease: which worker may send to a channel, and when.

A producer writes an outbox entry and then calls `count_entry`. A woken worker claims the lease, makes one
call, and extends or releases the lease. It releases the lease only if no entry was added since the claim; so
a producer that finds a worker awake has to wake none. The store replaces a lease only at the version read.
"""

from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.core.time import MINUTE, SECOND, EpochMillis

CALL_INTERVAL_MS: Final = SECOND
"""Time between two calls to one channel: Slack accepts about one message a second."""
LEASE_MS: Final = 30 * SECOND
"""A lease expires after this time: its function runs for 20 s at most."""
WAKE_GRACE_MS: Final = 2 * MINUTE
"""Delay of a wake-up after which another is sent."""
MAX_WAKE_DELAY_MS: Final = 15 * MINUTE
"""The longest delay of a message in SQS."""
MAX_BACKOFF_MS: Final = MINUTE
"""Longest time between two attempts without a response: a recovery is noticed within a minute."""
REFUSED_RETRY_MS: Final = 5 * MINUTE
"""Time between two attempts while a person has to correct the configuration."""


class ChannelLease(msgspec.Struct, frozen=True, rename={"entries": "marks"}):
    """The lease of one channel; times are in milliseconds since 1970.

    `entries` counts the entries ever added; the stored field is `marks`. `busy_until` is when the lease
    of a worker expires, `next_at` when
    the next call may be made. A wake-up is under way until `awake_until`; a later one is scheduled for
    `alarm_at`. `failures` counts consecutive failures.
    """

    entries: int = 0
    busy_until: EpochMillis = 0
    next_at: EpochMillis = 0
    awake_until: EpochMillis = 0
    alarm_at: EpochMillis = 0
    failures: int = 0


class LeaseResult(StrEnum):
    """The result of a claim: the lease is ours, another worker has it, or the next call may not be made
    yet."""

    MINE = "mine"
    BUSY = "busy"
    """Another worker has the lease, and will see every stored entry."""
    EARLY = "early"


def count_entry(lease: ChannelLease, now: EpochMillis) -> tuple[ChannelLease, bool]:
    """Returns the lease with one more entry, and whether a worker has to be woken."""
    return replace(lease, entries=lease.entries + 1), lease.awake_until <= now


def claim(lease: ChannelLease, now: EpochMillis) -> tuple[ChannelLease, LeaseResult]:
    """Returns the claimed lease and MINE, or the lease unchanged and why it cannot be claimed."""
    if lease.busy_until > now:
        return lease, LeaseResult.BUSY
    if lease.next_at > now:
        return lease, LeaseResult.EARLY
    alarm = 0 if lease.alarm_at <= now else lease.alarm_at
    return replace(
        lease, busy_until=now + LEASE_MS, awake_until=now + LEASE_MS + WAKE_GRACE_MS, alarm_at=alarm
    ), LeaseResult.MINE


def extend(lease: ChannelLease, at: EpochMillis) -> ChannelLease:
    """Returns the lease after a call, with a wake-up for the next call at `at`."""
    return replace(lease, busy_until=0, next_at=at, awake_until=at + WAKE_GRACE_MS)


def release(lease: ChannelLease, at: EpochMillis, alarm: EpochMillis | None) -> tuple[ChannelLease, bool]:
    """Returns the released lease, and whether a wake-up has to be scheduled for `alarm`.

    No call is made before `at`, and no entry is due before `alarm`; None means that the outbox is empty.
    """
    resting = replace(lease, busy_until=0, next_at=at, awake_until=0)
    if alarm is None or at < lease.alarm_at <= alarm:
        return resting, False
    return replace(resting, alarm_at=alarm), True


def is_forgotten(lease: ChannelLease, due: EpochMillis, now: EpochMillis) -> bool:
    """Returns whether an entry is due at `due`, and no wake-up will come for it.

    A wake-up can be lost: a platform drops a message, or it ends in the dead-letter queue. It counts as lost
    `WAKE_GRACE_MS` after its time.
    """
    expected = max(due, lease.alarm_at, lease.next_at) + WAKE_GRACE_MS
    return max(expected, lease.busy_until, lease.awake_until) <= now


def pause_after(failures: int) -> int:
    """Returns the milliseconds to wait after `failures` consecutive failures: exponential backoff."""
    return min(CALL_INTERVAL_MS << min(failures, 16), MAX_BACKOFF_MS)
