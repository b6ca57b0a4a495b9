"""The function that asks sources: every five minutes for alerts, every hour for what runs where."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cloudops.adapters.aws.functions import SourceSyncFunction
from cloudops.adapters.cloudwatch.describe_alarms import CloudWatchAlarms
from cloudops.adapters.discovery.application_signals import ApplicationSignals
from cloudops.adapters.discovery.auto_scaling_groups import AutoScalingGroups
from cloudops.adapters.discovery.ecs import EcsServices
from cloudops.adapters.discovery.lambda_functions import LambdaFunctions
from cloudops.adapters.discovery.xray import XRayGraph
from cloudops.core.time import MINUTE
from cloudops.sources.health import POLL_INTERVALS, names_of
from infra.lambda_function import AppFunction
from infra.nag_suppressions import acknowledge
from infra.options import Options
from infra.schedules import Schedules

SCHEDULES = {kind: f"rate({interval // MINUTE} minutes)" for kind, interval in POLL_INTERVALS.items()}
READERS = (
    CloudWatchAlarms,
    EcsServices,
    LambdaFunctions,
    AutoScalingGroups,
    ApplicationSignals,
    XRayGraph,
)


class SourceSync(Construct):
    """Reads what these adapters declare, of the whole account and region: a listing knows no resource. With
    mock adapters only the API asks: a recording says the same each time."""

    def __init__(self, scope: Construct, construct_id: str, *, code: lambda_.Code, options: Options) -> None:
        super().__init__(scope, construct_id)
        self.function = AppFunction(
            self,
            "sync_sources",
            code=code,
            timeout=Duration.minutes(5),
            memory=1024,
            environment={
                "ACCOUNT_ID": Aws.ACCOUNT_ID,
                "DATADOG_ENVIRONMENTS": ",".join(options.datadog_environments),
                "USE_MOCK_ADAPTERS": str(options.use_mock_adapters).lower(),
            },
        )
        actions = sorted({action for reader in READERS for action in reader.permissions})
        self.function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=["*"]))
        acknowledge(
            self,
            "AwsSolutions-IAM5[Resource::*]",
            "Listings and descriptions: AWS knows no resource to name.",
        )
        if not options.use_mock_adapters:
            self._schedule_all()

    def grant_invoke(self, function: AppFunction) -> None:
        function.add_environment("SOURCE_SYNC_FUNCTION", self.function.function_name)
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=list(SourceSyncFunction.permissions), resources=[self.function.function_arn]
            )
        )

    def _schedule_all(self) -> None:
        schedules = Schedules(self)
        for kind, rate in SCHEDULES.items():
            event = {"sources": names_of(kind)}
            schedules.add(f"{kind.capitalize()}Schedule", self.function, rate, event)
