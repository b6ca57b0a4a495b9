"""Stops the CodeDeploy deployment of an ECS service, and has CodeDeploy take the traffic back.

ECS refuses another task definition where CodeDeploy deploys a service. Its task sets name the deployment
that made them, so that neither application nor deployment group need be declared.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.executors.common import UNTOUCHED, irreversible
from cloudops.adapters.executors.ecs_service import revision
from cloudops.catalog.declaration import Target
from cloudops.core.errors import Conflict
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Permissions, Progress, RollbackResult, RolloutStatus
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState

if TYPE_CHECKING:
    from mypy_boto3_codedeploy import CodeDeployClient


CodeDeployClients: TypeAlias = "Callable[[Target], CodeDeployClient]"
"""The client for a target's account and region."""

ON_GROUPS: Final = ("codedeploy:*:{account}:deploymentgroup:*/*",)
STOPPED: Final = "Stopped"
_RUNNING: Final = frozenset({"Created", "Queued", "InProgress", "Baking", "Ready"})
_PROGRESS: Final = {"Succeeded": Progress.SETTLED, "Failed": Progress.FAILED, STOPPED: Progress.FAILED}
"""Of the deployment that rolls back; in every other status it is on its way."""


def is_deployed_by_codedeploy(service: Any) -> bool:
    """Of a service as ECS describes it (Any: its shape is the service model's)."""
    return (service.get("deploymentController") or {}).get("type") == "CODE_DEPLOY"


class CodeDeployStop:
    """A deployment can be taken back while it runs. One that is over is not: that needs the pipeline."""

    permissions: ClassVar[Permissions] = {
        "codedeploy:GetDeployment": ON_GROUPS,
        # The service authorization reference restricts it to no resource.
        "codedeploy:StopDeployment": ("*",),
    }

    def __init__(self, clients: CodeDeployClients) -> None:
        self._clients = clients

    def observe(self, target: Target, service: Any, now: EpochMillis) -> TargetState:
        """The service as ECS describes it (Any, as above), and what CodeDeploy says of its newest tasks."""
        serving, newest, older = _task_sets(service)
        name = newest.get("externalId", "")
        status = self._deployment(target, name)["status"] if name else ""
        facts: Facts = {
            "deployment": name,
            "status": status,
            "taskDefinition": revision(newest.get("taskDefinition", "")),
            "previous": revision(older.get("taskDefinition", "")),
        }
        return TargetState(
            at=now,
            mark=stable_id("codedeploy", name, "running" if status in _RUNNING else status),
            desired=serving.get("computedDesiredCount"),
            healthy=serving.get("runningCount"),
            settled=status not in _RUNNING,
            facts=facts,
        )

    def plan(self, observed: TargetState) -> PlannedChange | PlanRejected:
        name, status, previous = (observed.facts[key] for key in ("deployment", "status", "previous"))
        if not name:
            return PlanRejected(reason="CodeDeploy deploys it, and has no deployment of it")
        if status not in _RUNNING:
            return PlanRejected(
                reason=f"deployment {name} is over ({status}), and CodeDeploy takes back only what runs: "
                "deploy the version before with your pipeline"
            )
        return PlannedChange(
            summary=f"stop deployment {name}, and back to {previous or 'the version before'}",
            calls=(
                Call(
                    operation="codedeploy:StopDeployment",
                    parameters={"deploymentId": name, "autoRollbackEnabled": True},
                ),
            ),
            before={"taskDefinition": observed.facts["taskDefinition"], "deployment": name},
            after={"taskDefinition": previous, "deployment": "stopped"},
            disturbs=0,
            reversible=False,
        )

    def act(self, plan: Plan) -> None:
        name = str(plan.draft.before["deployment"])
        status = self._deployment(plan.target, name)["status"]
        if status == STOPPED:
            return
        if status not in _RUNNING:
            raise Conflict(f"{plan.target}: deployment {name} is {status} by now")
        with translate_aws_errors(f"stop deployment {name} of {plan.target}"):
            self._clients(plan.target).stop_deployment(deploymentId=name, autoRollbackEnabled=True)

    def look(self, plan: Plan, service: Any, now: EpochMillis) -> RolloutStatus:
        """Settled once CodeDeploy has rolled back, and the version before serves."""
        seen = self.observe(plan.target, service, now)
        deployment = self._deployment(plan.target, str(plan.draft.before["deployment"]))
        back = (deployment.get("rollbackInfo") or {}).get("rollbackDeploymentId", "")
        if back:
            status = self._deployment(plan.target, back)["status"]
            return RolloutStatus(
                progress=_PROGRESS.get(status, Progress.MOVING),
                reason=f"deployment {back}, which rolls back, is {status}",
                observed=seen,
            )
        serving, _, _ = _task_sets(service)
        is_back = revision(serving.get("taskDefinition", "")) == plan.draft.after["taskDefinition"]
        over = is_back and deployment["status"] == STOPPED
        return RolloutStatus(
            progress=Progress.SETTLED if over else Progress.MOVING,
            reason=f"the deployment is {deployment['status']}, "
            f"{revision(serving.get('taskDefinition', ''))} serves",
            observed=seen,
        )

    def undo(self, plan: Plan) -> RollbackResult:
        status = self._deployment(plan.target, str(plan.draft.before["deployment"]))["status"]
        if status in _RUNNING:
            return UNTOUCHED
        return irreversible("a deployment that was stopped does not go on: deploy it anew")

    def _deployment(self, target: Target, name: str) -> Any:
        """As CodeDeploy tells it (Any, as above)."""
        with translate_aws_errors(f"read deployment {name} of {target}"):
            return self._clients(target).get_deployment(deploymentId=name)["deploymentInfo"]


def _task_sets(service: Any) -> tuple[Any, Any, Any]:
    """The one that serves, the newest, and the one before it; {} for those that are not there."""
    by_age: list[Any] = sorted(service.get("taskSets") or (), key=lambda one: one["createdAt"], reverse=True)
    serving: Any = next((one for one in by_age if one["status"] == "PRIMARY"), {})
    newest, older = [*by_age, {}, {}][:2]
    return serving, newest, older
