"""Queues with the defaults that ours share: encryption by SQS, TLS only, a dead-letter queue."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

RETENTION = Duration.days(4)
DEAD_LETTER_RETENTION = Duration.days(14)
"""The longest that SQS allows: a person decides what to do with a dead letter."""


def dead_letter_queue(scope: Construct) -> sqs.Queue:
    """Returns the queue of messages that a function failed on too often."""
    return _queue(scope, "DeadLetters", retention_period=DEAD_LETTER_RETENTION)


def work_queue(
    scope: Construct,
    name: str,
    *,
    visibility: Duration,
    dead_letters: sqs.Queue,
    tries: int,
    retention: Duration = RETENTION,
) -> sqs.Queue:
    """Returns a queue that a function consumes.

    Args:
        scope: The parent construct.
        name: The construct id.
        visibility: How long a received message is hidden from others.
        dead_letters: Where a message goes after `tries` receives.
        tries: Receives of one message at most.
        retention: How long a message is kept.
    """
    return _queue(
        scope,
        name,
        visibility_timeout=visibility,
        retention_period=retention,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=tries),
    )


def _queue(
    scope: Construct,
    name: str,
    *,
    retention_period: Duration,
    visibility_timeout: Duration | None = None,
    dead_letter_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    return sqs.Queue(
        scope,
        name,
        retention_period=retention_period,
        visibility_timeout=visibility_timeout,
        dead_letter_queue=dead_letter_queue,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
    )
