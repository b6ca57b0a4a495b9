"""Lambda behind the table's stream: marks what people are to be told, where there is Slack to tell them."""

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

Health = Callable[[CloudOpsError | None, EpochMillis], bool]


def respond(event: Event, hear: HandleStream, tell: Health, at: EpochMillis) -> None:
    """Raises where the outbox does not take it: the stream brings the batch again until it does."""
    heard = hear.handle(event["Records"], at)
    if heard.disconnected and tell(heard.disconnected, at):
        logger.warning("no notification while Slack is not connected", reason=heard.disconnected.message)
    for one in heard.unread:
        logger.error("stream record not read", pk=one.pk, sk=one.sk, exc_info=one.error)
    count_unread(len(heard.unread))


def count_unread(changes: int) -> None:
    metrics.add_metric(name="StreamRecordsUnreadable", unit=MetricUnit.Count, value=changes)
    metrics.flush_metrics()


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> None:
    """`context` is Lambda's (Any: Powertools' decorator reads it, we do not)."""
    respond(event, stream_handler(), destination_health().record, now())
