"""Lambda function behind the alert queue: ingests a batch and returns the messages to deliver again."""

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
"""Reserved for the last attempt and the steps after it; of the 60 s of the function, 40 s are for
attempts."""
RETURN_SECONDS: Final = 5.0
"""Reserved for the return of messages: a request to SQS takes 3 s at most and is tried twice."""


def respond(
    event: Event, ingest: Ingest, redelivery: EarlyRedelivery, remaining: TimeLeft
) -> dict[str, list[dict[str, str]]]:
    """Returns the partial batch response; SQS deletes every message that it does not name.

    Args:
        event: Lambda's event with the records of the queue.
        ingest: The use case.
        redelivery: Returns messages that lost a race for their scope to the queue within seconds.
        remaining: Seconds until Lambda ends the function.
    """
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
    """Handles one batch of messages. `context` is Lambda's (Any: Powertools' decorator types it so)."""
    return respond(event, ingest(), early_redelivery(), lambda: context.get_remaining_time_in_millis() / 1000)


def _received(record: Event) -> Received:
    """Returns the message with the time at which the queue received it, which a redelivery does not
    change."""
    return Received(record["messageId"], record["body"], int(record["attributes"]["SentTimestamp"]))


def _delivery(record: Event) -> Delivery:
    return Delivery(record["receiptHandle"], int(record["attributes"]["ApproximateReceiveCount"]))
