"""The deployed stack discovers the services in its account."""

import io
import zipfile
from typing import Any

import pytest

from tests.e2e.stack_under_test import StackUnderTest, eventually

pytestmark = pytest.mark.emulator

TAGS = {"service": "found-shop", "env": "prod", "owner": "storefront", "tier": "2"}


def test_targets_of_ecs_lambda_and_auto_scaling_belong_to_the_service_of_their_tags(
    stack_under_test: StackUnderTest,
) -> None:
    stack = stack_under_test
    _run_on_ecs(stack.emulator.client("ecs"))
    _run_on_lambda(stack, "found-shop-resize")
    _run_on_auto_scaling(stack.emulator.client("autoscaling"))

    for source in ("ecs", "lambda", "asg"):
        asked = stack.call("POST", f"/api/sources/{source}/sync", role="operator")
        assert asked.status == 200, asked

    def states() -> dict[str, str]:
        """Starts a sync; a source that takes longer than a request is read in the background."""
        found = stack.call("GET", "/api/sources", role="viewer").body["sources"]
        return {one["name"]: one["state"] for one in found}

    works = {"ecs": "healthy", "lambda": "healthy", "asg": "healthy"}
    seen = eventually(states, lambda found: works.items() <= found.items())
    assert seen["datadog"] in ("never_polled", "credentials_missing")

    def targets() -> dict[str, str]:
        found = stack.call("GET", "/api/services/found-shop", role="viewer")
        if found.status != 200:
            return {}
        return {one["platform"]: one["name"] for one in found.body["targets"]}

    assert eventually(targets, lambda found: len(found) == 3) == {
        "ecs": "found-shop",
        "lambda": "found-shop-resize",
        "asg": "found-shop-batch",
    }
    service: Any = stack.call("GET", "/api/services/found-shop", role="viewer").body
    assert (service["owner"], service["tier"], service["declared"]) == ("storefront", 2, False)


def _run_on_ecs(ecs: Any) -> None:
    ecs.create_cluster(clusterName="found")
    ecs.register_task_definition(
        family="found-shop", containerDefinitions=[{"name": "web", "image": "web", "memory": 64}]
    )
    ecs.create_service(
        cluster="found",
        serviceName="found-shop",
        taskDefinition="found-shop",
        desiredCount=0,
        tags=[{"key": key, "value": value} for key, value in TAGS.items()],
    )


def _run_on_lambda(stack: StackUnderTest, name: str) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context):\n    return event\n")
    functions = stack.emulator.client("lambda")
    (role,) = {one["Role"] for one in functions.list_functions()["Functions"][:1]}
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler="main.handler",
        Code={"ZipFile": code.getvalue()},
        Tags=TAGS,
    )


def _run_on_auto_scaling(groups: Any) -> None:
    groups.create_launch_configuration(
        LaunchConfigurationName="found", ImageId="ami-1", InstanceType="t3.nano"
    )
    groups.create_auto_scaling_group(
        AutoScalingGroupName="found-shop-batch",
        LaunchConfigurationName="found",
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=["us-east-1a"],
        Tags=[{"Key": key, "Value": value, "PropagateAtLaunch": False} for key, value in TAGS.items()],
    )
