"""Reads an ECS service: counts, task definition, progress of its deployment, bounds of its auto scaling."""

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
from cloudops.remediation.plan import Call, Facts, TargetState, Version

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
    from mypy_boto3_ecs import ECSClient


Clients: TypeAlias = "Callable[[Target], ECSClient]"
"""Returns the client for a target's account and region."""

SERVICE_ARNS: Final = ("ecs:*:{account}:service/*", "ecs:*:{account}:cluster/*")
"""AWS authorizes calls by the ARN of the service. The emulator authorizes by the cluster; on AWS that grants
nothing more."""
DESCRIBE_SERVICES: Final[Permissions] = {"ecs:DescribeServices": SERVICE_ARNS}
UPDATE_SERVICE: Final[Permissions] = {"ecs:UpdateService": SERVICE_ARNS}


def describe_service(client: "ECSClient", target: Target) -> Any:
    """Reads the service as AWS returns it (Any: the service model defines its shape).

    Raises:
        NotFound: There is no such service, or it is not active.
    """
    with translate_aws_errors(f"describe {target}"):
        response = client.describe_services(cluster=target.cluster, services=[target.name])
    for service in response["services"]:
        if service.get("status") == "ACTIVE":
            return service
    raise NotFound(f"{target}: no such active service")


def service_state(service: Any, now: EpochMillis, *configuration: object) -> TargetState:
    """Returns the state of the service. The mark also changes with `configuration`, the values that the
    action depends on."""
    primary, version = primary_of(service), service.get("taskDefinition", "")
    return TargetState(
        at=now,
        mark=stable_id(version, *map(str, configuration)),
        desired=service["desiredCount"],
        healthy=service["runningCount"],
        settled=deployment_progress(service)[0] is Progress.SETTLED,
        version=task_definition(version) if version else None,
        facts={
            "taskDefinition": version,
            "desiredCount": service["desiredCount"],
            "deployment": str(primary.get("id", "")),
        },
    )


def rollout_of(service: Any, state: TargetState) -> RolloutStatus:
    """Returns the progress of the latest deployment, with the state of the service."""
    progress, reason = deployment_progress(service)
    return RolloutStatus(progress=progress, reason=reason, observed=state)


def deployment_progress(service: Any) -> tuple[Progress, str]:
    """Returns the progress of the latest deployment, with the reason."""
    primary = primary_of(service)
    running, desired = service["runningCount"], service["desiredCount"]
    counts = f"{running} of {desired} tasks are running"
    match primary.get("rolloutState"):
        case "FAILED":
            cause = primary.get("rolloutStateReason") or "no reason given"
            return Progress.FAILED, f"the deployment failed: {cause}"
        case "COMPLETED" if running >= desired:
            return Progress.SETTLED, counts
        case None if running >= desired and len(service.get("deployments") or ()) <= 1:
            return Progress.SETTLED, counts
        case _:
            return Progress.MOVING, counts


def primary_of(service: Any) -> Any:
    """Returns the primary deployment, the one that stays, or {} (Any, as above)."""
    return next((one for one in service.get("deployments") or () if one["status"] == "PRIMARY"), {})


def unavailable_tasks(service: Any) -> int | None:
    """Returns how many running tasks a rolling deployment may stop at once, or None if ECS decides."""
    percent = (service.get("deploymentConfiguration") or {}).get("minimumHealthyPercent")
    if percent is None:
        return None
    desired = int(service["desiredCount"])
    return max(0, desired - ceil(desired * int(percent) / 100))


def update_call(target: Target, parameters: Facts) -> Call:
    """Returns the UpdateService call of a plan."""
    named: Facts = {"cluster": target.cluster, "service": target.name}
    return Call(operation="ecs:UpdateService", parameters={**named, **parameters})


def with_facts(state: TargetState, **facts: str | int) -> TargetState:
    """Returns the state with more facts that an executor needs to act and to roll back."""
    return replace(state, facts={**state.facts, **facts})


def task_definition(arn: str) -> Version:
    """Returns the version that a task definition is."""
    return Version(id=arn, name=revision(arn))


def revision(arn: object) -> str:
    """Returns `family:7` from the ARN of a task definition."""
    return str(arn).rpartition("/")[2]


NAMESPACE: Final = "ecs"
DIMENSION: Final = "ecs:service:DesiredCount"


class ScalingBounds(msgspec.Struct, frozen=True):
    """The fewest and the most tasks that the service's auto scaling allows."""

    minimum: int
    maximum: int


def bounds_of(client: "ApplicationAutoScalingClient", target: Target) -> ScalingBounds | None:
    """Returns the bounds of the service's auto scaling, or None if it has none."""
    with translate_aws_errors(f"read the auto scaling of {target}"):
        try:
            response = client.describe_scalable_targets(
                ServiceNamespace=NAMESPACE, ResourceIds=[_resource(target)], ScalableDimension=DIMENSION
            )
        except ClientError as error:
            # An endpoint without this API (an emulator) answers with the bare code 400; AWS always names
            # the error.
            if error.response["Error"]["Code"] == "400":
                return None
            raise
    for scalable in response["ScalableTargets"]:
        return ScalingBounds(scalable["MinCapacity"], scalable["MaxCapacity"])
    return None


def set_minimum(client: "ApplicationAutoScalingClient", target: Target, minimum: int) -> None:
    """Sets the minimum capacity of the scalable target, and nothing else."""
    with translate_aws_errors(f"set the minimum of the auto scaling of {target}"):
        client.register_scalable_target(
            ServiceNamespace=NAMESPACE,
            ResourceId=_resource(target),
            ScalableDimension=DIMENSION,
            MinCapacity=minimum,
        )


def _resource(target: Target) -> str:
    return f"service/{target.cluster}/{target.name}"
