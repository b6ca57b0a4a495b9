"""What people ask for in Slack: a receiver that answers at once, a queue, and a function that does it."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from cloudops.adapters.aws.messaging import Queue
from infra.lambda_function import AppFunction
from infra.options import Options
from infra.queues import dead_letter_queue, work_queue
from infra.secrets import Secrets
from infra.table import Database

TIMEOUT = Duration.seconds(40)
"""A plan may take 19 s to make, and each of a few calls of Slack 5."""
VISIBILITY = Duration.seconds(60)
TRIES = 3
TOO_OLD = Duration.minutes(5)
"""An older request is dropped: its effect would come as a surprise. A signature is stored for this time and
the time for which the receiver accepts it, so that a replay is detected."""
MAX_CONCURRENCY = 10
"""People who are served at once."""


class ChatOps(Construct):
    """`receiver` is the function that Slack's requests reach first."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: lambda_.Code,
        options: Options,
        receiver: AppFunction,
        dashboard: str,
        database: Database,
        secrets: Secrets,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = dead_letter_queue(self)
        self.queue = work_queue(
            self,
            "Requests",
            visibility=VISIBILITY,
            dead_letters=self.dead_letters,
            tries=TRIES,
            retention=TOO_OLD,
        )
        self.worker = AppFunction(
            self,
            "slack_worker",
            code=code,
            timeout=TIMEOUT,
            memory=1024,
            environment={"SLACK_API_URL": options.slack_api_url, "DASHBOARD_URL": dashboard},
        )
        self.worker.add_event_source(
            sources.SqsEventSource(self.queue, batch_size=1, max_concurrency=MAX_CONCURRENCY)
        )

        database.grant_use_with_audit(self.worker)
        for function in (receiver, self.worker):
            secrets.grant_read_slack_secret(function)
        self._grant_enqueue(receiver)

    def _grant_enqueue(self, function: AppFunction) -> None:
        function.add_environment("SLACK_REQUEST_QUEUE", self.queue.queue_url)
        function.add_to_role_policy(
            iam.PolicyStatement(actions=list(Queue.permissions), resources=[self.queue.queue_arn])
        )
