"""Reads and sets the minimum to which Application Auto Scaling may take an ECS service."""

from typing import TYPE_CHECKING, Final

import msgspec
from botocore.exceptions import ClientError

from cloudops.adapters.aws import aws_errors
from cloudops.domain.catalogue import Target

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient

NAMESPACE: Final = "ecs"
DIMENSION: Final = "ecs:service:DesiredCount"


class Bounds(msgspec.Struct, frozen=True):
    """Tasks between which the service's own auto scaling moves."""

    least: int
    most: int


def bounds_of(client: "ApplicationAutoScalingClient", target: Target) -> Bounds | None:
    """None where nothing scales the service by itself."""
    with aws_errors(f"read the auto scaling of {target}"):
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
    with aws_errors(f"set the least tasks of {target}"):
        client.register_scalable_target(
            ServiceNamespace=NAMESPACE,
            ResourceId=_resource(target),
            ScalableDimension=DIMENSION,
            MinCapacity=least,
        )


def _resource(target: Target) -> str:
    return f"service/{target.cluster}/{target.name}"
