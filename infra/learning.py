"""The functions that learn and check what was learned, each by its own schedule."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.lambda_function import AppFunction

RECOMPUTE = "rate(15 minutes)"
CHECK = "rate(7 days)"


class Learning(Construct):
    """Recompute reads every learning cell, the audit every vote."""

    def __init__(self, scope: Construct, construct_id: str, *, code: lambda_.Code) -> None:
        super().__init__(scope, construct_id)
        self.recompute = AppFunction(
            self,
            "recompute_confidence",
            code=code,
            timeout=Duration.minutes(5),
            memory=1024,
        )
        self.check = AppFunction(self, "check_learning", code=code, timeout=Duration.minutes(15), memory=1024)
        self._role = iam.Role(
            self,
            "ScheduleRole",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
        )
        self._run("RecomputeSchedule", self.recompute, RECOMPUTE)
        self._run("CheckSchedule", self.check, CHECK)

    def _run(self, name: str, function: AppFunction, rate: str) -> None:
        """Not tried again: the next run does what this one missed, and an alarm reports failures. The role
        may invoke the function itself; CDK's own grant adds each of its versions."""
        self._role.add_to_policy(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn])
        )
        schedule = scheduler.CfnSchedule(
            self,
            name,
            schedule_expression=rate,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=self._role.role_arn,
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(maximum_retry_attempts=0),
            ),
        )
        schedule.node.add_dependency(self._role)
