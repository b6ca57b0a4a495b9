"""Lambda behind the alert queue: takes a batch of messages in and hands back those that must come again."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from cloudops.domain.decision import DecisionKind
from cloudops.flows.ingest import Ingest, Received, Report
from cloudops.handlers.requests import Event
from cloudops.observability import logger, metrics
from cloudops.wiring.ingest import ingest


def respond(event: Event, take: Ingest) -> dict[str, list[dict[str, str]]]:
    """The partial batch response: SQS deletes every message that is not in it."""
    report = take([_received(record) for record in event["Records"]])
    for outcome in report.failed:
        logger.error("message failed", message_id=outcome.ref, exc_info=outcome.errors[0])
    _count(report)
    return {"batchItemFailures": [{"itemIdentifier": outcome.ref} for outcome in report.failed]}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: Event, context: Any) -> dict[str, list[dict[str, str]]]:
    """`context` is Lambda's (Any: Powertools' decorators read it, we do not)."""
    return respond(event, ingest())


def _received(record: Event) -> Received:
    """Received when the queue got it, so that a redelivery says the same."""
    return Received(record["messageId"], record["body"], int(record["attributes"]["SentTimestamp"]))


def _count(report: Report) -> None:
    counts = {
        "AlertsIngested": report.alerts,
        "AlertsDuplicate": report.count(DecisionKind.DUPLICATE),
        "IncidentsOpened": report.count(DecisionKind.OPENED),
        "PayloadsQuarantined": report.quarantined,
        "MessagesFailed": len(report.failed),
        "CommitConflicts": report.conflicts,
    }
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
