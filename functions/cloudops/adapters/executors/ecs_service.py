"""Reads one ECS service: its counts, its task definition, and how far its deployment is."""

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec
from botocore.exceptions import ClientError
from msgspec.structs import replace

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.catalog.declaration import Target
from cloudops.core.errors import NotFound
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Permissions, Progress, RolloutStatus
from cloudops.remediation.plan import Call, Facts, TargetState

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
    from mypy_boto3_ecs import ECSClient


Clients: TypeAlias = "Callable[[Target], ECSClient]"
"""The client for a target's account and region."""

ON_SERVICES: Final = ("ecs:*:{account}:service/*", "ecs:*:{account}:cluster/*")
"""AWS judges calls on a service by the service; the emulator by its cluster, which grants nothing on AWS."""
DESCRIBE: Final[Permissions] = {"ecs:DescribeServices": ON_SERVICES}
UPDATE: Final[Permissions] = {"ecs:UpdateService": ON_SERVICES}


def describe(client: "ECSClient", target: Target) -> Any:
    """The service as AWS describes it (Any: its shape is the service model's); NotFound names it."""
    with translate_aws_errors(f"describe {target}"):
        answer = client.describe_services(cluster=target.cluster, services=[target.name])
    for service in answer["services"]:
        if service.get("status") == "ACTIVE":
            return service
    raise NotFound(f"{target}: no such service that is active")


def observed(service: Any, now: EpochMillis, *configuration: object) -> TargetState:
    """`configuration` is what an action depends on: its mark changes when that does."""
    primary = primary_of(service)
    return TargetState(
        at=now,
        mark=stable_id(service.get("taskDefinition", ""), *map(str, configuration)),
        desired=service["desiredCount"],
        healthy=service["runningCount"],
        settled=progress_of(service)[0] is Progress.SETTLED,
        facts={
            "taskDefinition": service.get("taskDefinition", ""),
            "desiredCount": service["desiredCount"],
            "deployment": str(primary.get("id", "")),
        },
    )


def look_at(service: Any, seen: TargetState) -> RolloutStatus:
    progress, reason = progress_of(service)
    return RolloutStatus(progress=progress, reason=reason, observed=seen)


def progress_of(service: Any) -> tuple[Progress, str]:
    """Where the latest deployment is, and the words for it."""
    primary = primary_of(service)
    running, desired = service["runningCount"], service["desiredCount"]
    counts = f"{running} of {desired} tasks run"
    match primary.get("rolloutState"):
        case "FAILED":
            why = primary.get("rolloutStateReason") or "no reason given"
            return Progress.FAILED, f"the deployment failed: {why}"
        case "COMPLETED" if running >= desired:
            return Progress.SETTLED, counts
        case None if running >= desired and len(service.get("deployments") or ()) <= 1:
            return Progress.SETTLED, counts
        case _:
            return Progress.MOVING, counts


def primary_of(service: Any) -> Any:
    """The deployment that is to stay (Any, as above)."""
    return next((one for one in service.get("deployments") or () if one["status"] == "PRIMARY"), {})


def disturbed(service: Any) -> int | None:
    """How many running tasks a rolling deployment may take away at once, None where ECS decides."""
    percent = (service.get("deploymentConfiguration") or {}).get("minimumHealthyPercent")
    if percent is None:
        return None
    desired = int(service["desiredCount"])
    return max(0, desired - ceil(desired * int(percent) / 100))


def update_call(target: Target, parameters: Facts) -> Call:
    """UpdateService as a person reads it."""
    named: Facts = {"cluster": target.cluster, "service": target.name}
    return Call(operation="ecs:UpdateService", parameters={**named, **parameters})


def with_facts(seen: TargetState, **facts: str | int) -> TargetState:
    """The same, and what else an executor needs to act and to undo."""
    return replace(seen, facts={**seen.facts, **facts})


def revision(arn: object) -> str:
    """`family:7` of a task definition's ARN."""
    return str(arn).rpartition("/")[2]


NAMESPACE: Final = "ecs"
DIMENSION: Final = "ecs:service:DesiredCount"


class Bounds(msgspec.Struct, frozen=True):
    """Tasks between which the service's own auto scaling moves."""

    least: int
    most: int


def bounds_of(client: "ApplicationAutoScalingClient", target: Target) -> Bounds | None:
    """None where nothing scales the service by itself."""
    with translate_aws_errors(f"read the auto scaling of {target}"):
        try:
            answer = client.describe_scalable_targets(
                ServiceNamespace=NAMESPACE, ResourceIds=[_resource(target)], ScalableDimension=DIMENSION
            )
        except ClientError as error:
            # AWS names what it refuses; an endpoint that has never heard of this API answers a bare 400.
            if error.response["Error"]["Code"] == "400":
                return None
            raise
    for found in answer["ScalableTargets"]:
        return Bounds(found["MinCapacity"], found["MaxCapacity"])
    return None


def set_least(client: "ApplicationAutoScalingClient", target: Target, least: int) -> None:
    """Leaves the rest of the scaling target as it is."""
    with translate_aws_errors(f"set the least tasks of {target}"):
        client.register_scalable_target(
            ServiceNamespace=NAMESPACE,
            ResourceId=_resource(target),
            ScalableDimension=DIMENSION,
            MinCapacity=least,
        )


def _resource(target: Target) -> str:
    return f"service/{target.cluster}/{target.name}"
