"""Lambda behind the alert queue: takes a batch of messages in and hands back those that must come again."""

from typing import Any

from cloudops.api.http_event import Event
from cloudops.bootstrap.ingest import ingest
from cloudops.ingestion.ingest import Ingest, Received
from cloudops.observability import logger
from cloudops.observability.business_metrics import count


def respond(event: Event, take: Ingest) -> dict[str, list[dict[str, str]]]:
    """The partial batch response: SQS deletes every message that is not in it."""
    report = take([_received(record) for record in event["Records"]])
    for outcome in report.failed:
        logger.error("message failed", message_id=outcome.ref, exc_info=outcome.errors[0])
    count(report)
    return {"batchItemFailures": [{"itemIdentifier": outcome.ref} for outcome in report.failed]}


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> dict[str, list[dict[str, str]]]:
    """`context` is Lambda's (Any: Powertools' decorator reads it, we do not)."""
    return respond(event, ingest())


def _received(record: Event) -> Received:
    """Received when the queue got it, so that a redelivery says the same."""
    return Received(record["messageId"], record["body"], int(record["attributes"]["SentTimestamp"]))
