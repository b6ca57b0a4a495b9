"""The queue that every alert waits in, and the function that takes batches from it."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from cloudops.adapters.aws.message_visibility import SqsMessageVisibility
from infra.lambda_function import AppFunction
from infra.queues import dead_letter_queue, work_queue

FUNCTION_TIMEOUT = Duration.seconds(60)
VISIBILITY = Duration.seconds(6 * 60)
"""Six times the function's, as AWS advises: a throttled batch must not come back while it still waits. A
message that lost a race for its scope is returned within seconds instead (docs/decisions/0019)."""

BATCH_SIZE = 1000
BATCH_WINDOW = Duration.seconds(2)
"""What a storm waits to become one write a scope instead of hundreds; a lone alert waits as long."""

MAX_CONCURRENCY = 2
"""The least that SQS allows. Batches of one scope that run at once only make each other retry: two, four and
ten functions commit equally often (docs/decisions/0019)."""

TRIES = 5


class Ingest(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, code: lambda_.Code) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = dead_letter_queue(self)
        self.queue = work_queue(
            self, "Queue", visibility=VISIBILITY, dead_letters=self.dead_letters, tries=TRIES
        )
        self.function = AppFunction(self, "ingest", code=code, timeout=FUNCTION_TIMEOUT, memory=1024)
        self.function.add_environment("ALERT_QUEUE", self.queue.queue_url)
        self.function.add_to_role_policy(
            iam.PolicyStatement(
                actions=list(SqsMessageVisibility.permissions), resources=[self.queue.queue_arn]
            )
        )
        self.function.add_event_source(
            sources.SqsEventSource(
                self.queue,
                batch_size=BATCH_SIZE,
                max_batching_window=BATCH_WINDOW,
                max_concurrency=MAX_CONCURRENCY,
                report_batch_item_failures=True,
            )
        )
