"""Lambda behind the queue of wake-ups: tells a channel one piece of its news, and says how that went."""

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from cloudops.api.http_event import Event
from cloudops.bootstrap.clock import now
from cloudops.bootstrap.dispatch_notifications import dispatcher
from cloudops.bootstrap.outbox import destination_health
from cloudops.core.errors import CloudOpsError, Throttled
from cloudops.core.time import EpochMillis
from cloudops.notifications.dispatcher import DispatchNotifications, Report
from cloudops.observability import logger, metrics

Health = Callable[[CloudOpsError | None, EpochMillis], bool]


def respond(event: Event, tell: DispatchNotifications, say: Health, at: EpochMillis) -> None:
    """A refusal is no failure of the function: the flow itself comes back to it, so nothing is raised."""
    for record in event["Records"]:
        channel = str(json.loads(record["body"])["channel"])
        report = tell.dispatch(channel)
        if report.error:
            code, reason = report.error.code, report.error.message
            logger.error("notification not sent", channel=channel, code=code, reason=reason)
        if report.calls and not isinstance(report.error, Throttled):
            say(report.error, at)
        count_report(report)


def count_report(report: Report) -> None:
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
    """`context` is Lambda's (Any: Powertools' decorator reads it, we do not)."""
    respond(event, dispatcher(), destination_health().record, now())
