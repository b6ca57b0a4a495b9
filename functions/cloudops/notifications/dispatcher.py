"""Tells one channel its news, one call a turn: the gravest unknown first, then what waits longest."""

from collections.abc import Callable
from typing import Final

import msgspec

from cloudops.core.errors import BadInput, CloudOpsError, Refused, Throttled, Unavailable
from cloudops.core.retry import Pause, at_once, retry_on_conflict
from cloudops.core.time import SECOND, EpochMillis
from cloudops.notifications.outbox import Outbox, OutboxEntry, WakeDispatcher, next_mark
from cloudops.notifications.pacing import (
    GAP,
    LONGEST_REFUSAL,
    LONGEST_REST,
    ChannelLease,
    LeaseResult,
    claim,
    extend,
    pause_after,
    release,
)
from cloudops.notifications.publisher import PublishIncident, PublishResult

MOST_QUIET: Final = 50
"""Marks that one turn looks at for which no call turns out to be needed."""


class Report(msgspec.Struct, frozen=True):
    """What one turn came to: `error` is what the messenger said, where it did not take it."""

    turn: LeaseResult
    calls: int = 0
    error: CloudOpsError | None = None
    waited: int = 0
    """Milliseconds that what was told had waited."""


class DispatchNotifications:
    def __init__(
        self,
        *,
        outbox: Outbox,
        announcer: PublishIncident,
        wake: WakeDispatcher,
        pause: Pause,
        now: Callable[[], EpochMillis],
    ) -> None:
        self._outbox = outbox
        self._announcer = announcer
        self._wake = wake
        self._pause = pause
        self._now = now

    def dispatch(self, channel: str) -> Report:
        """Whoever is woken too early comes again; whoever finds another at work leaves it to them."""
        now = self._now()
        claimed, turn = self._change(channel, lambda pace: claim(pace, now))
        if turn is LeaseResult.EARLY:
            self._wake(channel, claimed.next_at - now)
        if turn is not LeaseResult.MINE:
            return Report(turn)
        report = self._told(channel, now)
        self._end(channel, claimed, report, now)
        return report

    def _told(self, channel: str, now: EpochMillis) -> Report:
        """At most one call is made; what needs none is cleared on the way."""
        for _ in range(MOST_QUIET):
            mark = next_mark(self._outbox.marks(channel), now)
            if mark is None:
                return Report(LeaseResult.MINE)
            try:
                done = self._announcer.publish(channel, mark, self._now())
            except BadInput as error:
                self._outbox.unmark(channel, mark)
                return Report(LeaseResult.MINE, 1, error)
            except Unavailable as error:
                self._after_failure(channel, mark, error)
                return Report(LeaseResult.MINE, 1, error)
            self._settle(channel, mark, done)
            if done.called:
                return Report(LeaseResult.MINE, 1, waited=now - mark.since)
        return Report(LeaseResult.MINE)

    def _after_failure(self, channel: str, mark: OutboxEntry, error: Unavailable) -> None:
        """What may have been sent all the same is looked for once it would be there to be found."""
        if due := self._announcer.settles_at(mark, error):
            self._outbox.postpone(channel, mark, due)

    def _settle(self, channel: str, mark: OutboxEntry, done: PublishResult) -> None:
        if done.again_at is None:
            self._outbox.unmark(channel, mark)
        else:
            announced = mark.announced or done.announced
            seen = msgspec.structs.replace(mark, announced=announced)
            self._outbox.postpone(channel, seen, done.again_at)

    def _end(self, channel: str, claimed: ChannelLease, report: Report, started: EpochMillis) -> None:
        """On while there is something due; else to rest, if nobody marked anything meanwhile."""
        now = self._now()

        def attempt() -> int | None:
            """Milliseconds after which the channel is woken, if it is."""
            pace, version = self._outbox.pace(channel)
            marks = self._outbox.marks(channel)
            failures = pace.failures + 1 if isinstance(report.error, Unavailable) else 0
            at = max(started + GAP, now) if report.error is None else now + _pause(report.error, failures)
            held = msgspec.structs.replace(pace, failures=failures)
            due = min((one.due for one in marks), default=None)
            if (due is not None and due <= at) or pace.marks != claimed.marks:
                after, alarm, wakes = extend(held, at), at, True
            else:
                alarm = at if due is None else max(at, min(due, now + LONGEST_REST))
                after, wakes = release(held, at, None if due is None else alarm)
            self._outbox.keep_pace(channel, after, version)
            return alarm - now if wakes else None

        delay = retry_on_conflict(attempt, at_once, what=f"pace of channel {channel}")
        if delay is not None:
            self._wake(channel, delay)

    def _change(
        self, channel: str, move: Callable[[ChannelLease], tuple[ChannelLease, LeaseResult]]
    ) -> tuple[ChannelLease, LeaseResult]:
        def attempt() -> tuple[ChannelLease, LeaseResult]:
            before, version = self._outbox.pace(channel)
            after, turn = move(before)
            if turn is LeaseResult.MINE:
                self._outbox.keep_pace(channel, after, version)
            return after, turn

        return retry_on_conflict(attempt, self._pause, what=f"pace of channel {channel}")


def _pause(error: CloudOpsError, failures: int) -> int:
    match error:
        case Throttled():
            return max(int(error.retry_after * SECOND), GAP)
        case Refused():
            return LONGEST_REFUSAL
        case Unavailable():
            return pause_after(failures)
        case _:
            return GAP
