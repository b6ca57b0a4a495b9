"""Where alerts come from besides HTTP: event buses and an SNS topic, each wired to the queue."""

from collections.abc import Sequence

from aws_cdk import Aws, Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from cloudops.adapters.aws.messaging import EventBus
from cloudops.adapters.payloads.change_events import API_CALL, CHANGE_EVENTS, LAMBDA_CALLS
from infra.ingest import Ingest
from infra.lambda_function import AppFunction

CLOUDWATCH = "aws.cloudwatch"
ALARM_EVENTS = ("CloudWatch Alarm State Change", "CloudWatch Alarm Contributor State Change")


class CloudWatchTopic(sns.Topic):
    """Refuses plain HTTP, and takes from CloudWatch of this account and of those named.

    The allowance is explicit, because a topic with a policy of its own loses the one that it is born with.
    Without a key of ours: CloudWatch may not use the free AWS-managed one, ours costs a dollar a month,
    and SNS keeps a message only until it is delivered.
    """

    def __init__(self, scope: Construct, construct_id: str, *, accounts: Sequence[str] = ()) -> None:
        super().__init__(scope, construct_id, enforce_ssl=True)
        self.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[self.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": [Aws.ACCOUNT_ID, *accounts]}},
            )
        )


class AlarmEvents(Construct):
    """State changes of the account's own CloudWatch alarms, from the default bus.

    EventBridge refuses a `PutEvents` call whose source starts with "aws.", so an event from
    "aws.cloudwatch" was sent by CloudWatch. Without the source in the pattern, any principal with
    `events:PutEvents` could forge an alarm that starts automation.
    """

    def __init__(self, scope: Construct, construct_id: str, *, ingest: Ingest) -> None:
        super().__init__(scope, construct_id)
        pattern = events.EventPattern(source=[CLOUDWATCH], detail_type=list(ALARM_EVENTS))
        events.Rule(self, "Rule", event_pattern=pattern, targets=[_to_queue(ingest)])


class ChangeEvents(Construct):
    """Changes that AWS reports on the default bus: deployments, stacks, alarms, and calls that change a
    Lambda function, which CloudTrail reports if a trail of management events is on.

    Each pattern names the service that sends the event: a forged deployment would move the probable cause and
    the confidence of a rollback.
    """

    def __init__(self, scope: Construct, construct_id: str, *, ingest: Ingest) -> None:
        super().__init__(scope, construct_id)
        states = {kind: source for kind, source in CHANGE_EVENTS.items() if kind != API_CALL}
        pattern = events.EventPattern(source=sorted(set(states.values())), detail_type=list(states))
        events.Rule(self, "Rule", event_pattern=pattern, targets=[_to_queue(ingest)])
        calls = events.EventPattern(
            source=[CHANGE_EVENTS[API_CALL]],
            detail_type=[API_CALL],
            detail={
                "eventSource": ["lambda.amazonaws.com"],
                "eventName": [{"prefix": name} for name in LAMBDA_CALLS],
            },
        )
        events.Rule(self, "LambdaRule", event_pattern=calls, targets=[_to_queue(ingest)])


class AlarmTopic(Construct):
    """An SNS topic for alarms that reach us that way, from this account or those named."""

    def __init__(
        self, scope: Construct, construct_id: str, *, ingest: Ingest, accounts: Sequence[str]
    ) -> None:
        super().__init__(scope, construct_id)
        self.topic = CloudWatchTopic(self, "Topic", accounts=accounts)
        self.topic.add_subscription(
            subscriptions.SqsSubscription(ingest.queue, dead_letter_queue=ingest.dead_letters)
        )


class AlertBus(Construct):
    """Our own bus, all of whose events go to the queue: a webhook's body is safe here before its sender
    gets an answer, and other accounts may forward their alarm events to it."""

    def __init__(
        self, scope: Construct, construct_id: str, *, ingest: Ingest, accounts: Sequence[str]
    ) -> None:
        super().__init__(scope, construct_id)
        self.bus = events.EventBus(self, "Bus")
        for account in accounts:
            self.bus.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=f"Account{account}",
                    actions=["events:PutEvents"],
                    principals=[iam.AccountPrincipal(account)],
                    resources=[self.bus.event_bus_arn],
                )
            )
        pattern = events.EventPattern(source=events.Match.prefix(""))
        events.Rule(self, "Rule", event_bus=self.bus, event_pattern=pattern, targets=[_to_queue(ingest)])

    def grant_put(self, function: AppFunction) -> None:
        function.add_environment("EVENT_BUS", self.bus.event_bus_name)
        function.add_to_role_policy(
            iam.PolicyStatement(actions=list(EventBus.permissions), resources=[self.bus.event_bus_arn])
        )


class DatadogBus(Construct):
    """Datadog's partner event source, associated with a bus of its name."""

    def __init__(self, scope: Construct, construct_id: str, *, ingest: Ingest, event_source: str) -> None:
        super().__init__(scope, construct_id)
        bus = events.EventBus(self, "Bus", event_source_name=event_source)
        pattern = events.EventPattern(source=[event_source])
        events.Rule(self, "Rule", event_bus=bus, event_pattern=pattern, targets=[_to_queue(ingest)])


def _to_queue(ingest: Ingest) -> targets.SqsQueue:
    """EventBridge tries for a day; what it still could not deliver is kept with the dead letters."""
    return targets.SqsQueue(
        ingest.queue,
        dead_letter_queue=ingest.dead_letters,
        retry_attempts=185,
        max_event_age=Duration.hours(24),
    )
