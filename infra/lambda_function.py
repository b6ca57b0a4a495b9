"""One Lambda function with every default that ours share: runtime, role, log group, environment."""

from collections.abc import Mapping

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.nag_suppressions import acknowledge

LOG_RETENTION = logs.RetentionDays.ONE_MONTH


class AppFunction(lambda_.Function):
    """Runs `cloudops.handlers.<name>.handler`. Its role may write to its own log group, and no more.

    Lambda ends a chain of function and queue after 16 calls that one event caused, and moves the message
    to the
    dead-letter queue (recursive loop detection). A function that sends to its own queue on purpose needs
    `recursive_loop=RecursiveLoop.ALLOW`.

    Tracing is off: the X-Ray SDK costs 260 to 300 ms of every cold start (docs/decisions/0004).
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        code: lambda_.Code,
        timeout: Duration,
        memory: int = 512,
        environment: Mapping[str, str] | None = None,
        recursive_loop: lambda_.RecursiveLoop | None = None,
    ) -> None:
        title = "".join(word.capitalize() for word in name.split("_"))
        log_group = logs.LogGroup(
            scope, f"{title}Log", retention=LOG_RETENTION, removal_policy=RemovalPolicy.DESTROY
        )
        role = iam.Role(scope, f"{title}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(role)
        super().__init__(
            scope,
            f"{title}Function",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler=f"cloudops.handlers.{name}.handler",
            code=code,
            role=role,
            log_group=log_group,
            timeout=timeout,
            memory_size=memory,
            recursive_loop=recursive_loop,
            environment={
                "POWERTOOLS_LOG_LEVEL": "INFO",
                "POWERTOOLS_METRICS_NAMESPACE": Stack.of(scope).stack_name,
                **(environment or {}),
            },
        )
        acknowledge(
            self,
            "AwsSolutions-L1",
            "3.13 is the version that the locked arm64 wheels were tried on; it is supported until 2029.",
        )
