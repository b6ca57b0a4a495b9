"""The switch that stops automation when the API does not answer: one parameter in Systems Manager."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from cloudops.adapters.aws.parameter_store import ParameterSwitch
from cloudops.remediation.kill_switch import ENABLED_TEXT
from infra.lambda_function import AppFunction


class KillSwitch(Construct):
    """`/<stack>/automation` says `enabled`, or `stopped: why`. It starts enabled, and a deployment leaves
    alone what people put there: the template never changes."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.name = f"/{Stack.of(self).stack_name}/automation"
        self._parameter = ssm.StringParameter(
            self,
            "Parameter",
            parameter_name=self.name,
            string_value=ENABLED_TEXT,
            allowed_pattern="^(enabled|stopped(:.*)?)$",
            description="enabled, or stopped: why. Stops all automation of CloudOps at once",
        )

    def grant_read(self, function: AppFunction) -> None:
        function.add_environment("AUTOMATION_PARAMETER", self.name)
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=list(ParameterSwitch.permissions), resources=[self._parameter.parameter_arn]
            )
        )
