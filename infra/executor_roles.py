"""A role for each executor, which may do what its calls need, and which the function takes to act."""

from collections import defaultdict

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from cloudops.adapters.executors.registry import EXECUTORS
from cloudops.remediation.executor import Permissions
from infra.lambda_function import AppFunction
from infra.nag_suppressions import acknowledge

EVERYTHING = ("*",)


class ExecutorRoles(Construct):
    """`arns` are by "platform/action", as the function's environment has them."""

    def __init__(self, scope: Construct, construct_id: str, *, function: AppFunction) -> None:
        super().__init__(scope, construct_id)
        if function.role is None:
            raise ValueError("the function has a role of its own")
        taker = iam.ArnPrincipal(function.role.role_arn)
        self.arns: dict[str, str] = {}
        for (platform, action), entry in EXECUTORS.items():
            role = self._role(f"{platform}/{action}", entry.permissions, taker)
            self.arns[f"{platform}/{action}"] = role.role_arn
        function.add_to_role_policy(
            iam.PolicyStatement(actions=["sts:AssumeRole"], resources=list(self.arns.values()))
        )

    def _role(self, name: str, permissions: Permissions, taker: iam.IPrincipal) -> iam.Role:
        role = iam.Role(self, _titled(name), assumed_by=taker, max_session_duration=Duration.hours(1))
        actions_on: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for action, resources in permissions.items():
            if not action.startswith("k8s:"):
                actions_on[resources].append(action)
        for resources, actions in actions_on.items():
            arns = list(resources) if resources == EVERYTHING else [_arn(one) for one in resources]
            role.add_to_policy(iam.PolicyStatement(actions=sorted(actions), resources=arns))
            for one in resources:
                acknowledge(role, f"AwsSolutions-IAM5[Resource::{_as_found(one)}]", _reason(one))
        return role


def _titled(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("/", "_").split("_")) + "Role"


def _arn(resource: str) -> str:
    return f"arn:{Aws.PARTITION}:{resource.format(account=Aws.ACCOUNT_ID)}"


def _as_found(resource: str) -> str:
    """As cdk-nag prints it."""
    if resource == "*":
        return resource
    return f"arn:<AWS::Partition>:{resource.format(account='<AWS::AccountId>')}"


def _reason(resource: str) -> str:
    if resource == "*":
        return "IAM restricts these calls to no resource: they read, or stop a deployment that is named."
    return "Anything of the account may be declared in the catalog."
