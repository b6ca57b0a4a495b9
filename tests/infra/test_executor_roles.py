"""Permissions of each executor's role, evaluated over the template like IAM."""

import json
import re
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from cloudops.adapters.executors.registry import EXECUTORS
from cloudops.catalog.declaration import Platform
from tests.infra.template import Template

ACCOUNT = "123456789012"
A_TARGET = {
    Platform.ECS: ("ecs", f"arn:aws:ecs:eu-west-1:{ACCOUNT}:service/shop/checkout"),
    Platform.LAMBDA: ("lambda", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:pay:live"),
    Platform.ASG: (
        "autoscaling",
        f"arn:aws:autoscaling:eu-west-1:{ACCOUNT}:autoScalingGroup:1a2b:autoScalingGroupName/web",
    ),
    Platform.EKS: ("eks", f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/main"),
}
"""The prefix of the platform's actions, and one resource of the account that runs a service."""
ELSEWHERE = (
    "arn:aws:ecs:eu-west-1:999999999999:service/shop/checkout",
    "arn:aws:lambda:eu-west-1:999999999999:function:pay:live",
    "arn:aws:eks:eu-west-1:999999999999:cluster/main",
    "arn:aws:codedeploy:eu-west-1:999999999999:deploymentgroup:shop/web",
    "arn:aws:application-autoscaling:eu-west-1:999999999999:scalable-target/0ec5",
    f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/incidents",
    f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:tokens",
    f"arn:aws:iam::{ACCOUNT}:role/admin",
)
NAMES = [f"{platform}/{action}" for platform, action in EXECUTORS]


def resolved(value: Any) -> str:
    """Returns the ARN of a resource as deployed (Any: a CloudFormation value)."""
    if isinstance(value, str):
        return value
    parts = value["Fn::Join"][1]
    known = {"AWS::Partition": "aws", "AWS::AccountId": ACCOUNT}
    return "".join(part if isinstance(part, str) else known[part["Ref"]] for part in parts)


def grants(template: Template, name: str) -> Iterator[tuple[str, str]]:
    """Yields each action and resource that the role's policies allow."""
    title = "".join(part.capitalize() for part in re.split("[/_]", name))
    prefix = f"RemediationExecutors{title}Role"
    for logical, policy in template.of_type("AWS::IAM::Policy").items():
        if not logical.startswith(prefix):
            continue
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            actions, resources = statement["Action"], statement["Resource"]
            for action in [actions] if isinstance(actions, str) else actions:
                for resource in resources if isinstance(resources, list) else [resources]:
                    yield action, resolved(resource)


def allows(given: list[tuple[str, str]], action: str, arn: str) -> bool:
    return any(
        action == granted and re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), arn)
        for granted, pattern in given
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_role_allows_the_calls_that_its_executor_declares_on_its_targets(
    template: Template, name: str
) -> None:
    platform, action = name.split("/")
    given = list(grants(template, name))
    (permissions,) = [entry.permissions for key, entry in EXECUTORS.items() if key == (platform, action)]
    declared = {one for one in permissions if not one.startswith("k8s:")}
    assert {one for one, _ in given} == declared
    prefix, arn = A_TARGET[Platform(platform)]
    for one in declared:
        assert allows(given, one, arn) or not one.startswith(f"{prefix}:")


@pytest.mark.parametrize("name", NAMES)
def test_a_role_changes_only_targets_of_the_account(template: Template, name: str) -> None:
    given = list(grants(template, name))
    for action, _ in given:
        if any(allows(given, action, arn) for arn in ELSEWHERE):
            verb = action.partition(":")[2]
            if action == "codedeploy:StopDeployment":
                continue  # takes no resource; what it stops, CodeDeploy rolls back
            assert re.match("Describe|List|Get", verb), f"{action} is allowed everywhere"


@pytest.mark.parametrize("name", NAMES)
def test_a_role_allows_no_other_operation_of_its_services(template: Template, name: str) -> None:
    platform = Platform(name.partition("/")[0])
    given = list(grants(template, name))
    prefix, arn = A_TARGET[platform]
    operations = botocore.session.get_session().get_service_model(prefix).operation_names
    allowed = {f"{prefix}:{one}" for one in operations if allows(given, f"{prefix}:{one}", arn)}
    assert allowed == {action for action, _ in given if action.startswith(f"{prefix}:")}
    assert not any("*" in action for action, _ in given)


def test_only_the_remediation_function_assumes_these_roles(template: Template) -> None:
    roles = template.of_type("AWS::IAM::Role")
    for logical, role in roles.items():
        if logical.startswith("RemediationExecutors"):
            (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
            assert trust["Action"] == "sts:AssumeRole"
            assert "RemediationRemediateRole" in json.dumps(trust["Principal"])
