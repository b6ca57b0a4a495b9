"""Alarms about failures of CloudOps itself; each alarm is a heading of docs/runbook.md."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from cloudops.observability import SERVICE
from infra.api import Api
from infra.chatops import ChatOps
from infra.ingest import Ingest
from infra.learning import Learning
from infra.notifications import Notifications
from infra.remediation import Remediation
from infra.source_sync import SourceSync
from infra.sources import CloudWatchTopic

LONGEST_WAIT = Duration.minutes(5)
"""An alert that waits longer has lost most of its worth for the person on call."""
UNANSWERED = Duration.minutes(2)
"""After five a request from Slack is dropped (infra/chatops.py)."""


class OperationalAlarms(Construct):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        ingest: Ingest,
        api: Api,
        learning: Learning,
        remediation: Remediation,
        source_sync: SourceSync,
        notifications: Notifications,
        chatops: ChatOps,
        email: str,
    ) -> None:
        super().__init__(scope, construct_id)
        minute = Duration.minutes(1)
        self._alarms = [
            self._above(
                "alerts in the dead-letter queue",
                ingest.dead_letters.metric_approximate_number_of_messages_visible(
                    period=minute, statistic="Maximum"
                ),
            ),
            self._above(
                "the alert queue is delayed",
                ingest.queue.metric_approximate_age_of_oldest_message(period=minute, statistic="Maximum"),
                threshold=LONGEST_WAIT.to_seconds(),
            ),
            self._above("the ingest function fails", ingest.function.metric_errors(period=minute), periods=3),
            # A message that is handed back is no error to Lambda.
            self._above("alerts cannot be stored", self._counted("MessagesFailed", minute), periods=3),
            self._above(
                "webhook requests fail",
                api.webhook_failures.metric(period=minute, statistic="Sum"),
            ),
            self._above("payloads in quarantine", self._counted("PayloadsQuarantined", Duration.minutes(5))),
            self._above(
                "the API answers with server errors",
                api.stage.metric_server_error(period=minute),
                periods=3,
            ),
            self._above(
                "source sync fails",
                source_sync.function.metric_errors(period=Duration.minutes(5)),
                periods=3,
            ),
            self._above(
                "an alert source fails", self._counted("SourcesFailing", Duration.minutes(5)), periods=6
            ),
            self._above("open incidents are parked", self._counted("IncidentsParked", Duration.minutes(5))),
            self._above("audit entries are not written", self._counted("AuditEntriesNotWritten", minute)),
            self._above(
                "the confidence recompute fails",
                learning.recompute.metric_errors(period=Duration.hours(1)),
            ),
            self._above(
                "learning cells are inconsistent",
                self._counted("LearningCellsInconsistent", Duration.hours(1)),
            ),
            self._above(
                "the remediation function fails",
                remediation.function.metric_errors(period=minute),
                periods=3,
            ),
            self._above("an execution cannot be recorded", self._counted("ExecutionsUnrecorded", minute)),
            self._above(
                "the learning check fails",
                learning.check.metric_errors(period=Duration.hours(1)),
            ),
            self._above(
                "the notification stream is delayed",
                notifications.enqueue.metric(
                    "IteratorAge", period=minute, statistic="Maximum", unit=cloudwatch.Unit.MILLISECONDS
                ),
                threshold=LONGEST_WAIT.to_milliseconds(),
            ),
            self._above("stream records cannot be read", self._counted("StreamRecordsUnreadable", minute)),
            self._above("Slack deliveries fail", self._counted("SlackDeliveriesFailed", minute), periods=3),
            self._above("wake-ups of channels are lost", self._counted("ChannelsForgotten", minute)),
            self._above(
                "notifications in the dead-letter queue",
                notifications.dead_letters.metric_approximate_number_of_messages_visible(
                    period=minute, statistic="Maximum"
                ),
            ),
            self._above(
                "Slack requests are delayed",
                chatops.queue.metric_approximate_age_of_oldest_message(period=minute, statistic="Maximum"),
                threshold=UNANSWERED.to_seconds(),
            ),
            self._above(
                "Slack requests in the dead-letter queue",
                chatops.dead_letters.metric_approximate_number_of_messages_visible(
                    period=minute, statistic="Maximum"
                ),
            ),
        ]
        if email:
            self._notify(email)

    def _above(
        self, name: str, metric: cloudwatch.Metric, *, threshold: float = 0, periods: int = 1
    ) -> cloudwatch.Alarm:
        """Rings when the metric was above the threshold in that many of its last periods on end."""
        return cloudwatch.Alarm(
            self,
            name.title().replace(" ", ""),
            alarm_name=f"{Stack.of(self).stack_name}: {name}",
            alarm_description=f"docs/runbook.md: CloudOps: {name}",
            metric=metric,
            threshold=threshold,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _counted(self, name: str, period: Duration) -> cloudwatch.Metric:
        """Returns a metric that the functions of this stack count."""
        return cloudwatch.Metric(
            namespace=Stack.of(self).stack_name,
            metric_name=name,
            dimensions_map={"service": SERVICE},
            period=period,
            statistic="Sum",
        )

    def _notify(self, email: str) -> None:
        topic = CloudWatchTopic(self, "Operations")
        topic.add_subscription(subscriptions.EmailSubscription(email))
        for alarm in self._alarms:
            alarm.add_alarm_action(actions.SnsAction(topic))
