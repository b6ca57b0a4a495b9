"""A target for each AWS executor, made in the emulator, with the change that another client may make."""

import io
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import uuid4

from cloudops.adapters.executors.asg_restart import AsgRestart
from cloudops.adapters.executors.asg_scale import AsgScale
from cloudops.adapters.executors.ecs_restart import EcsRestart
from cloudops.adapters.executors.ecs_rollback import EcsRollback
from cloudops.adapters.executors.ecs_scale import EcsScale
from cloudops.adapters.executors.lambda_rollback import LambdaRollback
from cloudops.adapters.executors.lambda_scale import LambdaScale
from cloudops.catalog.declaration import Platform, Target
from cloudops.core.taxonomy import Action
from cloudops.remediation.executor import Executor
from local.emulator import REGION, Emulator
from tests.adapters.aws_wire import aws_client
from tests.fakes.http_server import vendor
from tests.fakes.recorded_calls import Wire
from tests.fakes.scaling_targets import ScalingTargets


@dataclass
class Bench:
    """An executor with its target.

    Attributes:
        wire: Records the calls of the executor.
        writes: The calls that change the target.
        state: Reads the values that the action changes.
        expected: Those values after the action.
        change_by_others: Changes the target as another client would.
    """

    executor: Executor
    action: Action
    target: Target
    wire: Wire
    writes: frozenset[str]
    state: Callable[[], object]
    expected: object
    change_by_others: Callable[[], object]

    def written(self) -> list[str]:
        """Returns the calls since `wire.clear` that changed the target."""
        return [one for one in self.wire.calls if one in self.writes]


class EcsPlace:
    """A service on its second version, in a cluster of its own."""

    def __init__(self, emulator: Emulator) -> None:
        self.ecs = emulator.client("ecs")
        self.cluster = f"shop-{uuid4().hex[:8]}"
        self.target = Target(platform=Platform.ECS, name="web", region=REGION, cluster=self.cluster)
        self.ecs.create_cluster(clusterName=self.cluster)
        self.versions = [self.register() for _ in range(2)]
        self.ecs.create_service(
            cluster=self.cluster, serviceName="web", taskDefinition=self.versions[1], desiredCount=2
        )

    def register(self) -> str:
        container = {"name": "web", "image": "web", "memory": 64}
        made = self.ecs.register_task_definition(family=self.cluster, containerDefinitions=[container])
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def update(self, **changes: object) -> None:
        self.ecs.update_service(cluster=self.cluster, service="web", **changes)

    def service(self) -> Any:
        (service,) = self.ecs.describe_services(cluster=self.cluster, services=["web"])["services"]
        return service

    def deployments(self) -> int:
        return len(self.service()["deployments"])


class LambdaPlace:
    """A function with three published versions; its alias `live` is the third."""

    def __init__(self, emulator: Emulator) -> None:
        self.client = emulator.client("lambda")
        self.name = f"pay-{uuid4().hex[:8]}"
        self.target = Target(platform=Platform.LAMBDA, name=self.name, region=REGION)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("app.py", "def handler(event, context): return 1")
        self.client.create_function(
            FunctionName=self.name,
            Runtime="python3.11",
            Role="arn:aws:iam::000000000000:role/pay",
            Handler="app.handler",
            Code={"ZipFile": packed.getvalue()},
        )
        for number in range(3):
            self.client.update_function_configuration(FunctionName=self.name, Description=f"build {number}")
            self.client.publish_version(FunctionName=self.name)
        self.client.create_alias(FunctionName=self.name, Name="live", FunctionVersion="3")

    def point(self, version: str, **weights: float) -> None:
        self.client.update_alias(
            FunctionName=self.name,
            Name="live",
            FunctionVersion=version,
            RoutingConfig={"AdditionalVersionWeights": {name.lstrip("v"): w for name, w in weights.items()}},
        )

    def version(self) -> str:
        return str(self.client.get_alias(FunctionName=self.name, Name="live")["FunctionVersion"])

    def provision(self, count: int) -> None:
        self.client.put_provisioned_concurrency_config(
            FunctionName=self.name, Qualifier="live", ProvisionedConcurrentExecutions=count
        )

    def provisioned(self) -> int:
        found = self.client.get_provisioned_concurrency_config(FunctionName=self.name, Qualifier="live")
        return int(found["RequestedProvisionedConcurrentExecutions"])

    def reserve(self, count: int) -> None:
        self.client.put_function_concurrency(FunctionName=self.name, ReservedConcurrentExecutions=count)

    def reserved(self) -> int:
        return int(
            self.client.get_function_concurrency(FunctionName=self.name)["ReservedConcurrentExecutions"]
        )


class GroupPlace:
    """An Auto Scaling group of two instances, at most five."""

    def __init__(self, emulator: Emulator) -> None:
        self.client = emulator.client("autoscaling")
        self.name = f"web-{uuid4().hex[:8]}"
        self.target = Target(platform=Platform.ASG, name=self.name, region=REGION)
        emulator.client("ec2").create_launch_template(
            LaunchTemplateName=self.name, LaunchTemplateData={"ImageId": "ami-1", "InstanceType": "t3.micro"}
        )
        self.create("1")

    def create(self, version: str) -> None:
        self.client.create_auto_scaling_group(
            AutoScalingGroupName=self.name,
            MinSize=1,
            MaxSize=5,
            DesiredCapacity=2,
            AvailabilityZones=[f"{REGION}a"],
            LaunchTemplate={"LaunchTemplateName": self.name, "Version": version},
        )

    def want(self, count: int) -> None:
        self.client.set_desired_capacity(AutoScalingGroupName=self.name, DesiredCapacity=count)

    def group(self) -> Any:
        found = self.client.describe_auto_scaling_groups(AutoScalingGroupNames=[self.name])
        return found["AutoScalingGroups"][0]

    def desired(self) -> int:
        return int(self.group()["DesiredCapacity"])

    def refreshes(self) -> int:
        return len(
            self.client.describe_instance_refreshes(AutoScalingGroupName=self.name)["InstanceRefreshes"]
        )

    def change_template(self) -> None:
        """Replaces the group by one of the same name: the emulator's UpdateAutoScalingGroup ignores the
        template."""
        self.client.delete_auto_scaling_group(AutoScalingGroupName=self.name, ForceDelete=True)
        self.create("2")


def _bench(
    emulator: Emulator,
    service: str,
    build: Callable[[Callable[[Target], Any]], Executor],
    action: Action,
    target: Target,
    *,
    writes: set[str],
    state: Callable[[], object],
    expected: object,
    change_by_others: Callable[[], object],
) -> Bench:
    """Makes the bench of an executor that calls one AWS service (Any: its client)."""
    wire = Wire()
    client = wire.watch(emulator.client(service))
    return Bench(
        build(lambda _: client), action, target, wire, frozenset(writes), state, expected, change_by_others
    )


def ecs_scale(emulator: Emulator, open_: ExitStack) -> Bench:
    """The service has no auto scaling."""
    place, wire = EcsPlace(emulator), Wire()
    ecs, scaling = wire.watch(emulator.client("ecs")), _scaling(wire, ScalingTargets(), open_)
    return Bench(
        EcsScale(lambda _: ecs, lambda _: scaling),
        Action.SCALE_SERVICE,
        place.target,
        wire,
        frozenset({"ecs:UpdateService", "application-autoscaling:RegisterScalableTarget"}),
        lambda: place.service()["desiredCount"],
        3,
        lambda: place.update(desiredCount=7),
    )


def ecs_scale_with_minimum(emulator: Emulator, open_: ExitStack) -> Bench:
    """Its auto scaling allows 1 to 10 tasks; the other client sets the minimum."""
    place, wire, targets = EcsPlace(emulator), Wire(), ScalingTargets()
    resource = f"service/{place.cluster}/web"
    targets.bounds[resource] = (1, 10)
    ecs, scaling = wire.watch(emulator.client("ecs")), _scaling(wire, targets, open_)
    return Bench(
        EcsScale(lambda _: ecs, lambda _: scaling),
        Action.SCALE_SERVICE,
        place.target,
        wire,
        frozenset({"ecs:UpdateService", "application-autoscaling:RegisterScalableTarget"}),
        lambda: (place.service()["desiredCount"], targets.bounds[resource]),
        (3, (3, 10)),
        lambda: targets.bounds.update({resource: (5, 10)}),
    )


def _scaling(wire: Wire, targets: ScalingTargets, open_: ExitStack) -> Any:
    """A client of Application Auto Scaling on loopback, which the emulator does not have (Any: as above)."""
    return wire.watch(aws_client("application-autoscaling", open_.enter_context(vendor(targets.respond))))


def ecs_rollback(emulator: Emulator, open_: ExitStack) -> Bench:
    place = EcsPlace(emulator)
    return _bench(
        emulator,
        "ecs",
        lambda clients: EcsRollback(clients, no_client),
        Action.ROLLBACK,
        place.target,
        writes={"ecs:UpdateService"},
        state=lambda: place.service()["taskDefinition"],
        expected=place.versions[0],
        change_by_others=lambda: place.update(taskDefinition=place.register()),
    )


def ecs_restart(emulator: Emulator, open_: ExitStack) -> Bench:
    place = EcsPlace(emulator)
    return _bench(
        emulator,
        "ecs",
        EcsRestart,
        Action.RESTART_PODS,
        place.target,
        writes={"ecs:UpdateService"},
        state=lambda: place.service()["taskDefinition"],
        expected=place.versions[1],
        change_by_others=lambda: place.update(taskDefinition=place.register()),
    )


def lambda_rollback(emulator: Emulator, open_: ExitStack) -> Bench:
    place = LambdaPlace(emulator)
    return _bench(
        emulator,
        "lambda",
        LambdaRollback,
        Action.ROLLBACK,
        place.target,
        writes={"lambda:UpdateAlias"},
        state=place.version,
        expected="2",
        change_by_others=lambda: place.point("1"),
    )


def lambda_provisioned(emulator: Emulator, open_: ExitStack) -> Bench:
    place = LambdaPlace(emulator)
    place.provision(4)
    return _bench(
        emulator,
        "lambda",
        LambdaScale,
        Action.SCALE_SERVICE,
        place.target,
        writes={"lambda:PutProvisionedConcurrencyConfig"},
        state=place.provisioned,
        expected=6,
        change_by_others=lambda: place.provision(9),
    )


def lambda_reserved(emulator: Emulator, open_: ExitStack) -> Bench:
    place = LambdaPlace(emulator)
    place.reserve(4)
    return _bench(
        emulator,
        "lambda",
        LambdaScale,
        Action.SCALE_SERVICE,
        place.target,
        writes={"lambda:PutFunctionConcurrency"},
        state=place.reserved,
        expected=6,
        change_by_others=lambda: place.reserve(9),
    )


def asg_scale(emulator: Emulator, open_: ExitStack) -> Bench:
    place = GroupPlace(emulator)
    return _bench(
        emulator,
        "autoscaling",
        AsgScale,
        Action.SCALE_SERVICE,
        place.target,
        writes={"autoscaling:SetDesiredCapacity"},
        state=place.desired,
        expected=3,
        change_by_others=lambda: place.want(5),
    )


def asg_restart(emulator: Emulator, open_: ExitStack) -> Bench:
    place = GroupPlace(emulator)
    return _bench(
        emulator,
        "autoscaling",
        AsgRestart,
        Action.RESTART_PODS,
        place.target,
        writes={"autoscaling:StartInstanceRefresh"},
        state=place.refreshes,
        expected=1,
        change_by_others=place.change_template,
    )


def no_client(_: Target) -> NoReturn:
    """Stands for a client that the executor must not open."""
    raise AssertionError("nothing here is deployed by CodeDeploy")


AWS_BENCHES: dict[str, Callable[[Emulator, ExitStack], Bench]] = {
    "ecs scale": ecs_scale,
    "ecs scale with minimum": ecs_scale_with_minimum,
    "ecs rollback": ecs_rollback,
    "ecs restart": ecs_restart,
    "lambda rollback": lambda_rollback,
    "lambda provisioned": lambda_provisioned,
    "lambda reserved": lambda_reserved,
    "asg scale": asg_scale,
    "asg restart": asg_restart,
}
