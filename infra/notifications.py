"""From the table's stream to Slack: one function writes outbox entries, another sends them."""

from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from cloudops.adapters.aws.messaging import Queue
from cloudops.adapters.dynamodb import table as shape
from infra.lambda_function import AppFunction
from infra.nag_suppressions import acknowledge
from infra.options import Options
from infra.queues import dead_letter_queue, work_queue
from infra.schedules import Schedules
from infra.secrets import Secrets
from infra.table import Database

DISPATCH_TIMEOUT = Duration.seconds(20)
"""Below the channel lease (notifications/pacing.py): when it ends, a worker that died is known to be dead."""
VISIBILITY = Duration.seconds(120)
TRIES = 5
SWEEP = "rate(1 minute)"
"""A lost wake-up would silence a channel until its next incident changes; the sweep finds it within
minutes."""
MAX_CONCURRENCY = 10
"""Channels that are served at once; each accepts one call a second."""


class Notifications(Construct):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: lambda_.Code,
        options: Options,
        dashboard: str,
        database: Database,
        secrets: Secrets,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = dead_letter_queue(self)
        self.queue = work_queue(
            self, "WakeUps", visibility=VISIBILITY, dead_letters=self.dead_letters, tries=TRIES
        )
        self.enqueue = AppFunction(self, "enqueue_notifications", code=code, timeout=Duration.seconds(60))
        self.dispatch = AppFunction(
            self,
            "dispatch_notifications",
            code=code,
            timeout=DISPATCH_TIMEOUT,
            recursive_loop=lambda_.RecursiveLoop.ALLOW,
            environment={
                "SLACK_API_URL": options.slack_api_url,
                "DASHBOARD_URL": dashboard,
            },
        )
        for function in (self.enqueue, self.dispatch):
            database.grant_use(function)
            secrets.grant_read_slack_secret(function)
            self.grant_wake(function)
        self._consume_stream(database)
        self.dispatch.add_event_source(
            sources.SqsEventSource(self.queue, batch_size=1, max_concurrency=MAX_CONCURRENCY)
        )

        Schedules(self).add("SweepSchedule", self.dispatch, SWEEP, {"sweep": True})

    def grant_wake(self, function: AppFunction) -> None:
        function.add_environment("NOTIFICATION_QUEUE", self.queue.queue_url)
        function.add_to_role_policy(
            iam.PolicyStatement(actions=list(Queue.permissions), resources=[self.queue.queue_arn])
        )

    def _consume_stream(self, database: Database) -> None:
        """A batch that fails comes again for as long as the stream keeps it, a day, and holds up what
        follows: its function does nothing but write to the table and to the queue."""
        changed = lambda_.FilterRule.or_("INSERT", "MODIFY")
        of_incidents = lambda_.FilterRule.begins_with(shape.INCIDENT)
        self.enqueue.add_event_source(
            sources.DynamoEventSource(
                database.table,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=200,
                max_batching_window=Duration.seconds(1),
                bisect_batch_on_error=True,
                filters=[
                    lambda_.FilterCriteria.filter(
                        {
                            "eventName": changed,
                            "dynamodb": {"Keys": {shape.PARTITION_KEY: {"S": of_incidents}}},
                        }
                    )
                ],
            )
        )
        acknowledge(
            cast(Construct, self.enqueue.role),
            "AwsSolutions-IAM5[Resource::*]",
            "Lambda finds the stream by dynamodb:ListStreams, which knows no resource.",
        )
