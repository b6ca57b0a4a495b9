"""Rolls an ECS service back to the task definition that ran before.

UpdateService has no idempotency key. An earlier attempt is recognized by its effect: the service already has
the task definition of the plan.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from cloudops.adapters.aws.client import paginate, translate_aws_errors
from cloudops.adapters.executors.common import CHANGED_BY_OTHERS, ROLLED_BACK, UNTOUCHED
from cloudops.adapters.executors.ecs_codedeploy import (
    CodeDeployClients,
    CodeDeployStop,
    is_deployed_by_codedeploy,
)
from cloudops.adapters.executors.ecs_service import (
    DESCRIBE_SERVICES,
    UPDATE_SERVICE,
    Clients,
    deployment_limits,
    describe_service,
    external_state,
    is_deployed_externally,
    not_shown_yet,
    other_version,
    primary_of,
    revision,
    rollout_of,
    service_state,
    superseded_by,
    task_definition,
    unavailable_tasks,
    update_call,
    with_facts,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import (
    Permissions,
    RollbackResult,
    RolloutLimits,
    RolloutStatus,
    default_rollout_limits,
)
from cloudops.remediation.plan import Plan, PlannedChange, PlanRejected, TargetState, Version
from cloudops.remediation.versions import MAX_EARLIER, VersionHistory, choose_version

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient


class EcsRollback:
    """Executor that deploys an earlier task definition.

    The previous one by the order of ECS is that of an older deployment which still runs, else the next lower
    active revision of the family. A higher revision of the same family is never the previous one, even if its
    deployment still runs: the service was rolled back from it. If CodeDeploy deploys the service, its
    deployment is stopped instead.
    """

    permissions: ClassVar[Permissions] = {
        **DESCRIBE_SERVICES,
        **UPDATE_SERVICE,
        **CodeDeployStop.permissions,
        "ecs:ListTaskDefinitions": ("*",),
    }

    def __init__(self, clients: Clients, code_deploy: CodeDeployClients) -> None:
        self._clients = clients
        self._code_deploy = CodeDeployStop(code_deploy)

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        client = self._clients(target)
        service = describe_service(client, target)
        if is_deployed_by_codedeploy(service):
            return self._code_deploy.observe(target, service, now)
        if is_deployed_externally(service):
            return external_state(now)
        state = service_state(service, now)
        if state.version is not None:
            state = replace(state, earlier=self._earlier(client, target, service, state.version))
        lost = unavailable_tasks(service)
        return state if lost is None else with_facts(state, disturbs=lost)

    def plan(
        self, target: Target, observed: TargetState, limits: Limits, history: VersionHistory
    ) -> PlannedChange | PlanRejected:
        if _by_codedeploy(observed):
            return self._code_deploy.plan(observed, history)
        if controller := observed.facts.get("controller"):
            return PlanRejected(
                reason=f"{controller} deploys the service, so ECS accepts no other task definition: "
                "deploy the earlier version with that controller"
            )
        chosen = choose_version(observed, history)
        if isinstance(chosen, PlanRejected):
            return chosen
        current, previous = chosen.current, chosen.previous
        lost = observed.facts.get("disturbs")
        return PlannedChange(
            summary=f"from {current.name} back to {previous.name}: {chosen.reason}",
            calls=(update_call(target, {"taskDefinition": previous.id}),),
            before={"taskDefinition": current.id},
            after={"taskDefinition": previous.id},
            disturbs=lost if isinstance(lost, int) else None,
            version_before=current.id,
            version_after=previous.id,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        if _by_codedeploy(snapshot):
            self._code_deploy.act(plan)
            return
        before, after = plan.draft.before["taskDefinition"], plan.draft.after["taskDefinition"]
        if not self._deploy(plan.target, str(before), str(after)):
            raise Conflict(f"{plan.target}: another version was deployed after the plan")

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        """Reads the rollout. It is superseded if the service or its latest deployment has another version
        than that of the plan: a person deployed one, or the circuit breaker of ECS rolled back."""
        service = describe_service(self._clients(plan.target), plan.target)
        if _by_codedeploy(snapshot):
            return self._code_deploy.rollout_status(plan, service, now)
        state, wanted, primary = service_state(service, now), plan.draft.version_after, primary_of(service)
        if {service["taskDefinition"], primary.get("taskDefinition")} == {wanted}:
            return rollout_of(service, state)
        if primary.get("id", "") == snapshot.facts["deployment"]:
            return not_shown_yet(service, state)
        return superseded_by(service, state, other_version(service, wanted))

    def rollout_limits(self, plan: Plan, snapshot: TargetState) -> RolloutLimits:
        if _by_codedeploy(snapshot):
            return default_rollout_limits(plan, snapshot)
        return deployment_limits(plan, snapshot)

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        if _by_codedeploy(snapshot):
            return self._code_deploy.roll_back(plan)
        before, after = plan.draft.before["taskDefinition"], plan.draft.after["taskDefinition"]
        service = describe_service(self._clients(plan.target), plan.target)
        if service["taskDefinition"] == before:
            return UNTOUCHED
        return ROLLED_BACK if self._deploy(plan.target, str(after), str(before)) else CHANGED_BY_OTHERS

    def _deploy(self, target: Target, current: str, requested: str) -> bool:
        """Deploys the task definition `requested` in place of `current`.

        Returns:
            Whether the service has it now. False, without a change, if it had neither.
        """
        client = self._clients(target)
        service = describe_service(client, target)
        if service["taskDefinition"] == requested:
            return True
        if service["taskDefinition"] != current:
            return False
        with translate_aws_errors(f"deploy {revision(requested)} to {target}"):
            client.update_service(cluster=target.cluster, service=target.name, taskDefinition=requested)
        return True

    def _earlier(
        self, client: "ECSClient", target: Target, service: Any, current: Version
    ) -> tuple[Version, ...]:
        """Returns the versions before the current one, the previous one first, at most `MAX_EARLIER`."""
        family, running = _family_and_number(current.id)
        arns = []
        for deployment in service["deployments"]:
            name, number = _family_and_number(deployment["taskDefinition"])
            if deployment["status"] == "ACTIVE" and (name != family or number < running):
                arns.append(str(deployment["taskDefinition"]))
        request = {"familyPrefix": family, "status": "ACTIVE", "sort": "DESC"}
        doing = f"list versions of {target}"
        for page in paginate(doing, client.list_task_definitions, request, token="nextToken"):  # noqa: S106
            for arn in page["taskDefinitionArns"]:
                name, number = _family_and_number(arn)
                if name == family and number < running:
                    arns.append(str(arn))
            if len(arns) >= MAX_EARLIER:
                break
        return tuple(task_definition(arn) for arn in dict.fromkeys(arns))[:MAX_EARLIER]


def _family_and_number(arn: str) -> tuple[str, int]:
    """Returns the family of a task definition and the number of its revision."""
    family, _, number = revision(arn).rpartition(":")
    return family, int(number)


def _by_codedeploy(observed: TargetState) -> bool:
    return "status" in observed.facts
