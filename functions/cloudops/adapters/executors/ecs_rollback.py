"""Takes an ECS service back to the version that ran before.

ECS keeps no name of ours on a service, so an act that was begun before is known by its effect: the service
already has the version that the plan goes back to.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from cloudops.adapters.aws.client import paginate, translate_aws_errors
from cloudops.adapters.executors.common import CHANGED_BY_OTHERS, UNDONE, UNTOUCHED
from cloudops.adapters.executors.ecs_codedeploy import (
    CodeDeployClients,
    CodeDeployStop,
    is_deployed_by_codedeploy,
)
from cloudops.adapters.executors.ecs_service import (
    DESCRIBE,
    UPDATE,
    Clients,
    describe,
    disturbed,
    look_at,
    observed,
    revision,
    update_call,
    with_facts,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Permissions, RollbackResult, RolloutStatus
from cloudops.remediation.plan import Plan, PlannedChange, PlanRejected, TargetState

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient


class EcsRollback:
    """Goes back to the task definition that ran before: that of the deployment which still runs beside the
    latest one, else the family's revision before this one. Where CodeDeploy deploys the service, its running
    deployment is stopped instead."""

    permissions: ClassVar[Permissions] = {
        **DESCRIBE,
        **UPDATE,
        **CodeDeployStop.permissions,
        "ecs:ListTaskDefinitions": ("*",),
    }

    def __init__(self, clients: Clients, code_deploy: CodeDeployClients) -> None:
        self._clients = clients
        self._code_deploy = CodeDeployStop(code_deploy)

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        client = self._clients(target)
        service = describe(client, target)
        if is_deployed_by_codedeploy(service):
            return self._code_deploy.observe(target, service, now)
        seen = with_facts(observed(service, now), previous=self._previous(client, target, service))
        lost = disturbed(service)
        return seen if lost is None else with_facts(seen, disturbs=lost)

    def plan(self, target: Target, observed: TargetState, limits: Limits) -> PlannedChange | PlanRejected:
        if _by_codedeploy(observed):
            return self._code_deploy.plan(observed)
        current, previous = observed.facts["taskDefinition"], observed.facts["previous"]
        if not previous:
            return PlanRejected(reason="there is no version before this one")
        lost = observed.facts.get("disturbs")
        return PlannedChange(
            summary=f"from {revision(current)} back to {revision(previous)}",
            calls=(update_call(target, {"taskDefinition": str(previous)}),),
            before={"taskDefinition": current},
            after={"taskDefinition": previous},
            disturbs=lost if isinstance(lost, int) else None,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        if _by_codedeploy(snapshot):
            self._code_deploy.act(plan)
            return
        before, after = plan.draft.before["taskDefinition"], plan.draft.after["taskDefinition"]
        if not self._deploy(plan.target, str(before), str(after)):
            raise Conflict(f"{plan.target}: somebody else deployed another version")

    def look(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        service = describe(self._clients(plan.target), plan.target)
        if _by_codedeploy(snapshot):
            return self._code_deploy.look(plan, service, now)
        return look_at(service, observed(service, now))

    def undo(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        if _by_codedeploy(snapshot):
            return self._code_deploy.undo(plan)
        before, after = plan.draft.before["taskDefinition"], plan.draft.after["taskDefinition"]
        service = describe(self._clients(plan.target), plan.target)
        if service["taskDefinition"] == before:
            return UNTOUCHED
        return UNDONE if self._deploy(plan.target, str(after), str(before)) else CHANGED_BY_OTHERS

    def _deploy(self, target: Target, current: str, wanted: str) -> bool:
        """Whether the service now has the wanted version: not where it had neither."""
        client = self._clients(target)
        service = describe(client, target)
        if service["taskDefinition"] == wanted:
            return True
        if service["taskDefinition"] != current:
            return False
        with translate_aws_errors(f"deploy {revision(wanted)} to {target}"):
            client.update_service(cluster=target.cluster, service=target.name, taskDefinition=wanted)
        return True

    def _previous(self, client: "ECSClient", target: Target, service: Any) -> str:
        current = service["taskDefinition"]
        for deployment in service["deployments"]:
            if deployment["status"] == "ACTIVE" and deployment["taskDefinition"] != current:
                return str(deployment["taskDefinition"])
        family, _, running = revision(current).rpartition(":")
        request = {"familyPrefix": family, "status": "ACTIVE", "sort": "DESC"}
        doing = f"list versions of {target}"
        for page in paginate(doing, client.list_task_definitions, request, token="nextToken"):  # noqa: S106
            for arn in page["taskDefinitionArns"]:
                name, _, number = revision(arn).rpartition(":")
                if name == family and int(number) < int(running):
                    return str(arn)
        return ""


def _by_codedeploy(observed: TargetState) -> bool:
    return "status" in observed.facts
