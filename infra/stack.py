"""CloudOps Agent as one stack: reads like the journey of an alert."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.alarms import OperationalAlarms
from infra.api import Api
from infra.automation import KillSwitch
from infra.chatops import ChatOps
from infra.dashboard_hosting import DashboardHosting
from infra.ingest import Ingest
from infra.learning import Learning
from infra.notifications import Notifications
from infra.options import Options
from infra.remediation import Remediation
from infra.secrets import Secrets
from infra.sign_in import SignIn, sign_in_origins
from infra.source_sync import SourceSync
from infra.sources import AlarmEvents, AlarmTopic, AlertBus, ChangeEvents, DatadogBus
from infra.table import Database


class CloudOpsStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, code: lambda_.Code, options: Options) -> None:
        super().__init__(scope, construct_id, description="CloudOps Agent: alerts in, incidents out")
        database = Database(self, "Database")
        secrets = Secrets(self, "Secrets")

        ingest = Ingest(self, "Ingest", code=code)
        database.grant_use(ingest.function)

        AlarmEvents(self, "AlarmEvents", ingest=ingest)
        ChangeEvents(self, "ChangeEvents", ingest=ingest)
        topic = AlarmTopic(self, "AlarmTopic", ingest=ingest, accounts=options.alarm_accounts)
        bus = AlertBus(self, "AlertBus", ingest=ingest, accounts=options.alarm_accounts)
        if options.datadog_event_source:
            DatadogBus(self, "Datadog", ingest=ingest, event_source=options.datadog_event_source)

        api = Api(self, "Api", code=code, options=options)
        database.grant_use_with_audit(api.api_function)
        secrets.grant_verify_tokens(api.authorizer_function)
        secrets.grant_verify_webhooks(api.webhook_function)
        hosting = DashboardHosting(
            self, "DashboardHosting", api=api, options=options, connects=sign_in_origins(self, options)
        )
        sign_in = SignIn(self, "SignIn", options=options, origins=(hosting.url, *options.cors_origins))
        sign_in.grant_verify(api.authorizer_function)
        sign_in.add_client_to(api.api_function)
        switch = KillSwitch(self, "KillSwitch")
        bus.grant_put(api.webhook_function)

        remediation = Remediation(self, "Remediation", code=code, options=options)
        api.api_function.add_environment("FREEZES", options.freezes)
        database.grant_use_with_audit(remediation.function)
        switch.grant_read(remediation.function)
        source_sync = SourceSync(self, "SourceSync", code=code, options=options)
        database.grant_use(source_sync.function)
        secrets.grant_read_datadog_keys(source_sync.function)
        source_sync.grant_invoke(api.api_function)

        learning = Learning(self, "Learning", code=code)
        database.grant_use(learning.recompute)
        database.grant_use(learning.check)

        dashboard = options.dashboard_url or hosting.url
        notifications = Notifications(
            self,
            "Notifications",
            code=code,
            options=options,
            dashboard=dashboard,
            database=database,
            secrets=secrets,
        )

        chatops = ChatOps(
            self,
            "ChatOps",
            code=code,
            options=options,
            receiver=api.slack_function,
            dashboard=dashboard,
            database=database,
            secrets=secrets,
        )
        for function in (api.api_function, chatops.worker):
            switch.grant_read(function)
            remediation.grant_start(function)
            remediation.grant_plan(function)

        OperationalAlarms(
            self,
            "Alarms",
            ingest=ingest,
            api=api,
            learning=learning,
            remediation=remediation,
            source_sync=source_sync,
            notifications=notifications,
            chatops=chatops,
            email=options.operations_email,
        )

        outputs = {
            "DashboardUrl": hosting.url,
            "DashboardBucketName": hosting.bucket.bucket_name,
            "DashboardDistributionId": hosting.distribution.distribution_id,
            "ApiUrl": api.url,
            "AlarmTopicArn": topic.topic.topic_arn,
            "EventBusName": bus.bus.event_bus_name,
            "AlertQueueUrl": ingest.queue.queue_url,
            "AlertDeadLetterQueueUrl": ingest.dead_letters.queue_url,
            "TableName": database.table.table_name,
            "ApiTokensSecretName": secrets.api_tokens,
            "SignInIssuer": sign_in.issuer,
            "AutomationParameter": switch.name,
            "WebhookSecretName": secrets.webhook,
            "DatadogSecretName": secrets.datadog,
            "SlackSecretName": secrets.slack,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
