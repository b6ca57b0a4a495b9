"""Replaces every task of an ECS service by a new one of the same version.

ECS keeps no name of ours on a service, so an act that was begun before is known by its effect: a deployment
that is newer than the snapshot's, of the same version.
"""

from typing import ClassVar

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.executors.common import UNTOUCHED, irreversible
from cloudops.adapters.executors.ecs_codedeploy import is_deployed_by_codedeploy
from cloudops.adapters.executors.ecs_service import (
    DESCRIBE,
    UPDATE,
    Clients,
    describe,
    disturbed,
    look_at,
    observed,
    primary_of,
    update_call,
    with_facts,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Permissions, RollbackResult, RolloutStatus
from cloudops.remediation.plan import Plan, PlannedChange, PlanRejected, TargetState


class EcsRestart:
    """Replaces every task by a new deployment of the same task definition."""

    permissions: ClassVar[Permissions] = {**DESCRIBE, **UPDATE}

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        service = describe(self._clients(target), target)
        if is_deployed_by_codedeploy(service):
            return TargetState(at=now, mark="codedeploy", facts={"controller": "CodeDeploy"})
        seen = observed(service, now, primary_of(service).get("id", ""))
        lost = disturbed(service)
        return seen if lost is None else with_facts(seen, disturbs=lost)

    def plan(self, target: Target, observed: TargetState, limits: Limits) -> PlannedChange | PlanRejected:
        if observed.facts.get("controller"):
            return PlanRejected(
                reason="CodeDeploy deploys it, and ECS then makes no new deployment by itself"
            )
        if not observed.desired:
            return PlanRejected(reason="no task is wanted, so there is none to restart")
        lost = observed.facts.get("disturbs")
        return PlannedChange(
            summary=f"replace {observed.desired} tasks by new ones of the same version",
            calls=(update_call(target, {"forceNewDeployment": True}),),
            before={"deployment": observed.facts["deployment"]},
            after={"deployment": "a new one", "taskDefinition": observed.facts["taskDefinition"]},
            disturbs=lost if isinstance(lost, int) else None,
            reversible=False,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        client = self._clients(plan.target)
        service = describe(client, plan.target)
        if service["taskDefinition"] != snapshot.facts["taskDefinition"]:
            raise Conflict(f"{plan.target}: somebody else deployed another version")
        if primary_of(service).get("id") != snapshot.facts["deployment"]:
            return
        with translate_aws_errors(f"restart {plan.target}"):
            client.update_service(
                cluster=plan.target.cluster, service=plan.target.name, forceNewDeployment=True
            )

    def look(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        service = describe(self._clients(plan.target), plan.target)
        return look_at(service, observed(service, now))

    def undo(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        service = describe(self._clients(plan.target), plan.target)
        if primary_of(service).get("id") == snapshot.facts["deployment"]:
            return UNTOUCHED
        return irreversible("a restart cannot be taken back")
