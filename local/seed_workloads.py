"""Creates the workloads of the replayed morning's services in the emulator, so that plans can be read.

The emulator starts no ECS task: a scaling never settles there, and is rolled back after ten minutes.
"""

import io
import zipfile
from typing import Final

from local.emulator import REGION, Emulator

ROLE: Final = "arn:aws:iam::000000000000:role/morning"


def make(emulator: Emulator) -> None:
    """The targets of local/replay/catalog.yaml that are not in a Kubernetes cluster; once an emulator."""
    _search(emulator)
    _image_resizer(emulator)
    _batch_reporter(emulator)


def _search(emulator: Emulator) -> None:
    ecs = emulator.client("ecs")
    ecs.create_cluster(clusterName="shop")
    for image in ("search:41", "search:42"):
        container = {"name": "search", "image": image, "memory": 512}
        ecs.register_task_definition(family="search", containerDefinitions=[container])
    ecs.create_service(cluster="shop", serviceName="search", taskDefinition="search:2", desiredCount=2)


def _image_resizer(emulator: Emulator) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return event")
    functions, name = emulator.client("lambda"), "image-resizer-prod"
    functions.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role=ROLE,
        Handler="app.handler",
        Code={"ZipFile": packed.getvalue()},
    )
    for build in ("build 7", "build 8"):
        functions.update_function_configuration(FunctionName=name, Description=build)
        functions.publish_version(FunctionName=name)
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion="2")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=10)


def _batch_reporter(emulator: Emulator) -> None:
    name = "batch-reporter-prod"
    emulator.client("ec2").create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData={"ImageId": "ami-1", "InstanceType": "t3.micro"}
    )
    emulator.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=name,
        MinSize=1,
        MaxSize=6,
        DesiredCapacity=2,
        AvailabilityZones=[f"{REGION}a"],
        LaunchTemplate={"LaunchTemplateName": name, "Version": "1"},
    )
