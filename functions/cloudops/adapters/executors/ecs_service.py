"""Reads one ECS service: its counts, its task definition, and how far its deployment is."""

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, Any, TypeAlias

from cloudops.adapters.aws import aws_errors
from cloudops.domain.alert import Instant, digest
from cloudops.domain.catalogue import Target
from cloudops.domain.errors import NotFound
from cloudops.domain.remediation import Look, Observed, Progress

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient

Clients: TypeAlias = "Callable[[Target], ECSClient]"
"""The client for a target's account and region."""


def describe(client: "ECSClient", target: Target) -> Any:
    """The service as AWS describes it (Any: its shape is the service model's); NotFound names it."""
    with aws_errors(f"describe {target}"):
        answer = client.describe_services(cluster=target.cluster, services=[target.name])
    for service in answer["services"]:
        if service.get("status") == "ACTIVE":
            return service
    raise NotFound(f"{target}: no such service that is active")


def observed(service: Any, now: Instant, *configuration: object) -> Observed:
    """`configuration` is what an action depends on: its mark changes when that does."""
    primary = primary_of(service)
    return Observed(
        at=now,
        mark=digest(service["taskDefinition"], *map(str, configuration)),
        desired=service["desiredCount"],
        healthy=service["runningCount"],
        settled=progress_of(service)[0] is Progress.SETTLED,
        facts={
            "taskDefinition": service["taskDefinition"],
            "desiredCount": service["desiredCount"],
            "deployment": str(primary.get("id", "")),
        },
    )


def look_at(service: Any, seen: Observed) -> Look:
    progress, reason = progress_of(service)
    return Look(progress=progress, reason=reason, observed=seen)


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
        case None if running >= desired and len(service["deployments"]) == 1:
            return Progress.SETTLED, counts
        case _:
            return Progress.MOVING, counts


def primary_of(service: Any) -> Any:
    """The deployment that is to stay (Any, as above)."""
    return next((one for one in service["deployments"] if one["status"] == "PRIMARY"), {})


def disturbed(service: Any) -> int | None:
    """How many running tasks a rolling deployment may take away at once, None where ECS decides."""
    percent = (service.get("deploymentConfiguration") or {}).get("minimumHealthyPercent")
    if percent is None:
        return None
    desired = int(service["desiredCount"])
    return max(0, desired - ceil(desired * int(percent) / 100))
