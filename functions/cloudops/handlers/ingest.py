"""Lambda behind the alert queue: takes a batch of messages in and hands back those that must come again."""

from typing import Any, Final

from cloudops.api.http_event import Event
from cloudops.bootstrap.ingest import early_redelivery, ingest
from cloudops.core.retry import TimeLeft
from cloudops.ingestion.ingest import Ingest
from cloudops.ingestion.reading import Received
from cloudops.ingestion.redelivery import Delivery, EarlyRedelivery
from cloudops.observability import logger
from cloudops.observability.business_metrics import count

RESERVE_SECONDS: Final = 20.0
"""Kept for the last attempt and for what follows it; of the 60 s of the function, 40 s are for attempts."""
RETURN_SECONDS: Final = 5.0
"""Kept for the answer once messages are returned: a request to SQS takes 3 s at most and is tried twice."""


def respond(
    event: Event, ingest: Ingest, redelivery: EarlyRedelivery, remaining: TimeLeft
) -> dict[str, list[dict[str, str]]]:
    """The partial batch response: SQS deletes every message that is not in it. `remaining` is what the
    function has left."""
    records = event["Records"]
    report = ingest.process([_received(one) for one in records], lambda: remaining() - RESERVE_SECONDS)
    lost_race = {outcome.ref for outcome in report.failed if outcome.lost_race}
    for outcome in report.failed:
        if not outcome.lost_race:
            logger.error("message failed", message_id=outcome.ref, exc_info=outcome.errors[0])
    deliveries = [_delivery(one) for one in records if one["messageId"] in lost_race]
    early = redelivery.schedule(deliveries, lambda: remaining() - RETURN_SECONDS)
    if deliveries:
        reason = early.error.message if early.error else ""
        logger.warning("messages lost races", messages=len(deliveries), early=early.count, reason=reason)
    count(report, returned_early=early.count)
    return {"batchItemFailures": [{"itemIdentifier": outcome.ref} for outcome in report.failed]}


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> dict[str, list[dict[str, str]]]:
    """`context` is Lambda's (Any: Powertools' decorator types it so)."""
    return respond(event, ingest(), early_redelivery(), lambda: context.get_remaining_time_in_millis() / 1000)


def _received(record: Event) -> Received:
    """Received when the queue got it, so that a redelivery says the same."""
    return Received(record["messageId"], record["body"], int(record["attributes"]["SentTimestamp"]))


def _delivery(record: Event) -> Delivery:
    return Delivery(record["receiptHandle"], int(record["attributes"]["ApproximateReceiveCount"]))
