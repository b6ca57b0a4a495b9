"""Schedules of EventBridge Scheduler that invoke a function."""

import json
from collections.abc import Mapping

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.lambda_function import AppFunction

MAX_EVENT_AGE = Duration.minutes(1)
"""The least that Lambda allows. A throttled invocation is dropped after it, because the next run does
the same
work: without a bound, Lambda keeps the invocations of six hours and then runs them all."""


class Schedules:
    """Invokes functions at fixed rates, under one role that may invoke these functions only.

    An invocation is not repeated: the next run does what this one missed, and an alarm reports failures. Both
    retries are off, that of Scheduler and that of Lambda, because Scheduler invokes asynchronously: by
    default Lambda repeats a failed invocation after one and two minutes, beside the next run.
    """

    def __init__(self, scope: Construct) -> None:
        self._scope = scope
        self._functions: set[AppFunction] = set()
        self._role = iam.Role(
            scope,
            "ScheduleRole",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
        )

    def add(
        self, name: str, function: AppFunction, rate: str, event: Mapping[str, object] | None = None
    ) -> None:
        """Adds a schedule.

        Args:
            name: The construct id.
            function: The function that it invokes.
            rate: A rate expression, such as "rate(5 minutes)".
            event: What the function gets, or None for Scheduler's own event.
        """
        if function not in self._functions:
            self._functions.add(function)
            # CDK's own grant would add each version of the function.
            self._role.add_to_policy(
                iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn])
            )
            lambda_.EventInvokeConfig(
                function,
                "ScheduledInvocations",
                function=function,
                retry_attempts=0,
                max_event_age=MAX_EVENT_AGE,
            )
        schedule = scheduler.CfnSchedule(
            self._scope,
            name,
            schedule_expression=rate,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=self._role.role_arn,
                input=None if event is None else json.dumps(event),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(maximum_retry_attempts=0),
            ),
        )
        schedule.node.add_dependency(self._role)
