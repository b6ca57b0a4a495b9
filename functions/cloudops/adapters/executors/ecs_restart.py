"""Restarts an ECS service: a new deployment replaces every task, with the same task definition.

UpdateService has no idempotency key. An earlier attempt is recognized by its effect: a deployment that
is newer than that of the snapshot, with the same task definition.
"""

from typing import ClassVar

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.executors.common import UNTOUCHED, irreversible
from cloudops.adapters.executors.ecs_codedeploy import is_deployed_by_codedeploy
from cloudops.adapters.executors.ecs_service import (
    DESCRIBE_SERVICES,
    UPDATE_SERVICE,
    Clients,
    deployment_limits,
    describe_service,
    external_state,
    failed_to_deploy,
    is_deployed_externally,
    not_shown_yet,
    other_version,
    primary_of,
    rollout_of,
    service_state,
    superseded_by,
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
)
from cloudops.remediation.plan import Plan, PlannedChange, PlanRejected, TargetState
from cloudops.remediation.versions import VersionHistory


class EcsRestart:
    """Executor that forces a new deployment."""

    permissions: ClassVar[Permissions] = {**DESCRIBE_SERVICES, **UPDATE_SERVICE}

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        service = describe_service(self._clients(target), target)
        if is_deployed_by_codedeploy(service):
            return TargetState(at=now, mark="codedeploy", facts={"controller": "CodeDeploy"})
        if is_deployed_externally(service):
            return external_state(now)
        state = service_state(service, now, primary_of(service).get("id", ""))
        lost = unavailable_tasks(service)
        return state if lost is None else with_facts(state, disturbs=lost)

    def plan(
        self, target: Target, observed: TargetState, limits: Limits, history: VersionHistory
    ) -> PlannedChange | PlanRejected:
        if controller := observed.facts.get("controller"):
            return PlanRejected(
                reason=f"{controller} deploys the service, so ECS cannot force a new deployment"
            )
        if not observed.desired:
            return PlanRejected(reason="the desired count is 0, so there is no task to restart")
        lost = observed.facts.get("disturbs")
        return PlannedChange(
            summary=f"replace {observed.desired} tasks with new ones of the same version",
            calls=(update_call(target, {"forceNewDeployment": True}),),
            before={"deployment": observed.facts["deployment"]},
            after={"deployment": "a new one", "taskDefinition": observed.facts["taskDefinition"]},
            disturbs=lost if isinstance(lost, int) else None,
            reversible=False,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        client = self._clients(plan.target)
        service = describe_service(client, plan.target)
        if service["taskDefinition"] != snapshot.facts["taskDefinition"]:
            raise Conflict(f"{plan.target}: another version was deployed after the plan")
        if primary_of(service).get("id") != snapshot.facts["deployment"]:
            return
        with translate_aws_errors(f"restart {plan.target}"):
            client.update_service(
                cluster=plan.target.cluster, service=plan.target.name, forceNewDeployment=True
            )

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        """Reads the rollout of the new deployment. It fails where ECS gave it up, and is superseded if
        another version was deployed."""
        service = describe_service(self._clients(plan.target), plan.target)
        state = service_state(service, now)
        if failed := failed_to_deploy(service, state, snapshot):
            return failed
        if service.get("taskDefinition", "") != snapshot.facts["taskDefinition"]:
            return superseded_by(service, state, other_version(service, snapshot.facts["taskDefinition"]))
        if primary_of(service).get("id", "") == snapshot.facts["deployment"]:
            return not_shown_yet(service, state)
        return rollout_of(service, state)

    def rollout_limits(self, plan: Plan, snapshot: TargetState) -> RolloutLimits:
        return deployment_limits(plan, snapshot)

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        service = describe_service(self._clients(plan.target), plan.target)
        if primary_of(service).get("id") == snapshot.facts["deployment"]:
            return UNTOUCHED
        return irreversible("a restart cannot be rolled back")
