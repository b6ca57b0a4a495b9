"""Dispatches the notifications of one channel, at most one call to the messenger for each channel lease.

First notifications go first, by severity; then the entry that waits longest.
"""

from collections.abc import Callable, Collection
from typing import Final

import msgspec

from cloudops.core.errors import BadInput, CloudOpsError, Refused, Throttled, Unavailable
from cloudops.core.retry import Pause, at_once, retry_on_conflict
from cloudops.core.time import SECOND, EpochMillis
from cloudops.notifications.outbox import Outbox, OutboxEntry, WakeDispatcher, next_entry
from cloudops.notifications.pacing import (
    CALL_INTERVAL_MS,
    MAX_WAKE_DELAY_MS,
    REFUSED_RETRY_MS,
    ChannelLease,
    LeaseResult,
    claim,
    extend,
    is_forgotten,
    pause_after,
    release,
)
from cloudops.notifications.publisher import PublishIncident, PublishResult

MAX_SKIPPED_ENTRIES: Final = 50
"""Outbox entries without a call that one dispatch examines before it renews the lease."""


class DispatchReport(msgspec.Struct, frozen=True):
    """The result of one dispatch; `error` is the messenger's error if the call failed."""

    lease: LeaseResult
    calls: int = 0
    error: CloudOpsError | None = None
    waited: int = 0
    """Milliseconds that the sent notification had waited in the outbox."""


class DispatchNotifications:
    """The use case: sends the next notification of a channel and schedules the next wake-up."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        publisher: PublishIncident,
        wake: WakeDispatcher,
        pause: Pause,
        now: Callable[[], EpochMillis],
    ) -> None:
        self._outbox = outbox
        self._publisher = publisher
        self._wake = wake
        self._pause = pause
        self._now = now

    def dispatch(self, channel: str) -> DispatchReport:
        """Claims the channel lease, makes at most one call, and renews or releases the lease.

        A wake-up that is too early is scheduled again. If another worker has the lease, nothing is done.
        """
        now = self._now()
        claimed, result = self._change(channel, lambda lease: claim(lease, now))
        if result is LeaseResult.EARLY:
            self._wake(channel, claimed.next_at - now)
        if result is not LeaseResult.MINE:
            return DispatchReport(result)
        report = self._send_next(channel, now)
        self._end(channel, claimed, report, now)
        return report

    def wake_forgotten(self, channels: Collection[str]) -> tuple[str, ...]:
        """Wakes the dispatcher of each channel that has a due entry and that no wake-up will come for.

        Args:
            channels: The channels to check.

        Returns:
            The channels that were woken, sorted. It is empty as long as no wake-up is lost.
        """
        now = self._now()
        forgotten = [channel for channel in sorted(channels) if self._is_forgotten(channel, now)]
        for channel in forgotten:
            self._wake(channel, 0)
        return tuple(forgotten)

    def _is_forgotten(self, channel: str, now: EpochMillis) -> bool:
        due = min((max(one.due, one.since) for one in self._outbox.entries(channel)), default=None)
        if due is None:
            return False
        lease, _ = self._outbox.lease(channel)
        return is_forgotten(lease, due, now)

    def _send_next(self, channel: str, now: EpochMillis) -> DispatchReport:
        """Makes at most one call; entries that need none are removed or postponed on the way."""
        for _ in range(MAX_SKIPPED_ENTRIES):
            entry = next_entry(self._outbox.entries(channel), now)
            if entry is None:
                return DispatchReport(LeaseResult.MINE)
            try:
                result = self._publisher.publish(channel, entry, self._now())
            except BadInput as error:
                self._outbox.remove_entry(channel, entry)
                return DispatchReport(LeaseResult.MINE, 1, error)
            except Unavailable as error:
                self._after_failure(channel, entry, error)
                return DispatchReport(LeaseResult.MINE, 1, error)
            self._settle(channel, entry, result)
            if result.called:
                return DispatchReport(LeaseResult.MINE, 1, waited=now - entry.since)
        return DispatchReport(LeaseResult.MINE)

    def _after_failure(self, channel: str, entry: OutboxEntry, error: Unavailable) -> None:
        """Postpones an entry whose call may have succeeded until the message can be searched for."""
        if due := self._publisher.settles_at(entry, error):
            self._outbox.postpone(channel, entry, due)

    def _settle(self, channel: str, entry: OutboxEntry, result: PublishResult) -> None:
        if result.again_at is None:
            self._outbox.remove_entry(channel, entry)
        else:
            notified = entry.notified or result.notified
            updated = msgspec.structs.replace(entry, notified=notified)
            self._outbox.postpone(channel, updated, result.again_at)

    def _end(self, channel: str, claimed: ChannelLease, report: DispatchReport, started: EpochMillis) -> None:
        """Renews the lease while an entry is due or was added since the claim; else releases it."""
        now = self._now()

        def attempt() -> int | None:
            """Returns the milliseconds until the next wake-up, or None if none has to be sent."""
            lease, version = self._outbox.lease(channel)
            entries = self._outbox.entries(channel)
            failures = lease.failures + 1 if isinstance(report.error, Unavailable) else 0
            at = (
                max(started + CALL_INTERVAL_MS, now)
                if report.error is None
                else now + _pause(report.error, failures)
            )
            current = msgspec.structs.replace(lease, failures=failures)
            due = min((one.due for one in entries), default=None)
            if (due is not None and due <= at) or lease.entries != claimed.entries:
                after, alarm, wakes = extend(current, at), at, True
            else:
                alarm = at if due is None else max(at, min(due, now + MAX_WAKE_DELAY_MS))
                after, wakes = release(current, at, None if due is None else alarm)
            self._outbox.save_lease(channel, after, version)
            return alarm - now if wakes else None

        delay = retry_on_conflict(attempt, at_once, what=f"lease of channel {channel}")
        if delay is not None:
            self._wake(channel, delay)

    def _change(
        self, channel: str, transition: Callable[[ChannelLease], tuple[ChannelLease, LeaseResult]]
    ) -> tuple[ChannelLease, LeaseResult]:
        """Applies a transition to the stored lease, and retries it on a conflict."""

        def attempt() -> tuple[ChannelLease, LeaseResult]:
            before, version = self._outbox.lease(channel)
            after, result = transition(before)
            if result is LeaseResult.MINE:
                self._outbox.save_lease(channel, after, version)
            return after, result

        return retry_on_conflict(attempt, self._pause, what=f"lease of channel {channel}")


def _pause(error: CloudOpsError, failures: int) -> int:
    """Returns the milliseconds to wait after an error."""
    match error:
        case Throttled():
            return max(int(error.retry_after * SECOND), CALL_INTERVAL_MS)
        case Refused():
            return REFUSED_RETRY_MS
        case Unavailable():
            return pause_after(failures)
        case _:
            return CALL_INTERVAL_MS
