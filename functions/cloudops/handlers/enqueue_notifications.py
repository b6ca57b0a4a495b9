"""Lambda function behind the table's stream: writes incident updates to the outbox if Slack is connected."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from cloudops.api.http_event import Event
from cloudops.bootstrap.clock import now
from cloudops.bootstrap.enqueue_notifications import stream_handler
from cloudops.bootstrap.outbox import destination_health
from cloudops.core.errors import CloudOpsError
from cloudops.core.time import EpochMillis
from cloudops.notifications.enqueue import HandleStream
from cloudops.observability import logger, metrics

RecordHealth = Callable[[CloudOpsError | None, EpochMillis], bool]


def respond(event: Event, updates: HandleStream, record_health: RecordHealth, at: EpochMillis) -> None:
    """Enqueues the batch, and logs and counts the records that could not be parsed.

    Raises what the outbox raises: the stream then delivers the batch again.
    """
    result = updates.handle(event["Records"], at)
    if result.disconnected and record_health(result.disconnected, at):
        logger.warning("notifications skipped: Slack was not connected", reason=result.disconnected.message)
    for one in result.unreadable:
        logger.error("stream record not read", pk=one.pk, sk=one.sk, exc_info=one.error)
    count_unread(len(result.unreadable))


def count_unread(records: int) -> None:
    """Writes the number of stream records that could not be parsed; the alarm watches it."""
    metrics.add_metric(name="StreamRecordsUnreadable", unit=MetricUnit.Count, value=records)
    metrics.flush_metrics()


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> None:
    """Handles one batch of stream records. `context` is Lambda's (Any: only Powertools reads it)."""
    respond(event, stream_handler(), destination_health().record, now())
