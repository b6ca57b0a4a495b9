"""CloudOps Agent as one stack: reads like the journey of an alert."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.alarms import OwnAlarms
from infra.api import Api
from infra.automation import AutomationSwitch
from infra.chatops import SlackDesk
from infra.dashboard_hosting import Site
from infra.ingest import Ingest
from infra.lambda_function import Code
from infra.learning import Learning
from infra.notifications import Announcements
from infra.options import Options
from infra.remediation import Remediation
from infra.secrets import Credentials
from infra.sign_in import SignIn, sign_in_origins
from infra.source_sync import Pulling
from infra.sources import AlarmEvents, AlarmTopic, AlertBus, ChangeEvents, DatadogBus
from infra.table import Store


class CloudOpsStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, code: Code, options: Options) -> None:
        super().__init__(scope, construct_id, description="CloudOps Agent: alerts in, incidents out")
        store = Store(self, "Store")
        credentials = Credentials(self, "Credentials")

        ingest = Ingest(self, "Ingest", code=code.runtime)
        store.grant_use(ingest.function)

        AlarmEvents(self, "AlarmEvents", ingest=ingest)
        ChangeEvents(self, "ChangeEvents", ingest=ingest)
        topic = AlarmTopic(self, "AlarmTopic", ingest=ingest, accounts=options.alarm_accounts)
        bus = AlertBus(self, "Alerts", ingest=ingest, accounts=options.alarm_accounts)
        if options.datadog_event_source:
            DatadogBus(self, "Datadog", ingest=ingest, event_source=options.datadog_event_source)

        api = Api(self, "Api", code=code.runtime, options=options)
        store.grant_use_and_record(api.api_function)
        credentials.grant_verify_tokens(api.authorizer_function)
        credentials.grant_verify_webhooks(api.webhook_function)
        site = Site(self, "Site", api=api, options=options, connects=sign_in_origins(self, options))
        sign_in = SignIn(self, "SignIn", options=options, origins=(site.url, *options.cors_origins))
        sign_in.grant_verify(api.authorizer_function)
        sign_in.tell(api.api_function)
        switch = AutomationSwitch(self, "Automation")
        bus.grant_put(api.webhook_function)

        remediation = Remediation(self, "Remediation", code=code.runtime, freezes=options.freezes)
        store.grant_use_and_record(remediation.function)
        switch.grant_read(remediation.function)
        pulling = Pulling(self, "Pulling", code=code, options=options)
        store.grant_use(pulling.function)
        credentials.grant_ask_datadog(pulling.function)
        pulling.grant_invoke(api.api_function)

        learning = Learning(self, "Learning", code=code.runtime)
        store.grant_use(learning.recompute)
        store.grant_use(learning.audit)

        dashboard = options.dashboard_url or site.url
        announcements = Announcements(
            self,
            "Announcements",
            code=code.runtime,
            options=options,
            dashboard=dashboard,
            store=store,
            credentials=credentials,
        )

        desk = SlackDesk(
            self,
            "SlackDesk",
            code=code.runtime,
            options=options,
            door=api.slack_function,
            dashboard=dashboard,
            store=store,
            credentials=credentials,
        )
        for function in (api.api_function, desk.operate):
            switch.grant_read(function)
            remediation.grant_start(function)
            remediation.grant_plan(function)

        OwnAlarms(
            self,
            "Alarms",
            ingest=ingest,
            api=api,
            learning=learning,
            remediation=remediation,
            pulling=pulling,
            announcements=announcements,
            desk=desk,
            email=options.operations_email,
        )

        outputs = {
            "DashboardUrl": site.url,
            "SiteBucketName": site.bucket.bucket_name,
            "SiteDistributionId": site.distribution.distribution_id,
            "ApiUrl": api.url,
            "AlarmTopicArn": topic.topic.topic_arn,
            "EventBusName": bus.bus.event_bus_name,
            "QueueUrl": ingest.queue.queue_url,
            "DeadLetterQueueUrl": ingest.dead_letters.queue_url,
            "TableName": store.table.table_name,
            "ApiTokensSecretName": credentials.api_tokens,
            "SignInIssuer": sign_in.issuer,
            "AutomationParameter": switch.name,
            "WebhookSecretName": credentials.webhook,
            "DatadogSecretName": credentials.datadog,
            "SlackSecretName": credentials.slack,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
