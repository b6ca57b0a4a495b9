"""Remediation of a Lambda alias and an Auto Scaling group on the deployed stack, with IAM enforced."""

import io
import json
import zipfile
from functools import partial

import pytest

from local.emulator import REGION
from tests.e2e.payloads import alarm_event
from tests.e2e.stack_under_test import StackUnderTest, eventually

pytestmark = pytest.mark.emulator

FUNCTION, GROUP, ENVIRONMENT = "heal-pay", "heal-fleet", "prod"


def planned(stack: StackUnderTest, service: str, action: str) -> tuple[str, str]:
    """Returns the id of the suggested action for a failing service, and the hash of its plan."""
    stack.put_event(alarm_event(service, environment=ENVIRONMENT))
    (incident,) = eventually(lambda: stack.incidents(service=service))
    (offer,) = [one["id"] for one in incident["suggestions"] if one["action"] == action]
    # The remediate function may have to start first, which takes longer than a request can wait.
    plan = eventually(
        lambda: stack.call("GET", f"/api/suggestions/{offer}/plan", role="viewer"),
        lambda found: found.status != 503,
    )
    assert (plan.status, plan.body.get("denial")) == (200, ""), plan
    return offer, plan.body["plan"]["hash"]


def approved(stack: StackUnderTest, offer: str, plan_hash: str) -> str:
    answer = stack.call("POST", f"/api/suggestions/{offer}/approve", {"planHash": plan_hash}, role="operator")
    assert answer.status == 200, answer
    name: str = answer.body["id"]
    return name


def status(stack: StackUnderTest, execution: str) -> str:
    found: str = stack.call("GET", f"/api/executions/{execution}", role="viewer").body["status"]
    return found


def function(stack: StackUnderTest) -> None:
    """A function whose alias points to its second version."""
    functions = stack.emulator.client("lambda")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return 1")
    taken_by = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = stack.emulator.client("iam").create_role(
        RoleName=FUNCTION,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [taken_by]}),
    )
    functions.create_function(
        FunctionName=FUNCTION,
        Runtime="python3.11",
        Role=role["Role"]["Arn"],
        Handler="app.handler",
        Code={"ZipFile": packed.getvalue()},
    )
    for build in ("one", "two"):
        functions.update_function_configuration(FunctionName=FUNCTION, Description=build)
        functions.publish_version(FunctionName=FUNCTION)
    functions.create_alias(FunctionName=FUNCTION, Name="live", FunctionVersion="2")


def group(stack: StackUnderTest) -> None:
    """An Auto Scaling group with two instances."""
    stack.emulator.client("ec2").create_launch_template(
        LaunchTemplateName=GROUP, LaunchTemplateData={"ImageId": "ami-1", "InstanceType": "t3.micro"}
    )
    stack.emulator.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=GROUP,
        MinSize=1,
        MaxSize=6,
        DesiredCapacity=2,
        AvailabilityZones=[f"{REGION}a"],
        LaunchTemplate={"LaunchTemplateName": GROUP, "Version": "1"},
    )


def test_an_alias_is_rolled_back_and_the_instances_of_a_group_are_replaced_once(
    stack_under_test: StackUnderTest,
) -> None:
    stack = stack_under_test
    function(stack)
    group(stack)
    executions = [
        approved(stack, *planned(stack, FUNCTION, "rollback")),
        approved(stack, *planned(stack, GROUP, "restart_pods")),
    ]

    def done() -> tuple[str, int]:
        alias = stack.emulator.client("lambda").get_alias(FunctionName=FUNCTION, Name="live")
        refreshes = stack.emulator.client("autoscaling").describe_instance_refreshes(
            AutoScalingGroupName=GROUP
        )
        return alias["FunctionVersion"], len(refreshes["InstanceRefreshes"])

    eventually(done, lambda found: found == ("1", 1))
    for service in (FUNCTION, GROUP):
        stack.put_event(alarm_event(service, environment=ENVIRONMENT, state="OK", minutes_ago=0))
    for name in executions:
        eventually(partial(status, stack, name), lambda found: found == "succeeded")
    assert done() == ("1", 1)
