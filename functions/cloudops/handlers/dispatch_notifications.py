"""Lambda function behind the queue of wake-ups: sends the next notification of a channel and records the
result."""

import json
from collections.abc import Callable, Collection
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from cloudops.api.http_event import Event
from cloudops.bootstrap.clock import now
from cloudops.bootstrap.dispatch_notifications import dispatcher as build_dispatcher
from cloudops.bootstrap.outbox import destination_health, routing
from cloudops.core.errors import CloudOpsError, Throttled
from cloudops.core.time import EpochMillis
from cloudops.notifications.dispatcher import DispatchNotifications, DispatchReport
from cloudops.observability import logger, metrics

RecordHealth = Callable[[CloudOpsError | None, EpochMillis], bool]


def respond(
    event: Event, dispatcher: DispatchNotifications, record_health: RecordHealth, at: EpochMillis
) -> None:
    """Dispatches each channel of the batch, logs errors, and records the health of Slack and the metrics.

    Nothing is raised when Slack rejects a call: the dispatcher schedules the next attempt itself. Throttling
    says nothing about the health of the connection, so it is not recorded.
    """
    for record in event["Records"]:
        channel = str(json.loads(record["body"])["channel"])
        report = dispatcher.dispatch(channel)
        if report.error:
            code, reason = report.error.code, report.error.message
            logger.error("notification not sent", channel=channel, code=code, reason=reason)
        if report.calls and not isinstance(report.error, Throttled):
            record_health(report.error, at)
        count_report(report)


def sweep(dispatcher: DispatchNotifications, channels: Collection[str]) -> None:
    """Wakes the channels whose wake-up was lost, logs and counts them."""
    woken = dispatcher.wake_forgotten(channels)
    if woken:
        logger.error("wake-ups of channels were lost", channels=woken)
    count_forgotten(woken)


def count_forgotten(woken: Collection[str]) -> None:
    """Writes the metric of one sweep."""
    metrics.add_metric(name="ChannelsForgotten", unit=MetricUnit.Count, value=len(woken))
    metrics.flush_metrics()


def count_report(report: DispatchReport) -> None:
    """Writes the metrics of one dispatch; `SlackDelay` is the time in the outbox, in milliseconds."""
    throttled = isinstance(report.error, Throttled)
    counts = {
        "SlackCalls": report.calls,
        "SlackDeliveriesFailed": int(report.error is not None and not throttled),
        "SlackThrottled": int(throttled),
    }
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.add_metric(name="SlackDelay", unit=MetricUnit.Milliseconds, value=report.waited)
    metrics.flush_metrics()


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> None:
    """Handles one batch of wake-ups, or a sweep: `{"sweep": true}`, which a schedule sends. `context` is
    Lambda's (Any: only Powertools reads it)."""
    if event.get("sweep"):
        sweep(build_dispatcher(), routing().channels)
        return
    respond(event, build_dispatcher(), destination_health().record, now())
