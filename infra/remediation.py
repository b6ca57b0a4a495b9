"""The workflow of remediation: a state machine whose steps are calls of one function, and a watch over it."""

import json

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cloudops.adapters.aws.functions import RemotePlanner
from cloudops.adapters.aws.messaging import StepFunctions
from cloudops.remediation.executor import LONGEST_ROLLOUT_SECONDS
from cloudops.remediation.workflow import WorkflowStep
from infra.executor_roles import ExecutorRoles
from infra.lambda_function import LOG_RETENTION, AppFunction
from infra.nag_suppressions import acknowledge
from infra.options import Options
from infra.schedules import Schedules

WATCH = "rate(1 minute)"
WORKFLOW_TIMEOUT = Duration.seconds(2 * LONGEST_ROLLOUT_SECONDS + 2 * 3600)
"""One workflow waits for two rollouts at most, that of the action and that of its rollback; two hours are for
verification and retries. The watchdog starts another workflow for an execution whose workflow ended early."""

STEP_TIMEOUT = Duration.seconds(60)
"""The function's time for a step, a plan or a run of the watchdog."""
TASK_TIMEOUT = Duration.seconds(75)
"""A task waits longer than its function may run: without a bound, a lost answer holds a task for a year."""


def _retried(seconds: int) -> list[dict[str, object]]:
    return [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": seconds, "BackoffRate": 2, "MaxAttempts": 5}]


WORKFLOW = {
    "Comment": "Step, pause, and repeat until there is no next step; permanent failures are rescued.",
    "StartAt": "Step",
    "TimeoutSeconds": WORKFLOW_TIMEOUT.to_seconds(),
    "States": {
        "Step": {
            "Type": "Task",
            "Resource": "${function}",
            "Retry": _retried(2),
            "TimeoutSeconds": TASK_TIMEOUT.to_seconds(),
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Rescue"}],
            "Next": "Is there more to do",
        },
        "Rescue": {
            "Type": "Task",
            "Resource": "${function}",
            "Retry": _retried(5),
            "TimeoutSeconds": TASK_TIMEOUT.to_seconds(),
            "Next": "Is there more to do",
        },
        "Is there more to do": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.step", "StringEquals": WorkflowStep.END, "Next": "Done"}],
            "Default": "Pause",
        },
        "Pause": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Step"},
        "Done": {"Type": "Succeed"},
    },
}
"""In Amazon States Language. CDK ignores `timeout` beside a definition as text, so the time limits stand
here. The steps themselves are decided in cloudops.remediation.workflow."""


class Remediation(Construct):
    """The function may do nothing to anybody's services by itself: each executor has a role of its own, which
    may do what its calls need and which the function takes for a quarter of an hour."""

    def __init__(self, scope: Construct, construct_id: str, *, code: lambda_.Code, options: Options) -> None:
        super().__init__(scope, construct_id)
        self.function = AppFunction(self, "remediate", code=code, timeout=STEP_TIMEOUT, memory=1024)
        self.function.add_environment("FREEZES", options.freezes)
        self.function.add_environment("SOAK_SECONDS", str(options.soak_seconds))
        roles = ExecutorRoles(self, "Executors", function=self.function)
        self.function.add_environment("EXECUTOR_ROLES", json.dumps(roles.arns))
        self._name = f"{Stack.of(self).stack_name}-remediation"
        self.state_machine = self._state_machine()
        self.grant_start(self.function)
        Schedules(self).add("WatchSchedule", self.function, WATCH, {"watch": True})

    def grant_start(self, function: AppFunction) -> None:
        """Gives the function the workflow's ARN and the permission to start it. By name, because the
        workflow calls a function that starts workflows itself."""
        arn = Stack.of(self).format_arn(
            service="states",
            resource="stateMachine",
            resource_name=self._name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        function.add_to_role_policy(
            iam.PolicyStatement(actions=list(StepFunctions.permissions), resources=[arn])
        )
        function.add_environment("STATE_MACHINE", arn)

    def grant_plan(self, function: AppFunction) -> None:
        """Let the function have plans made."""
        statement = iam.PolicyStatement(
            actions=list(RemotePlanner.permissions), resources=[self.function.function_arn]
        )
        function.add_to_role_policy(statement)
        function.add_environment("REMEDIATE_FUNCTION", self.function.function_name)

    def _state_machine(self) -> sfn.StateMachine:
        role = iam.Role(self, "WorkflowRole", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        role.add_to_policy(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[self.function.function_arn])
        )
        log_group = logs.LogGroup(
            self,
            "WorkflowLog",
            log_group_name=f"/aws/vendedlogs/states/{self._name}",
            retention=LOG_RETENTION,
            removal_policy=RemovalPolicy.DESTROY,
        )
        machine = sfn.StateMachine(
            self,
            "Workflow",
            state_machine_name=self._name,
            role=role,
            definition_body=sfn.DefinitionBody.from_string(json.dumps(WORKFLOW)),
            definition_substitutions={"function": self.function.function_arn},
            logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL),
        )
        acknowledge(machine, "AwsSolutions-SF2", "X-Ray costs every cold start 260 ms (docs/decisions/0004).")
        acknowledge(role, "AwsSolutions-IAM5[Resource::*]", "The delivery of logs takes no resource.")
        return machine
