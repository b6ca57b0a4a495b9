"""Bounds the times of an alert by the time of its receipt: a sender's clock is never the system's clock."""

from typing import Final

from msgspec.structs import replace

from cloudops.alerts.alert import Alert
from cloudops.core.time import MINUTE

MAX_CLOCK_LEAD: Final = 2 * MINUTE
"""How far a sender's clock may be ahead of ours. Hosts that synchronize their clocks differ by less than a
second, and sources round to a minute at most. Within this lead the sender's order of events is kept."""


def bound_times(alert: Alert) -> Alert:
    """Returns the alert with no time further ahead than `MAX_CLOCK_LEAD` after its receipt.

    A clock that is further ahead says nothing about when the alert happened, so it happened when it was
    received. What the source reported stays in `reported_at`, and a start that lay ahead still identifies the
    firing, as its `episode`.
    """
    latest = alert.received_at + MAX_CLOCK_LEAD
    started_at = alert.started_at
    if alert.occurred_at <= latest and (started_at is None or started_at <= latest):
        return alert
    occurred_at = alert.occurred_at if alert.occurred_at <= latest else alert.received_at
    episode = alert.episode
    if started_at is not None and started_at > latest:
        episode = episode or f"started {started_at}"
        started_at = occurred_at
    return replace(
        alert,
        occurred_at=occurred_at,
        started_at=started_at,
        episode=episode,
        reported_at=alert.occurred_at,
    )
