"""Restarts, rolls back and scales an ECS service.

ECS keeps no name of ours on a service, so an act that was begun before is known by its effect: the service
already is what the plan says, and has changed from the snapshot in nothing else.
"""

from typing import TYPE_CHECKING, Any, ClassVar, Final

from cloudops.adapters.aws import aws_errors, pages
from cloudops.adapters.executors.ecs_service import (
    Clients,
    describe,
    disturbed,
    look_at,
    observed,
    primary_of,
)
from cloudops.adapters.executors.step import stepped
from cloudops.adapters.executors.undoing import MEDDLED, UNDONE, UNTOUCHED, irreversible
from cloudops.domain.alert import Instant
from cloudops.domain.catalogue import Limits, Target
from cloudops.domain.errors import Conflict
from cloudops.domain.remediation import Call, Draft, Look, Observed, Permissions, Plan, Refusal, Undone

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient

ON_SERVICES: Final = ("ecs:*:{account}:service/*", "ecs:*:{account}:cluster/*")
"""AWS judges calls on a service by the service; the emulator by its cluster, which grants nothing on AWS."""
DESCRIBE: Final[Permissions] = {"ecs:DescribeServices": ON_SERVICES}
UPDATE: Final[Permissions] = {"ecs:UpdateService": ON_SERVICES}


class EcsScale:
    """Adds tasks. The service's own auto scaling may take them away again once the load is gone."""

    permissions: ClassVar[Permissions] = {**DESCRIBE, **UPDATE}

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def observe(self, target: Target, now: Instant) -> Observed:
        service = describe(self._clients(target), target)
        return observed(service, now, service["desiredCount"])

    def plan(self, target: Target, observed: Observed, limits: Limits) -> Draft | Refusal:
        before = observed.desired or 0
        after = stepped(before, limits)
        if isinstance(after, Refusal):
            return after
        return Draft(
            summary=f"from {before} to {after} tasks",
            calls=(_update(target, {"desiredCount": after}),),
            before={"desiredCount": before},
            after={"desiredCount": after},
            disturbs=0,
            count_before=before,
            count_after=after,
        )

    def act(self, plan: Plan, snapshot: Observed, key: str) -> None:
        self._set(plan.target, snapshot.desired, plan.draft.count_after, snapshot)

    def look(self, plan: Plan, snapshot: Observed, key: str, now: Instant) -> Look:
        service = describe(self._clients(plan.target), plan.target)
        return look_at(service, observed(service, now, service["desiredCount"]))

    def undo(self, plan: Plan, snapshot: Observed, key: str) -> Undone:
        service = describe(self._clients(plan.target), plan.target)
        if service["desiredCount"] == snapshot.desired:
            return UNTOUCHED
        if service["desiredCount"] != plan.draft.count_after:
            return MEDDLED
        self._set(plan.target, plan.draft.count_after, snapshot.desired, None)
        return UNDONE

    def _set(self, target: Target, now: int | None, then: int | None, snapshot: Observed | None) -> None:
        """From one count to another, unless it is there already."""
        client = self._clients(target)
        service = describe(client, target)
        if service["desiredCount"] == then:
            return
        moved = snapshot is not None and service["taskDefinition"] != snapshot.facts["taskDefinition"]
        if service["desiredCount"] != now or moved or then is None:
            raise Conflict(f"{target}: somebody else changed it")
        with aws_errors(f"scale {target}"):
            client.update_service(cluster=target.cluster, service=target.name, desiredCount=then)


class EcsRestart:
    """Replaces every task by a new deployment of the same task definition."""

    permissions: ClassVar[Permissions] = {**DESCRIBE, **UPDATE}

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def observe(self, target: Target, now: Instant) -> Observed:
        service = describe(self._clients(target), target)
        seen = observed(service, now, primary_of(service).get("id", ""))
        lost = disturbed(service)
        return seen if lost is None else _with(seen, disturbs=lost)

    def plan(self, target: Target, observed: Observed, limits: Limits) -> Draft | Refusal:
        if not observed.desired:
            return Refusal(reason="no task is wanted, so there is none to restart")
        lost = observed.facts.get("disturbs")
        return Draft(
            summary=f"replace {observed.desired} tasks by new ones of the same version",
            calls=(_update(target, {"forceNewDeployment": True}),),
            before={"deployment": observed.facts["deployment"]},
            after={"deployment": "a new one", "taskDefinition": observed.facts["taskDefinition"]},
            disturbs=lost if isinstance(lost, int) else None,
            reversible=False,
        )

    def act(self, plan: Plan, snapshot: Observed, key: str) -> None:
        client = self._clients(plan.target)
        service = describe(client, plan.target)
        if service["taskDefinition"] != snapshot.facts["taskDefinition"]:
            raise Conflict(f"{plan.target}: somebody else deployed another version")
        if primary_of(service).get("id") != snapshot.facts["deployment"]:
            return
        with aws_errors(f"restart {plan.target}"):
            client.update_service(
                cluster=plan.target.cluster, service=plan.target.name, forceNewDeployment=True
            )

    def look(self, plan: Plan, snapshot: Observed, key: str, now: Instant) -> Look:
        service = describe(self._clients(plan.target), plan.target)
        return look_at(service, observed(service, now))

    def undo(self, plan: Plan, snapshot: Observed, key: str) -> Undone:
        service = describe(self._clients(plan.target), plan.target)
        if primary_of(service).get("id") == snapshot.facts["deployment"]:
            return UNTOUCHED
        return irreversible("a restart cannot be taken back")


class EcsRollback:
    """Goes back to the task definition that ran before: that of the deployment which still runs beside the
    latest one, else the family's revision before this one."""

    permissions: ClassVar[Permissions] = {**DESCRIBE, **UPDATE, "ecs:ListTaskDefinitions": ("*",)}

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def observe(self, target: Target, now: Instant) -> Observed:
        client = self._clients(target)
        service = describe(client, target)
        seen = _with(observed(service, now), previous=self._previous(client, target, service))
        lost = disturbed(service)
        return seen if lost is None else _with(seen, disturbs=lost)

    def plan(self, target: Target, observed: Observed, limits: Limits) -> Draft | Refusal:
        current, previous = observed.facts["taskDefinition"], observed.facts["previous"]
        if not previous:
            return Refusal(reason="there is no version before this one")
        lost = observed.facts.get("disturbs")
        return Draft(
            summary=f"from {_revision(current)} back to {_revision(previous)}",
            calls=(_update(target, {"taskDefinition": str(previous)}),),
            before={"taskDefinition": current},
            after={"taskDefinition": previous},
            disturbs=lost if isinstance(lost, int) else None,
        )

    def act(self, plan: Plan, snapshot: Observed, key: str) -> None:
        before, after = plan.draft.before["taskDefinition"], plan.draft.after["taskDefinition"]
        if not self._deploy(plan.target, str(before), str(after)):
            raise Conflict(f"{plan.target}: somebody else deployed another version")

    def look(self, plan: Plan, snapshot: Observed, key: str, now: Instant) -> Look:
        service = describe(self._clients(plan.target), plan.target)
        return look_at(service, observed(service, now))

    def undo(self, plan: Plan, snapshot: Observed, key: str) -> Undone:
        before, after = plan.draft.before["taskDefinition"], plan.draft.after["taskDefinition"]
        service = describe(self._clients(plan.target), plan.target)
        if service["taskDefinition"] == before:
            return UNTOUCHED
        return UNDONE if self._deploy(plan.target, str(after), str(before)) else MEDDLED

    def _deploy(self, target: Target, current: str, wanted: str) -> bool:
        """Whether the service now has the wanted version: not where it had neither."""
        client = self._clients(target)
        service = describe(client, target)
        if service["taskDefinition"] == wanted:
            return True
        if service["taskDefinition"] != current:
            return False
        with aws_errors(f"deploy {_revision(wanted)} to {target}"):
            client.update_service(cluster=target.cluster, service=target.name, taskDefinition=wanted)
        return True

    def _previous(self, client: "ECSClient", target: Target, service: Any) -> str:
        current = service["taskDefinition"]
        for deployment in service["deployments"]:
            if deployment["status"] == "ACTIVE" and deployment["taskDefinition"] != current:
                return str(deployment["taskDefinition"])
        family, _, revision = _revision(current).rpartition(":")
        request = {"familyPrefix": family, "status": "ACTIVE", "sort": "DESC"}
        doing = f"list versions of {target}"
        for page in pages(doing, client.list_task_definitions, request, token="nextToken"):  # noqa: S106
            for arn in page["taskDefinitionArns"]:
                name, _, number = _revision(arn).rpartition(":")
                if name == family and int(number) < int(revision):
                    return str(arn)
        return ""


def _update(target: Target, parameters: dict[str, str | int | float | bool | None]) -> Call:
    return Call(
        operation="ecs:UpdateService",
        parameters={"cluster": target.cluster, "service": target.name, **parameters},
    )


def _with(seen: Observed, **facts: str | int) -> Observed:
    return Observed(
        at=seen.at,
        mark=seen.mark,
        desired=seen.desired,
        healthy=seen.healthy,
        settled=seen.settled,
        facts={**seen.facts, **facts},
    )


def _revision(arn: object) -> str:
    """`family:7` of a task definition's ARN."""
    return str(arn).rpartition("/")[2]
