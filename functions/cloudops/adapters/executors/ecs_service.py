"""Reads an ECS service: counts, task definition, progress of its deployment, bounds of its auto scaling."""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec
from botocore.exceptions import ClientError
from msgspec.structs import replace

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.catalog.declaration import Target
from cloudops.core.errors import NotFound
from cloudops.core.ids import stable_id
from cloudops.core.time import SECOND, EpochMillis
from cloudops.remediation.executor import (
    Permissions,
    Progress,
    RolloutLimits,
    RolloutStatus,
    limits_by_batches,
)
from cloudops.remediation.plan import Call, Facts, Plan, TargetState, Version

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


def is_deployed_externally(service: Any) -> bool:
    """Returns whether a third-party controller deploys the service, by task sets of its own. ECS then accepts
    no other task definition and forces no deployment
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html)."""
    return bool((service.get("deploymentController") or {}).get("type") == "EXTERNAL")


def external_state(now: EpochMillis) -> TargetState:
    """Returns the state of a service that a third-party controller deploys."""
    return TargetState(at=now, mark="external", facts={"controller": "an external controller"})


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
            **deployment_facts(service),
        },
    )


def rollout_of(service: Any, state: TargetState) -> RolloutStatus:
    """Returns the progress of the latest deployment, with the state of the service."""
    progress, reason = deployment_progress(service)
    return _status(service, state, progress, reason)


def superseded_by(service: Any, state: TargetState, what_runs: str) -> RolloutStatus:
    """Returns the status of an action in whose place something else runs."""
    return _status(service, state, Progress.SUPERSEDED, what_runs)


def not_shown_yet(service: Any, state: TargetState) -> RolloutStatus:
    """Returns the status of an action that ECS has accepted and does not show yet: its API is eventually
    consistent (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html)."""
    return _status(service, state, Progress.MOVING, "ECS does not show the change yet")


def other_version(service: Any, wanted: object) -> str:
    """Returns which version runs instead of the task definition `wanted`, with the reason that ECS gives."""
    primary = primary_of(service)
    runs = revision(primary.get("taskDefinition") or service.get("taskDefinition", ""))
    cause = primary.get("rolloutStateReason")
    return f"{runs} runs, not {revision(wanted)}" + (f": {cause}" if cause else "")


def failed_to_deploy(service: Any, state: TargetState, snapshot: TargetState) -> RolloutStatus | None:
    """Returns the status of a deployment that ECS gave up after the snapshot, or None.

    After a rollback by its circuit breaker or by an alarm, ECS deploys the last completed version again, and
    that deployment completes. What failed then stands in the events of the service alone. A deployment that
    ran before the action and failed after it says nothing about the action.
    """
    earlier = f"(deployment {snapshot.facts['deployment']})"
    for event in service.get("events") or ():
        message, is_later = event["message"], _millis(event["createdAt"]) > snapshot.at
        if is_later and "deployment failed:" in message and earlier not in message:
            return _status(service, state, Progress.FAILED, message)
    return None


def _status(service: Any, state: TargetState, progress: Progress, reason: str) -> RolloutStatus:
    return RolloutStatus(
        progress=progress, reason=reason, observed=state, progress_mark=progress_mark(service)
    )


def _millis(at: datetime) -> EpochMillis:
    return int(at.timestamp() * SECOND)


def deployment_progress(service: Any) -> tuple[Progress, str]:
    """Returns the progress of the latest deployment, with the reason.

    It is settled when all tasks run and none of them belongs to another deployment.
    """
    primary = primary_of(service)
    running, desired = service["runningCount"], service["desiredCount"]
    others = sum(one.get("runningCount", 0) for one in _others(service))
    counts = f"{running} of {desired} tasks are running"
    if others:
        counts += f", {others} of them of another deployment"
    match primary.get("rolloutState"):
        case "FAILED":
            cause = primary.get("rolloutStateReason") or "no reason given"
            return Progress.FAILED, f"the deployment failed: {cause}"
        case "COMPLETED" if running >= desired and not others:
            return Progress.SETTLED, counts
        case None if running >= desired and len(service.get("deployments") or ()) <= 1:
            return Progress.SETTLED, counts
        case _:
            return Progress.MOVING, counts


def progress_mark(service: Any) -> str:
    """Returns a mark that changes while the latest deployment advances: its id, its state, the tasks of other
    deployments that still run, and its own. Tasks that start and fail again are no progress, so once tasks
    have failed its own do not count."""
    primary = primary_of(service)
    others = sum(one.get("runningCount", 0) for one in _others(service))
    own = "" if primary.get("failedTasks") else str(primary.get("runningCount", service["runningCount"]))
    return "/".join((str(primary.get("id", "")), str(primary.get("rolloutState", "")), str(others), own))


def _others(service: Any) -> list[Any]:
    return [one for one in service.get("deployments") or () if one["status"] != "PRIMARY"]


TASK_START_SECONDS: Final = 600
"""Seconds for a task to be placed, pull its image, start and become healthy. A minute is usual; a capacity
provider that launches an EC2 instance first takes three to five."""
TASK_STOP_SECONDS: Final = 120
"""The longest `stopTimeout` on Fargate
(https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html)."""
DEREGISTRATION_SECONDS: Final = 300
"""The default deregistration delay of a target group; ECS stops a task only after it
(https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html)."""


def deployment_facts(service: Any) -> Facts:
    """Returns what the length of a deployment depends on, in seconds: how long one task takes to be replaced,
    how long the deployment bakes in all and at most in one step; and how many tasks it replaces at once."""
    settings = service.get("deploymentConfiguration") or {}
    desired = int(service["desiredCount"])
    start = TASK_START_SECONDS + int(service.get("healthCheckGracePeriodSeconds") or 0)
    stop = TASK_STOP_SECONDS + (DEREGISTRATION_SECONDS if service.get("loadBalancers") else 0)
    more = desired * int(settings.get("maximumPercent", 200)) // 100 - desired
    fewer = desired - ceil(desired * int(settings.get("minimumHealthyPercent", 100)) / 100)
    bakes = _bake_minutes(settings)
    return {
        "startSeconds": start,
        "stopSeconds": stop,
        "bakeSeconds": sum(bakes) * 60,
        "longestBakeSeconds": max(bakes) * 60,
        "replacedAtOnce": max(1, more + fewer),
    }


def _bake_minutes(settings: Any) -> list[int]:
    """Returns the minutes of each wait in a deployment of the strategies blue/green, canary and linear."""
    last = int(settings.get("bakeTimeInMinutes") or 0)
    canary, linear = settings.get("canaryConfiguration") or {}, settings.get("linearConfiguration") or {}
    if settings.get("strategy") == "CANARY":
        return [int(canary.get("canaryBakeTimeInMinutes") or 0), last]
    if settings.get("strategy") == "LINEAR":
        steps = ceil(100 / float(linear.get("stepPercent") or 100))
        return [*(int(linear.get("stepBakeTimeInMinutes") or 0) for _ in range(steps)), last]
    return [last]


def deployment_limits(plan: Plan, snapshot: TargetState) -> RolloutLimits:
    """Returns the limits of a deployment, or of a scaling, which starts all its tasks at once and stops none.

    Without progress a deployment may stay for as long as one task takes to start and another to be drained
    and stopped, after it has baked. In all it may take as long as its batches of tasks, and its bake times.
    """
    start, stop, bakes, longest_bake, at_once = (
        int(snapshot.facts[name] or 0)
        for name in ("startSeconds", "stopSeconds", "bakeSeconds", "longestBakeSeconds", "replacedAtOnce")
    )
    if plan.draft.count_after is not None:
        return limits_by_batches(stall_seconds=start, batches=1, batch_seconds=start)
    return limits_by_batches(
        stall_seconds=start + stop + longest_bake,
        batches=ceil((snapshot.desired or 0) / at_once),
        batch_seconds=start + stop,
        waits_seconds=bakes,
    )


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
