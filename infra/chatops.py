"""What people ask for in Slack: a door that answers at once, a queue, and a function that does it."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cloudops.adapters.aws.messaging import Queue
from infra.lambda_function import AppFunction
from infra.options import Options
from infra.secrets import Credentials
from infra.table import Store

TIMEOUT = Duration.seconds(40)
"""A plan may take 15 s to make, and each of a few calls of Slack 5."""
VISIBILITY = Duration.seconds(60)
TRIES = 3
TOO_OLD = Duration.minutes(5)
"""Nobody wants done what they asked for longer ago; and a request is remembered, so that a replay is known,
for as long as it may pass for fresh at the door and then wait here."""
MAX_CONCURRENCY = 10
"""People who are served at once."""


class SlackDesk(Construct):
    """`door` is the function that Slack's requests reach first."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: lambda_.Code,
        options: Options,
        door: AppFunction,
        dashboard: str,
        store: Store,
        credentials: Credentials,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            retention_period=Duration.days(14),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        self.queue = sqs.Queue(
            self,
            "Requests",
            visibility_timeout=VISIBILITY,
            retention_period=TOO_OLD,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=TRIES),
        )
        self.operate = AppFunction(
            self,
            "operate",
            module="slack_worker",
            code=code,
            timeout=TIMEOUT,
            memory=1024,
            environment={"SLACK_API_URL": options.slack_api_url, "DASHBOARD_URL": dashboard},
        )
        self.operate.add_event_source(
            sources.SqsEventSource(self.queue, batch_size=1, max_concurrency=MAX_CONCURRENCY)
        )

        store.grant_use_and_record(self.operate)
        for function in (door, self.operate):
            credentials.grant_speak_to_slack(function)
        self._grant_ask(door)

    def _grant_ask(self, function: AppFunction) -> None:
        function.add_environment("SLACK_QUEUE", self.queue.queue_url)
        function.add_to_role_policy(
            iam.PolicyStatement(actions=list(Queue.permissions), resources=[self.queue.queue_arn])
        )
